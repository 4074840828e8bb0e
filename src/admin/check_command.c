/*
 * check_command - pam-aws-oidc check: whether a login can work.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "admin/check.h"
#include "admin/check_configuration.h"
#include "admin/check_files.h"
#include "admin/check_host.h"
#include "admin/check_online.h"
#include "admin/check_pam.h"
#include "admin/check_sshd.h"
#include "admin/check_way_back.h"
#include "admin/command.h"
#include "admin/options.h"
#include "admin/privileges.h"

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

    check->files.path = check->configuration_path;
    if (login_files_open(&check->files, configuration, &findings, &fault) == 0)
        check->configuration = configuration;
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
    check_sshd(&check);
    check_way_back(&check);
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
    enum {
        CONFIG,
        ONLINE,
        JSON,
        HELP,
        COUNT
    };
    static const struct option words[] = {
        [CONFIG] = {"config", required_argument, NULL, 0},
        [ONLINE] = {"online", no_argument, NULL, 0},
        [JSON] = {"json", no_argument, NULL, 0},
        [HELP] = {"help", no_argument, NULL, OPTIONS_HELP},
        [COUNT] = {NULL, 0, NULL, 0},
    };
    char *values[COUNT] = {NULL};
    int status = options_read(argc, argv, words, values, print_usage);
    const struct options options = {
        .configuration =
            values[CONFIG] != NULL ? values[CONFIG] : CONFIGURATION_PATH,
        .online = values[ONLINE] != NULL,
        .as_json = values[JSON] != NULL,
    };

    return status == OPTIONS_READ ? run(&options) : status;
}
