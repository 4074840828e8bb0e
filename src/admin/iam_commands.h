/*
 * iam_commands - the commands of the AWS CLI that give a role to IAM.
 *
 * Each is one line for a POSIX shell, with every word quoted that needs it.
 * What is given must be freed. NULL means that memory is short, where nothing
 * else is said.
 *
 * Source: AWS CLI Command Reference, iam. SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_IAM_COMMANDS_H
#define ADMIN_IAM_COMMANDS_H

#include <stdbool.h>

#include "model/provider.h"
#include "model/role_session.h"

/* Seconds that a session of a role may last, unless the role says more. */
#define IAM_DEFAULT_SESSION_DURATION 3600

/* The document that is read from standard input. */
#define IAM_STANDARD_INPUT "file:///dev/stdin"

/* Whether a text can be typed: printable ASCII, RFC 20. */
bool iam_can_be_typed(const char *text);

/* Create the OpenID Connect provider, of which all audiences can be typed. */
char *iam_create_provider(const struct provider *provider);

/* Create the role that an ARN names, whose sessions may last so long. */
char *iam_create_role(const char *arn, const struct role *role, int duration,
                      const char *document);

/* Give another trust policy to a role that is there. */
char *iam_update_trust(const struct role *role, const char *document);

/* Let the sessions of a role that is there last so long. */
char *iam_update_duration(const struct role *role, int duration);

#endif
