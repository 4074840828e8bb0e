/*
 * check_way_back - whether anybody who can mend the host still gets in when no
 * token does. SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_CHECK_WAY_BACK_H
#define ADMIN_CHECK_WAY_BACK_H

#include "admin/check.h"

/* Report a way in that does not need AWS, or that there is none. */
void check_way_back(struct check *check);

#endif
