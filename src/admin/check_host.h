/*
 * check_host - the helper, its user, and the module.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_CHECK_HOST_H
#define ADMIN_CHECK_HOST_H

#include "admin/check.h"

void check_host(struct check *check);

#endif
