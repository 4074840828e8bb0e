/*
 * fault - why something could not be done.
 *
 * A function that fails raises a fault and returns -1; its callers pass both
 * on. The first cause wins: raising a raised fault changes nothing, so a
 * clean-up that fails too cannot hide what went wrong.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdbool.h>

#include "base/reason.h"

/* Room for text and words, in bytes with the NUL; longer ones are cut. */
#define FAULT_TEXT_SIZE  320
#define FAULT_WORDS_SIZE 240

struct fault {
    bool raised;
    enum reason reason;
    char text[FAULT_TEXT_SIZE];   /* for the administrator: what, and where */
    char words[FAULT_WORDS_SIZE]; /* for the user; "" is the reason's own */
};

/* Raise a fault, with what the administrator should know. Never a secret. */
void fault_raise(struct fault *fault, enum reason reason, const char *format,
                 ...) __attribute__((format(printf, 3, 4)));

/* Give the user a sentence that says more than the reason's own. */
void fault_set_words(struct fault *fault, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Put where it happened in front of the text: "where: text". */
void fault_prefix(struct fault *fault, const char *where);

/* What the user reads. Never NULL. */
const char *fault_words(const struct fault *fault);

#endif
