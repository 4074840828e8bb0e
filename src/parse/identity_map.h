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

#include "base/fault.h"
#include "base/secret.h"

/* Bytes that the file may have. */
#define IDENTITY_MAP_MAX_SIZE 4194304

/*
 * Look for a line with exactly this value and exactly this user.
 *
 * Gives 0, and *listed; or -1 and REASON_CONFIG with the number of the first
 * line that is malformed: a file that cannot be read in full lets nobody in.
 */
int identity_map_find(const struct secret *text, const char *value,
                      const char *user, bool *listed, struct fault *fault);

#endif
