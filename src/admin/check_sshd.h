/*
 * check_sshd - sshd's configuration, and the way back in.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_CHECK_SSHD_H
#define ADMIN_CHECK_SSHD_H

#include "admin/check.h"

void check_sshd(struct check *check);

#endif
