/*
 * sshd_matches - the Match and Include lines of an sshd_config.
 *
 * What the other lines say, sshd itself tells. Source: sshd_config(5), and
 * OpenSSH 9.2's servconf.c. SPDX-License-Identifier: Apache-2.0
 */
#ifndef PARSE_SSHD_MATCHES_H
#define PARSE_SSHD_MATCHES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/secret.h"
#include "base/text_list.h"

/* Bytes that a file may have here. */
#define SSHD_MATCHES_MAX_SIZE 1048576

/* What a Match line asks of a connection. */
enum sshd_criterion {
    SSHD_USER,
    SSHD_GROUP,
    SSHD_HOST,
    SSHD_ADDRESS,
    SSHD_LOCAL_ADDRESS,
    SSHD_LOCAL_PORT,
    SSHD_ROUTING_DOMAIN,
    SSHD_CRITERION_COUNT
};

/* One line. */
struct sshd_match {
    int number;             /* from 1 */
    bool is_include;        /* an Include line, and no Match line */
    struct text_list words; /* files; or criteria, each before its patterns */
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

/* The patterns that a Match line has for a criterion; NULL for none. */
const char *sshd_match_patterns(const struct sshd_match *match,
                                enum sshd_criterion criterion);

/* Free what they own. */
void sshd_matches_clear(struct sshd_matches *matches);

#endif
