/*
 * check_configuration - what the configuration says.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/check_configuration.h"

void
check_configuration(struct check *check)
{
    (void) check;
}
