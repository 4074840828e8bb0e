/*
 * check_files - the files that the configuration names.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/check_files.h"

void
check_files(struct check *check)
{
    (void) check;
}
