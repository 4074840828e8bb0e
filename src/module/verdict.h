/*
 * verdict - the one place where a refusal becomes acceptance.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODULE_VERDICT_H
#define MODULE_VERDICT_H

#include <time.h>

#include "base/fault.h"
#include "model/outcome.h"
#include "module/local_user.h"

/*
 * Check what the helper says, as one would a stranger: that it accepts, that it
 * names the user we asked about, and that each field has the form that it
 * must have. Gives 0 when nothing is left to refuse, else -1 and the fault.
 */
int verdict_check(const struct outcome *outcome, const struct local_user *user,
                  time_t now, struct fault *fault);

/* The PAM code of a reason. */
int verdict_pam_code(enum reason reason);

#endif
