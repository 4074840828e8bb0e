/*
 * response_check - whether STS answered what it was asked.
 *
 * A success says that somebody at the identity provider logged in. This is
 * where it is seen that it was said of this token and this role session.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LOGIN_RESPONSE_CHECK_H
#define LOGIN_RESPONSE_CHECK_H

#include <time.h>

#include "base/fault.h"
#include "model/role_session.h"
#include "model/token.h"
#include "parse/sts_response.h"

/*
 * Compare a success with the token and with the role session that was asked
 * for: subject, audience, provider, assumed role, and whether the credentials
 * are whole and not expired. What is missing does not agree.
 *
 * The provider may be named by its issuer, with or without https://, or by the
 * ARN of an IAM OIDC provider in the account of the role.
 *
 * Gives 0, or -1 and REASON_RESPONSE_MISMATCH.
 */
int response_check(const struct sts_response *response,
                   const struct token *token,
                   const struct role_session *session, time_t now,
                   struct fault *fault);

#endif
