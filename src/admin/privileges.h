/*
 * privileges - of who runs pam-aws-oidc.
 *
 * Root's are given up before a byte from outside is read: certificates, map
 * files, what servers answer. SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_PRIVILEGES_H
#define ADMIN_PRIVILEGES_H

#include "base/fault.h"

/*
 * Let nobody look into the process, and leave no core: before it holds a token
 * or credentials.
 */
void privileges_guard(void);

/*
 * Become the login helper's user for good, where the process is root; groups
 * too, no privilege to gain, and guarded. Anybody else stays who he is.
 *
 * Gives 0; or -1 and REASON_HELPER_MISSING (there is no such user, or it is
 * root) or REASON_SYSTEM: the process must not go on.
 */
int privileges_drop(struct fault *fault);

#endif
