/*
 * deadline - the moment until which something may take.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "base/deadline.h"

#include <limits.h>
#include <stdint.h>

#define NANOSECONDS               1000000000L
#define MILLISECONDS              1000
#define NANOSECONDS_A_MILLISECOND (NANOSECONDS / MILLISECONDS)

struct deadline
deadline_in(int milliseconds)
{
    struct deadline deadline;

    clock_gettime(CLOCK_MONOTONIC, &deadline.at);
    deadline.at.tv_sec += milliseconds / MILLISECONDS;
    deadline.at.tv_nsec +=
        (milliseconds % MILLISECONDS) * NANOSECONDS_A_MILLISECOND;
    if (deadline.at.tv_nsec >= NANOSECONDS) {
        deadline.at.tv_sec++;
        deadline.at.tv_nsec -= NANOSECONDS;
    }
    return deadline;
}

int
deadline_left(const struct deadline *deadline)
{
    struct timespec now;
    int64_t left;

    clock_gettime(CLOCK_MONOTONIC, &now);
    left = (int64_t) (deadline->at.tv_sec - now.tv_sec) * NANOSECONDS
           + (deadline->at.tv_nsec - now.tv_nsec);
    if (left <= 0)
        return 0;
    left = (left + NANOSECONDS_A_MILLISECOND - 1) / NANOSECONDS_A_MILLISECOND;
    return left > INT_MAX ? INT_MAX : (int) left;
}
