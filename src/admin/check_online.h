/*
 * check_online - STS and the issuers, over the network.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_CHECK_ONLINE_H
#define ADMIN_CHECK_ONLINE_H

#include "admin/check.h"

void check_online(struct check *check);

#endif
