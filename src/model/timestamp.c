/*
 * timestamp - a moment as ISO 8601 writes it, in UTC.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/timestamp.h"

#include <string.h>

/* A moment between 1970 and 9999, the nearest to the one given. */
static time_t
within_limits(time_t moment)
{
    if (moment < 0)
        return 0;
    return moment > TIMESTAMP_LATEST ? TIMESTAMP_LATEST : moment;
}

void
timestamp_format(time_t moment, char text[TIMESTAMP_SIZE])
{
    time_t limited = within_limits(moment);
    struct tm tm;

    gmtime_r(&limited, &tm);
    strftime(text, TIMESTAMP_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/*
 * Read so many digits as a number. Gives -1 where another character stands
 * there; the end of the text is one of them.
 */
static int
read_digits(const char *text, size_t count)
{
    int number = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

int
timestamp_parse(const char *text, time_t *moment)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd";
    struct tm tm = {0};
    struct tm again;
    const char *rest = text + sizeof shape - 1;
    time_t seconds;
    size_t i;

    for (i = 0; i < sizeof shape - 1; i++) {
        if (shape[i] == 'd' ? read_digits(text + i, 1) < 0
                            : text[i] != shape[i])
            return -1;
    }
    if (*rest == '.')
        rest += 1 + strspn(rest + 1, "0123456789");
    if (strcmp(rest, "Z") != 0 || rest[-1] == '.')
        return -1;

    tm.tm_year = read_digits(text, 4) - 1900;
    tm.tm_mon = read_digits(text + 5, 2) - 1;
    tm.tm_mday = read_digits(text + 8, 2);
    tm.tm_hour = read_digits(text + 11, 2);
    tm.tm_min = read_digits(text + 14, 2);
    tm.tm_sec = read_digits(text + 17, 2);
    again = tm;

    /* timegm() turns 31 February into March: see that it changed nothing. */
    seconds = timegm(&again);
    if (seconds < 0 || again.tm_mon != tm.tm_mon || again.tm_mday != tm.tm_mday
        || again.tm_hour != tm.tm_hour || again.tm_min != tm.tm_min
        || again.tm_sec != tm.tm_sec)
        return -1;
    *moment = seconds;
    return 0;
}

time_t
timestamp_from_number(double number)
{
    if (!(number > 0))
        return 0;
    if (number > (double) TIMESTAMP_LATEST)
        return TIMESTAMP_LATEST;
    return (time_t) number;
}
