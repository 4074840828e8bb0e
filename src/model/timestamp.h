/*
 * timestamp - a moment as ISO 8601 writes it, in UTC.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_TIMESTAMP_H
#define MODEL_TIMESTAMP_H

#include <time.h>

/* Room for "YYYY-MM-DDTHH:MM:SSZ" and the NUL. */
#define TIMESTAMP_SIZE 21

/* The last second that four digits of a year can write: 9999-12-31. */
#define TIMESTAMP_LATEST ((time_t) 253402300799)

/* Write a moment; one before 1970 or after the year 9999 as the nearest. */
void timestamp_format(time_t moment, char text[TIMESTAMP_SIZE]);

/*
 * Read "YYYY-MM-DDTHH:MM:SSZ", with or without a fraction of a second, which
 * is dropped. Gives 0 and the moment, or -1 for any other text.
 */
int timestamp_parse(const char *text, time_t *moment);

/*
 * The whole second of a JSON number, as RFC 7519 writes moments; numbers that
 * are no moment become the nearest one.
 */
time_t timestamp_from_number(double number);

#endif
