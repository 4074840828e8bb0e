/*
 * check_pam - the stacks that name the module.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_CHECK_PAM_H
#define ADMIN_CHECK_PAM_H

#include "admin/check.h"

/* Look at each service of /etc/pam.d that reaches the module. */
void check_pam(struct check *check);

#endif
