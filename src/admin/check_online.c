/*
 * check_online - STS and the issuers, over the network.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/check_online.h"

void
check_online(struct check *check)
{
    (void) check;
}
