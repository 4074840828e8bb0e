/*
 * role_session - the role that is asked for, and the name of the session.
 *
 * Limits: AWS STS API Reference, AssumeRoleWithWebIdentity, and IAM User
 * Guide, "IAM identifiers". SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_ROLE_SESSION_H
#define MODEL_ROLE_SESSION_H

#include <stdbool.h>

/* Characters of a RoleSessionName. */
#define ROLE_SESSION_MIN_NAME 2
#define ROLE_SESSION_MAX_NAME 64

/* Characters of a RoleArn. */
#define ROLE_MIN_ARN 20
#define ROLE_MAX_ARN 2048

/* Seconds of DurationSeconds. */
#define ROLE_SESSION_MIN_DURATION 900
#define ROLE_SESSION_MAX_DURATION 43200

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
    const char *name; /* RoleSessionName: the PAM user */
    int duration;     /* DurationSeconds; 0 leaves it to STS */
};

/* Whether a text is a RoleSessionName: 2 to 64 of letters, digits, _+=,.@- */
bool role_session_name_is_valid(const char *name);

/*
 * Take "arn:PARTITION:iam::ACCOUNT:role/[PATH/]NAME" apart. Gives 0, or -1 for
 * any other text.
 */
int role_parse(const char *arn, struct role *role);

/* Write the ARN that STS gives to the role session once it has begun. */
void role_session_assumed_arn(const struct role_session *session,
                              char arn[ROLE_SESSION_ARN_SIZE]);

#endif
