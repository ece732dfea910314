-- since: 26.5 Time, Time64, Interval as a number
-- As arguments_of_other_types, with types that came later, or could not be numbers at first.
SET enable_time_time64_type = 1;
SELECT activityEvents(activityState([toBFloat16(3)])), welfordState([toBFloat16(0.1)]),
  activityEvents(activityState([CAST('10:00:00', 'Time')])), activityEvents(activityState([CAST('10:00:00.5', 'Time64(3)')])),
  activityEvents(activityState([INTERVAL 5 DAY])), periodNumbers([1, 3, 6], INTERVAL 2 DAY, toIntervalSecond(4));
