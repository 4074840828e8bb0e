/*
 * check_stack - who gets in by a service that names the module, and who not.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_CHECK_STACK_H
#define ADMIN_CHECK_STACK_H

#include <stdbool.h>

#include "admin/check.h"
#include "admin/pam_service.h"

/* Report what comes of the service's auth and account lines. */
void check_stack(struct check *check, const struct pam_service *service);

/*
 * Whether a service lets in somebody while AWS is away: of whom every other
 * factor says yes.
 */
bool check_stack_passes_without_us(const struct pam_service *service);

#endif
