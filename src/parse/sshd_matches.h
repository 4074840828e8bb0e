/*
 * sshd_matches - the Match and Include lines of an sshd_config.
 *
 * What the other lines say, sshd itself tells. Source: sshd_config(5), and
 * OpenSSH 9.2's servconf.c. SPDX-License-Identifier: Apache-2.0
 */
#ifndef PARSE_SSHD_MATCHES_H
#define PARSE_SSHD_MATCHES_H

#include <stddef.h>

#include "base/secret.h"
#include "base/text_list.h"

/* Bytes that a file may have here. */
#define SSHD_MATCHES_MAX_SIZE 1048576

/* What a Match line asks of a connection: each a list of patterns, or NULL. */
enum sshd_criterion {
    SSHD_USER,
    SSHD_GROUP,
    SSHD_HOST,
    SSHD_ADDRESS,
    SSHD_LOCAL_ADDRESS,
    SSHD_LOCAL_PORT,
    SSHD_CRITERION_COUNT
};

/* One line. */
struct sshd_match {
    int number;                           /* from 1 */
    char *patterns[SSHD_CRITERION_COUNT]; /* of a Match line */
    struct text_list includes;            /* of an Include line */
};

struct sshd_matches {
    struct sshd_match *list;
    size_t count;
};

/*
 * Read a text: its Match lines, but for those of criteria that are not known
 * here, and its Include lines. Gives 0, and the lines must be cleared; or -1
 * without memory.
 */
int sshd_matches_read(const struct secret *text, struct sshd_matches *matches);

/* Free what they own. */
void sshd_matches_clear(struct sshd_matches *matches);

#endif
