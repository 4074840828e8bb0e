/*
 * check_pam - the stacks that name the module.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/check_pam.h"

void
check_pam(struct check *check)
{
    (void) check;
}
