/*
 * sts - ask STS for a role session's credentials.
 *
 * Source: AWS STS API Reference 2011-06-15, AssumeRoleWithWebIdentity.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LOGIN_STS_H
#define LOGIN_STS_H

#include "base/fault.h"
#include "base/secret.h"
#include "login/https.h"
#include "model/outcome.h"
#include "model/role_session.h"
#include "parse/configuration.h"
#include "parse/sts_response.h"

/* Where and how to ask. */
struct sts {
    struct https *https;
    const struct sts_settings *settings;
    int watched; /* a descriptor that must stay silent meanwhile, or -1 */
    struct outcome *outcome; /* notes the code and the id of the request */
};

/*
 * Ask with AssumeRoleWithWebIdentity.
 *
 * Takes:  a role session, already checked, and the bytes of the token.
 * Gives:  0, and the response, a success, must be cleared; -1, and the response
 *         is empty and the fault says why.
 * Waits:  at most sts.timeout.
 */
int sts_assume_role(const struct sts *sts, const struct role_session *session,
                    const struct secret *token, struct sts_response *response,
                    struct fault *fault);

#endif
