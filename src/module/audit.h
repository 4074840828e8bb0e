/*
 * audit - one line in the host's log for each attempt to log in.
 *
 * key=value, to LOG_AUTHPRIV. A value that holds more than letters, digits and
 * plain punctuation stands in quotes, with quotes, backslashes, control
 * characters and non-ASCII bytes escaped, so that no user, token or server can
 * forge a line or a field. SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODULE_AUDIT_H
#define MODULE_AUDIT_H

#include <security/pam_modules.h>

#include "model/outcome.h"

/*
 * Write the line of an attempt that took so many milliseconds. User, service
 * and remote host are what PAM says of them.
 */
void audit_attempt(pam_handle_t *pamh, const struct outcome *outcome,
                   int milliseconds);

/*
 * Write why a session got no credentials: as an error, or with REASON_OK as
 * something that is in order.
 */
void audit_session(pam_handle_t *pamh, const struct fault *fault);

#endif
