/*
 * pam_aws_oidc - the administrator's command: what a login would do, and what
 * stands in its way, before anybody depends on it.
 *
 * It decides with the code that serves logins, and never a second time in
 * another way. SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "admin/command.h"
#include "admin/output.h"
#include "admin/version.h"

/* What can be asked for. */
static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    {"check", check_command, "whether this host is set up for token logins"},
    {"endpoint", endpoint_command, "the URL of STS"},
    {"explain", explain_command, "what a login would decide, and why"},
    {"login", login_command, "a login without PAM, and its credentials"},
    {"trust-policy", trust_policy_command, "what to give to IAM"},
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

/* Say what can be asked for. */
static void
print_usage(FILE *file)
{
    size_t i;

    fputs("Usage: pam-aws-oidc COMMAND [OPTION...]\n"
          "       pam-aws-oidc --version\n\n",
          file);
    for (i = 0; i < COMMAND_COUNT; i++)
        fprintf(file, "  %-14s%s\n", commands[i].name, commands[i].summary);
    fputs("\npam-aws-oidc(8) has the options.\n", file);
}

int
main(int argc, char **argv)
{
    size_t i;

    if (argc < 2) {
        print_usage(stderr);
        return COMMAND_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0) {
        print_usage(stdout);
        return output_end(COMMAND_GOOD);
    }
    if (strcmp(argv[1], "--version") == 0) {
        version_print();
        return output_end(COMMAND_GOOD);
    }
    for (i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(argv[1], commands[i].name) == 0)
            return output_end(commands[i].run(argc - 1, argv + 1));
    }
    fprintf(stderr, "pam-aws-oidc: there is no command \"%.64s\"\n", argv[1]);
    print_usage(stderr);
    return COMMAND_USAGE;
}
