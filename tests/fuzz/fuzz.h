/*
 * fuzz - the one function of every fuzz target. libFuzzer calls it, or replay.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Try an input. Gives 0; what must not be aborts. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* End where a promise does not hold, also in a build without assert(). */
static inline void
must(int holds)
{
    if (!holds)
        abort();
}

#endif
