/*
 * session_environment - the AWS variables of a session.
 *
 * AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and
 * AWS_CREDENTIAL_EXPIRATION, and where a region is known AWS_REGION and
 * AWS_DEFAULT_REGION: all of them or none. In the PAM environment, never in the
 * host's own. SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODULE_SESSION_ENVIRONMENT_H
#define MODULE_SESSION_ENVIRONMENT_H

#include <stdbool.h>

#include <security/pam_modules.h>

#include "base/fault.h"
#include "module/handoff.h"

/*
 * Whether the token had a part in how the user came in. sshd lists the methods
 * that he completed in SSH_AUTH_INFO_0, a line each; where it does, one of them
 * must be keyboard-interactive or password. Hosts without that variable have
 * only the stack to authenticate with.
 */
bool session_environment_is_earned(pam_handle_t *pamh);

/* Publish the variables. Gives 0, or -1, the fault, and none of them is set. */
int session_environment_publish(pam_handle_t *pamh,
                                const struct handoff *handoff,
                                struct fault *fault);

/* Remove the variables, if session_environment_publish set them. */
void session_environment_withdraw(pam_handle_t *pamh);

/* The same, if that was for another user than PAM names now. */
void session_environment_change_user(pam_handle_t *pamh);

#endif
