/*
 * check_configuration - what the configuration says.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_CHECK_CONFIGURATION_H
#define ADMIN_CHECK_CONFIGURATION_H

#include "admin/check.h"

void check_configuration(struct check *check);

#endif
