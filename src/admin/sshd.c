/*
 * sshd - to come.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/sshd.h"

extern int admin_sshd_is_empty;
