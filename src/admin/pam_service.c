/*
 * pam_service - to come.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/pam_service.h"

extern int admin_pam_service_is_empty;
