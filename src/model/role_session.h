/*
 * role_session - the role that is asked for, and the name of the session.
 *
 * Limits: sts_parameters.def, and IAM User Guide, "IAM identifiers".
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_ROLE_SESSION_H
#define MODEL_ROLE_SESSION_H

#include <stdbool.h>

#include "base/text_list.h"
#include "model/sts_parameter.h"

/* The shortest name, for limits that a longer one cannot make wider. */
#define ROLE_SESSION_SHORTEST_NAME "xx"

/* Room for the parts of a RoleArn, with the NUL. */
#define ROLE_PARTITION_SIZE 32
#define ROLE_ACCOUNT_SIZE   13
#define ROLE_NAME_SIZE      65

/* Room for an assumed role's ARN and the NUL: its parts, and 64 for the rest.
 */
#define ROLE_SESSION_ARN_SIZE 256

/* What the ARN of a role says. */
struct role {
    char partition[ROLE_PARTITION_SIZE]; /* "aws", "aws-cn", … */
    char account[ROLE_ACCOUNT_SIZE];     /* 12 digits */
    char name[ROLE_NAME_SIZE];           /* without its path */
};

struct role_session {
    const char *role_arn;
    const struct role *role;
    const char *name;        /* RoleSessionName: the PAM user */
    int duration;            /* DurationSeconds; 0 leaves it to STS */
    const char *provider_id; /* ProviderId; NULL for an ID token */
    const struct text_list *policy_arns; /* PolicyArns */
    const char *policy;                  /* Policy; NULL for none */
};

/* Whether a text is a RoleSessionName: 2 to 64 of letters, digits, _+=,.@- */
bool role_session_name_is_valid(const char *name);

/*
 * Take "arn:PARTITION:iam::ACCOUNT:role/[PATH/]NAME" apart. Gives 0, or -1 for
 * any other text.
 */
int role_parse(const char *arn, struct role *role);

/*
 * Whether a text is the ARN of a policy that the sessions of a role may have:
 * "arn:PARTITION:iam::ACCOUNT:policy/[PATH/]NAME" with the role's partition,
 * and its account or "aws".
 */
bool role_takes_policy_arn(const struct role *role, const char *arn);

/*
 * Hold everything that STS is asked for to its limits, the inline and the named
 * policies together too. Gives 0, or -1 and REASON_CONFIG.
 */
int role_session_check(const struct role_session *session, struct fault *fault);

/* Write the ARN that STS gives to the role session once it has begun. */
void role_session_assumed_arn(const struct role_session *session,
                              char arn[ROLE_SESSION_ARN_SIZE]);

#endif
