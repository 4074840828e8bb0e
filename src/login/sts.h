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
    struct outcome *outcome; /* notes what is known of the requests */
};

/* Who takes the parameters of a request, one by one. */
struct sts_writer {
    /* Take one. Gives 0, or -1 and the fault. */
    int (*write)(void *self, const char *name, const char *value,
                 struct fault *fault);
    void *self;
};

/*
 * Write what STS is asked for, in the order in which it is sent. Gives 0, or
 * what the writer gives.
 */
int sts_write_parameters(const struct role_session *session, const char *token,
                         const struct sts_writer *writer, struct fault *fault);

/* Begin a form with the action, and the version of the API. Gives 0, or -1. */
int sts_begin_form(struct secret *form, struct fault *fault);

/*
 * Ask with AssumeRoleWithWebIdentity, and ask again where that may help: in the
 * way of the AWS SDKs' standard mode, up to sts.attempts requests; once where
 * STS could not get at the identity provider's keys; and once, beyond the
 * attempts, without a duration that is longer than the role allows.
 *
 * Takes:  a role session and the bytes of the token; what is outside the limits
 *         of a parameter is refused, and nothing is sent.
 * Gives:  0, and the response, a success, must be cleared; -1, and the response
 *         is empty and the fault says why: that of the last request.
 * Waits:  at most sts.timeout, for all requests and the pauses between them.
 */
int sts_assume_role(const struct sts *sts, const struct role_session *session,
                    const struct secret *token, struct sts_response *response,
                    struct fault *fault);

#endif
