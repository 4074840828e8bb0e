/*
 * sshd - what sshd makes of its configuration, told by sshd itself.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_SSHD_H
#define ADMIN_SSHD_H

#include <stddef.h>

#include "base/fault.h"
#include "base/text_list.h"

/* The program, as packages install it. */
#define SSHD_PROGRAM "/usr/sbin/sshd"

/* How long it may take, in seconds. */
#define SSHD_TIMEOUT 20

/* Bytes that it may print. */
#define SSHD_MAX_OUTPUT 1048576

/* What "sshd -T" prints. */
struct sshd_settings {
    struct text_list lines; /* "keyword value", with lower-case keywords */
};

/*
 * Have sshd tell its settings for a connection, written as "-C" takes it:
 * without one it tells none where a Match line has a LocalPort. Only root can.
 *
 * Gives 0, and they must be cleared; or -1, empty ones, and the fault:
 * REASON_HELPER_MISSING without sshd, REASON_CONFIG with what sshd says of its
 * configuration, REASON_SYSTEM.
 */
int sshd_ask(const char *connection, struct sshd_settings *settings,
             struct fault *fault);

/*
 * The value of a keyword, "" where it has none; of those that stand there more
 * than once, the one of that place, from 0. NULL behind the last.
 */
const char *sshd_setting(const struct sshd_settings *settings,
                         const char *keyword, size_t which);

/* Free what they own. */
void sshd_settings_clear(struct sshd_settings *settings);

#endif
