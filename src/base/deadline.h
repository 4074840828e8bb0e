/*
 * deadline - the moment until which something may take.
 *
 * On the monotonic clock, so that nobody who sets the host's time can make a
 * login wait. SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_DEADLINE_H
#define BASE_DEADLINE_H

#include <time.h>

struct deadline {
    struct timespec at; /* CLOCK_MONOTONIC */
};

/* The moment so many milliseconds from now. */
struct deadline deadline_in(int milliseconds);

/* Milliseconds that are left, rounded up; 0 when it has passed. For poll(). */
int deadline_left(const struct deadline *deadline);

#endif
