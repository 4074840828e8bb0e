/*
 * findings - what is wrong with a configuration, and where.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PARSE_FINDINGS_H
#define PARSE_FINDINGS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Something that is wrong, and where. */
struct finding {
    int line; /* from 1; 0 where the whole file is meant */
    char text[200];
};

struct findings {
    struct finding *list; /* in the order in which they were found */
    size_t count;
    bool any; /* also where memory was too short to keep one */
};

/* Add a finding. */
void findings_add(struct findings *findings, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same, with the arguments of a caller that has them as a list. */
void findings_add_list(struct findings *findings, int line, const char *format,
                       va_list args) __attribute__((format(printf, 3, 0)));

/*
 * Say in one text what is wrong with a file, as many findings as there is room
 * for: "PATH:9: …; line 12: …; and 3 more".
 */
void findings_describe(const struct findings *findings, const char *path,
                       char *text, size_t size);

/* Free what they own. */
void findings_clear(struct findings *findings);

#endif
