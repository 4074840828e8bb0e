/*
 * pam_service - to come.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_PAM_SERVICE_H
#define ADMIN_PAM_SERVICE_H

#endif
