/*
 * check_stack - who gets in by a service that names the module, and who not.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_CHECK_STACK_H
#define ADMIN_CHECK_STACK_H

#include "admin/check.h"
#include "admin/pam_service.h"

/* Report what comes of the service's auth and account lines. */
void check_stack(struct check *check, const struct pam_service *service);

#endif
