#include "phoenix_time.h"

#include <stdio.h>

enum { DAY_MS = 86400000, ERA_DAYS = 146097, ERA_YEARS = 400 };

/* The proleptic Gregorian calendar. gmtime_r() would look for the time zone's file, which the
 * sandbox forbids. Counted from 0000-03-01, a year ends with its leap day, and an era of 400 years
 * has ERA_DAYS days. */
void phoenix_time_print(int64_t ms, char text[PHOENIX_TIME_BYTES])
{
    int64_t days = ms / DAY_MS - (ms % DAY_MS < 0);
    unsigned of_day = (unsigned)(ms - days * DAY_MS);
    enum { DAYS_TO_1970 = 719468 };
    unsigned era = (unsigned)((days + DAYS_TO_1970) / ERA_DAYS);
    unsigned day = (unsigned)((days + DAYS_TO_1970) % ERA_DAYS);
    unsigned year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    unsigned of_year = day - (365 * year + year / 4 - year / 100);
    unsigned month = (5 * of_year + 2) / 153; /* from March on */
    unsigned of_month = of_year - (153 * month + 2) / 5 + 1;
    (void)snprintf(text, PHOENIX_TIME_BYTES, "%04u-%02u-%02u %02u:%02u:%02u.%03u",
                   (year + era * ERA_YEARS + (month >= 10)) % 10000,
                   month < 10 ? month + 3 : month - 9, of_month % 100, of_day / 3600000 % 100,
                   of_day / 60000 % 60, of_day / 1000 % 60, of_day % 1000);
}
