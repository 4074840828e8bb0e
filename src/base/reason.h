/*
 * reason - the word for how an attempt ended.
 *
 * The audit line, the PAM code and the words for the user all come from one
 * table, reasons.def. SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_REASON_H
#define BASE_REASON_H

enum reason {
#define REASON(id, name, pam_code, words) REASON_##id,
#include "base/reasons.def"
#undef REASON
    REASON_COUNT
};

/*
 * The reason as the audit line names it. Never NULL; a value outside the enum
 * is "system".
 */
const char *reason_name(enum reason reason);

/* The reason of that name, REASON_SYSTEM where the table has none. */
enum reason reason_named(const char *name);

/*
 * The sentence for the user, "" where he is told nothing. Never NULL. Reasons
 * that must not be told apart share one sentence.
 */
const char *reason_words(enum reason reason);

#endif
