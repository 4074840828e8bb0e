/*
 * reason - the table of reasons, as names and as words.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "base/reason.h"

#include <stddef.h>
#include <string.h>

struct row {
    const char *name;  /* as in the audit line */
    const char *words; /* as the user reads it */
};

static const struct row rows[REASON_COUNT] = {
#define REASON(id, name, pam_code, words) [REASON_##id] = {name, words},
#include "base/reasons.def"
#undef REASON
};

/* The table's row; anything out of range is a problem of this host. */
static const struct row *
row_of(enum reason reason)
{
    if ((size_t) reason >= REASON_COUNT)
        return &rows[REASON_SYSTEM];
    return &rows[reason];
}

const char *
reason_name(enum reason reason)
{
    return row_of(reason)->name;
}

enum reason
reason_named(const char *name)
{
    size_t i;

    for (i = 0; i < REASON_COUNT; i++) {
        if (strcmp(rows[i].name, name) == 0)
            return (enum reason) i;
    }
    return REASON_SYSTEM;
}

const char *
reason_words(enum reason reason)
{
    return row_of(reason)->words;
}
