/*
 * check - what the parts of "pam-aws-oidc check" share.
 *
 * Each part looks at one thing, in a file of its own, and reports what it sees.
 * None of them stops the others. SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_CHECK_H
#define ADMIN_CHECK_H

#include <stdbool.h>

#include "admin/report.h"
#include "login/login_files.h"
#include "parse/configuration.h"

struct check {
    struct report report;
    const char *configuration_path;
    /* What the configuration says; NULL where it could not be read. */
    const struct configuration *configuration;
    struct login_files files; /* where it was read */
    bool is_root;             /* whether this process began as root */
    int asking;               /* services that ask for a token */
};

#endif
