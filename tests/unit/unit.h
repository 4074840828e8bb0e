/*
 * unit - what every unit test includes: cmocka, behind the headers that it
 * wants, and a few words that keep tests short.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/fault.h"
#include "base/secret.h"

/* cmocka hands every test a state, which few of ours have. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A text for a member that is not const, of which nothing is ever written. */
#define TEXT(text) ((char[]){text})

/* Fail, and name the row of a table, unless it is as it should be. */
static inline void
expect(bool as_it_should_be, const char *row)
{
    if (!as_it_should_be)
        fail_msg("not so: %s", row);
}

/* A secret with these bytes, which the test clears. */
static inline struct secret
secret_of(const void *bytes, size_t length)
{
    struct secret secret = {0};

    assert_int_equal(secret_append(&secret, bytes, length), 0);
    return secret;
}

/* A secret with this text, which the test clears. */
static inline struct secret
secret_from(const char *text)
{
    return secret_of(text, strlen(text));
}

/* A text of one character, so many times, until the next call but one. */
static inline const char *
repeat(char character, size_t times)
{
    static char texts[2][4096];
    static int last;
    char *text = texts[last = !last];

    assert_true(times < sizeof texts[0]);
    memset(text, character, times);
    text[times] = '\0';
    return text;
}

/* Two texts in one, until the next call but one. */
static inline const char *
join(const char *one, const char *other)
{
    static char texts[2][16384];
    static int last;
    char *text = texts[last = !last];

    assert_true(strlen(one) + strlen(other) < sizeof texts[0]);
    strcpy(stpcpy(text, one), other);
    return text;
}

/* Whether a fault was raised, for a reason, with these words in its text. */
static inline bool
fault_is(const struct fault *fault, enum reason reason, const char *words)
{
    return fault->raised && fault->reason == reason
           && strstr(fault->text, words) != NULL;
}

#endif
