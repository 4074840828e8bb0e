/*
 * check_host - the helper, its user, and the module.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/check_host.h"

void
check_host(struct check *check)
{
    (void) check;
}
