/*
 * identity_map - the list of claim values and users that map_file names.
 *
 * A line is a claim's value, blanks, and a user's name; the user is the last
 * word, so a value may hold blanks. A value may have several lines. Lines
 * without a word, and those that begin with #, say nothing. A word that begins
 * with # elsewhere was meant for a comment, and is an error: there are none at
 * the end of a line.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PARSE_IDENTITY_MAP_H
#define PARSE_IDENTITY_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/secret.h"

/* Bytes that the file may have. */
#define IDENTITY_MAP_MAX_SIZE 4194304

/* A part of a line: not followed by a NUL, and it may hold some. */
struct map_word {
    const char *start;
    size_t length;
};

/* A line that says something; zeroed before the first. */
struct map_entry {
    struct map_word value;
    struct map_word user; /* a valid role session name */
    int line;             /* from 1 */
    size_t next;          /* bytes of the text that were read */
};

/*
 * Read the next line that says something.
 *
 * Gives 1 and the entry, in which the words are the text's; 0 at the end; -1
 * and REASON_CONFIG with the number of a line that is malformed.
 */
int identity_map_next(const struct secret *text, struct map_entry *entry,
                      struct fault *fault);

/*
 * Look for a line with exactly this value and exactly this user.
 *
 * Gives 0, and *listed; or -1 and REASON_CONFIG with the number of the first
 * line that is malformed: a file that cannot be read in full lets nobody in.
 */
int identity_map_find(const struct secret *text, const char *value,
                      const char *user, bool *listed, struct fault *fault);

#endif
