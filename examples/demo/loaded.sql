-- What there is to say about rows that are not in `events`, and about times that can be read in two ways.
WITH (SELECT count() FROM events) AS n_events, (SELECT count() FROM left_out) AS n_left_out
SELECT concat('  left out ', toString(count()), ' of ', toString(n_events + n_left_out), ' rows: ', reason,
    '\n', arrayStringConcat(arraySlice(arraySort(groupArraySorted(3)((row, concat(
        '    row ', toString(row), ': ', if(reason = 'no key', 'the time is', 'found'), ' \'', substringUTF8(time_text, 1, 60), '\'')))), 1, 3).2, '\n'))
FROM left_out
GROUP BY reason
ORDER BY reason DESC;

SELECT concat('  ', toString(countIf(value IS NULL)), ' of ', toString(count()), ' rows have no number as their value; it is NULL there')
FROM events
HAVING countIf(value IS NULL) > 0 AND {value:String} != '';

SELECT multiIf(
    sum(day_first) > 0 AND sum(day_first) >= sum(month_first), concat('  03/04/2026 was read as April 3; rows that must have the day first: ', toString(sum(day_first))),
    sum(month_first) > 0, concat('  03/04/2026 was read as March 4; rows that must have the month first: ', toString(sum(month_first))),
    '  03/04/2026 was read as April 3, and no row shows whether that is right: MONTH_FIRST=1 reads March 4')
FROM date_order
HAVING sum(undecided) + sum(day_first) + sum(month_first) > 0 AND {month_first:String} = '';

-- The last line is for the script.
SELECT count() FROM events;

-- What is of use later stays: `events`, `left_out` and `log`.
DROP TABLE rows_to_events, rows_to_left_out, rows_to_date_order, rows, date_order, columns;
