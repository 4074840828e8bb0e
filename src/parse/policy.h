/*
 * policy - the text of a session policy.
 *
 * A template: %u in it becomes the PAM user. A user's name that STS takes has
 * no character that means anything in JSON or to IAM, so that the policy is the
 * same for everybody but for the name. SPDX-License-Identifier: Apache-2.0
 */
#ifndef PARSE_POLICY_H
#define PARSE_POLICY_H

#include "base/fault.h"
#include "base/secret.h"

/*
 * Check a text: one JSON object without duplicate members, of characters that
 * STS takes (U+0009, U+000A, U+000D, U+0020 to U+00FF), and a percent sign only
 * as %u or %%. How long it may be is for role_session_check to say, once the
 * user is in. What the policy means is for STS.
 *
 * Gives 0, or -1 and REASON_CONFIG, with the line where there is one.
 */
int policy_check(const struct secret *text, struct fault *fault);

/*
 * Put the user into a text that was checked.
 *
 * Gives what must be freed; or NULL and REASON_MEMORY, or REASON_CONFIG where
 * his name makes two members of one name.
 */
char *policy_expand(const char *policy, const char *user, struct fault *fault);

#endif
