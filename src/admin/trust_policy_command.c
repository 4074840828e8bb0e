/*
 * trust_policy_command - pam-aws-oidc trust-policy.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/command.h"

int
trust_policy_command(int argc, char **argv)
{
    (void) argc;
    (void) argv;
    return COMMAND_BAD;
}
