/*
 * login_command - pam-aws-oidc login.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/command.h"

int
login_command(int argc, char **argv)
{
    (void) argc;
    (void) argv;
    return COMMAND_BAD;
}
