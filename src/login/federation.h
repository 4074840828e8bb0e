/*
 * federation - a sign-in address of the AWS Management Console, for a role
 * session's credentials.
 *
 * Source: IAM User Guide, "Enable custom identity broker access to the AWS
 * console". SPDX-License-Identifier: Apache-2.0
 */
#ifndef LOGIN_FEDERATION_H
#define LOGIN_FEDERATION_H

#include "base/deadline.h"
#include "base/fault.h"
#include "base/secret.h"
#include "login/https.h"
#include "model/credentials.h"

/* Seconds that a session of the console may last, by SessionDuration. */
#define FEDERATION_MIN_DURATION 900
#define FEDERATION_MAX_DURATION 43200

struct federation {
    struct https *https;
    const char *endpoint; /* URL: "https://signin.aws.amazon.com/federation" */
    const char *destination; /* URL of the page that is opened */
    int session_duration;    /* seconds */
    struct deadline deadline;
};

/*
 * Ask the federation endpoint for a sign-in token. The credentials are posted,
 * so that they stand in no URL.
 *
 * Gives:  0, and the address is appended to the empty url: whoever opens it in
 *         the next 15 minutes is signed in; or -1 and the fault.
 * Waits:  until the deadline.
 */
int federation_ask(const struct federation *federation,
                   const struct credentials *credentials, struct secret *url,
                   struct fault *fault);

#endif
