/*
 * command - the subcommands of pam-aws-oidc.
 *
 * Each takes its own words, the first of which is its name, and gives the exit
 * status. pam-aws-oidc(8) describes them. SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_COMMAND_H
#define ADMIN_COMMAND_H

/* Exit statuses. */
#define COMMAND_GOOD  0
#define COMMAND_BAD   1 /* what was asked for is not so, or cannot be done */
#define COMMAND_USAGE 2 /* the words are wrong */

int check_command(int argc, char **argv);
int endpoint_command(int argc, char **argv);
int explain_command(int argc, char **argv);
int login_command(int argc, char **argv);
int trust_policy_command(int argc, char **argv);

#endif
