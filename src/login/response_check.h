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
#include "model/provider.h"
#include "model/role_session.h"
#include "model/token.h"
#include "parse/sts_response.h"

/* What STS was asked. */
struct question_to_sts {
    const struct role_session *session;
    const struct provider *provider; /* whose token it was */
    const struct token *token;       /* an ID token; or NULL */
};

/*
 * Compare a success with what STS was asked. What is missing does not agree.
 *
 * Of an ID token: its subject, its audience, and its issuer as the provider.
 * That may be named by the issuer, with or without https://, or by the ARN of
 * an IAM OIDC provider in the account of the role. Of an access token: a
 * subject, the ProviderId, and one of the provider's audiences.
 *
 * Of both: the assumed role, and whether the credentials are whole and not
 * expired.
 *
 * Gives 0, or -1 and REASON_RESPONSE_MISMATCH.
 */
int response_check(const struct sts_response *response,
                   const struct question_to_sts *question, time_t now,
                   struct fault *fault);

#endif
