/*
 * check_command - pam-aws-oidc check: whether a login can work.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "admin/check.h"
#include "admin/check_configuration.h"
#include "admin/check_files.h"
#include "admin/check_host.h"
#include "admin/check_online.h"
#include "admin/check_pam.h"
#include "admin/command.h"
#include "admin/output.h"
#include "admin/privileges.h"
#include "base/trusted_file.h"

struct options {
    const char *configuration;
    bool online;
    bool as_json;
};

/* Report each thing that is wrong with the text of the configuration. */
static void
report_findings(struct check *check, const struct findings *findings)
{
    size_t i;

    for (i = 0; i < findings->count; i++)
        report_add(&check->report, REPORT_CONFIGURATION_FAIL, "%s:%d: %s",
                   check->configuration_path, findings->list[i].line,
                   findings->list[i].text);
}

/* Read the configuration, and report why it cannot be read. */
static void
read_configuration(struct check *check, struct configuration *configuration)
{
    struct findings findings = {0};
    struct fault fault = {0};
    int fd = trusted_file_open(check->configuration_path, geteuid(),
                               TRUSTED_FILE_READ, REASON_CONFIG, &fault);

    if (fd >= 0) {
        check->files.path = check->configuration_path;
        if (login_files_read(fd, &check->files, configuration, &findings,
                             &fault)
            == 0)
            check->configuration = configuration;
        close(fd);
    }
    if (findings.count > 0)
        report_findings(check, &findings);
    else if (fault.raised)
        report_add(&check->report, REPORT_CONFIGURATION_FILE_FAIL, "%s",
                   fault.text);
    findings_clear(&findings);
}

/*
 * Look at everything. Root is needed for what only root can see, and given up
 * before the files are read that the helper reads, and before the network.
 */
static int
run(const struct options *options)
{
    struct configuration configuration = {0};
    struct check check = {
        .configuration_path = options->configuration,
        .is_root = geteuid() == 0,
    };
    struct fault fault = {0};
    int status;

    report_begin(&check.report, options->as_json);
    read_configuration(&check, &configuration);
    check_configuration(&check);
    check_host(&check);
    check_pam(&check);
    /* Where there is no such user, check_host has said so. */
    if (privileges_drop(&fault) == 0) {
        check_files(&check);
        if (options->online)
            check_online(&check);
    }
    status = report_end(&check.report);
    configuration_clear(&configuration);
    return status;
}

/* Say how the command is called. */
static void
print_usage(void)
{
    puts("Usage: pam-aws-oidc check [--config FILE] [--online] [--json]\n\n"
         "Whether this host is set up for token logins. Each line says OK, WARN"
         " or FAIL.\nRun it as root.\n\n"
         "  --config FILE  another configuration than " CONFIGURATION_PATH "\n"
         "  --online       ask STS and the issuers, too\n"
         "  --json         print one JSON document");
}

int
check_command(int argc, char **argv)
{
    static const struct option words[] = {
        {"config", required_argument, NULL, 'c'},
        {"online", no_argument, NULL, 'o'},
        {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct options options = {.configuration = CONFIGURATION_PATH};
    int word;

    /* One thread only. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    while ((word = getopt_long(argc, argv, "", words, NULL)) != -1) {
        switch (word) {
        case 'c':
            options.configuration = optarg;
            break;
        case 'o':
            options.online = true;
            break;
        case 'j':
            options.as_json = true;
            break;
        case 'h':
            print_usage();
            return COMMAND_GOOD;
        default:
            return COMMAND_USAGE;
        }
    }
    if (optind < argc)
        return output_usage("check", "\"%.64s\" is not an option",
                            argv[optind]);
    return run(&options);
}
