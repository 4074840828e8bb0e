/*
 * check_sshd - sshd's configuration.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_CHECK_SSHD_H
#define ADMIN_CHECK_SSHD_H

#include "admin/check.h"

/*
 * Report what sshd's settings do to token logins, where its PAM service asks
 * for a token. Only root can see them.
 */
void check_sshd(struct check *check);

#endif
