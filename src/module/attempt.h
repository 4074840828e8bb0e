/*
 * attempt - one attempt to log in with a token.
 *
 * What pam_sm_authenticate does once it is known that the line is meant for
 * this service. SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODULE_ATTEMPT_H
#define MODULE_ATTEMPT_H

#include <stdbool.h>

#include <security/pam_modules.h>

#include "base/fault.h"
#include "model/arguments.h"

/*
 * Go through an attempt: start the helper, relay its questions, check its
 * verdict, hand the credentials off, write the audit line, tell the user.
 *
 * Takes: the arguments, or the fault of reading them.
 * Gives: the PAM code of the reason with which the attempt ended.
 * Waits: for the user, and DIALOGUE_MAX_SILENCE for the helper.
 */
int attempt_run(pam_handle_t *pamh, const struct arguments *arguments,
                struct fault *fault, bool silent);

/* Note that the line is not meant for this service. Gives PAM_IGNORE. */
int attempt_ignore(pam_handle_t *pamh);

#endif
