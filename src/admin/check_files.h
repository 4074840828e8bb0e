/*
 * check_files - the files that the configuration names.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_CHECK_FILES_H
#define ADMIN_CHECK_FILES_H

#include "admin/check.h"

void check_files(struct check *check);

#endif
