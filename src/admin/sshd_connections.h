/*
 * sshd_connections - a connection for each Match line of sshd's configuration.
 *
 * sshd tells its settings for one connection at a time, so for each Match line
 * one is made up that it is meant for. SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_SSHD_CONNECTIONS_H
#define ADMIN_SSHD_CONNECTIONS_H

#include <pwd.h>
#include <stdbool.h>

#include "base/fault.h"
#include "base/text_list.h"

/* The configuration, and the folder that Include goes out from. */
#define SSHD_CONFIGURATION "/etc/ssh/sshd_config"
#define SSHD_FOLDER        "/etc/ssh"

/* A user of whom no Match line should speak, RFC 6761, 6.4. */
#define SSHD_NOBODY "user.invalid"

/*
 * Write a connection as "sshd -T -C" takes it: of a user, and of nothing else
 * that any line would speak of. Gives what must be freed, or NULL.
 */
char *sshd_connection_of(const char *user);

/*
 * Find the Match lines, also in included files, and the connections. A line for
 * users whom this host does not have has none.
 *
 * Gives 0, and the list with each connection once; or -1 and the fault.
 */
int sshd_connections_list(struct text_list *connections, struct fault *fault);

/*
 * Whether a word is in a list of patterns, as sshd has it: divided by commas or
 * blanks, with "*", "?", and "!" in front of one that must not match. Of a
 * pattern "USER@HOST" the user counts.
 */
bool sshd_patterns_match(const char *patterns, const char *word);

/* Whether a user is in a group that is in a list of patterns. */
bool sshd_patterns_match_groups(const char *patterns,
                                const struct passwd *entry);

#endif
