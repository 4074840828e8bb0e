/*
 * configuration - the text of pam_aws_oidc.conf into settings.
 *
 * The one place that knows libconfig. pam_aws_oidc.conf(5) describes the file.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PARSE_CONFIGURATION_H
#define PARSE_CONFIGURATION_H

#include <stddef.h>
#include <sys/types.h>

#include "base/secret.h"
#include "model/endpoint.h"
#include "model/provider.h"
#include "model/rule.h"
#include "parse/findings.h"

/* Bytes that the file may have. */
#define CONFIGURATION_MAX_SIZE 1048576

/* Seconds of sts.timeout: for all that a login has to do with STS. */
#define CONFIGURATION_MIN_TIMEOUT     1
#define CONFIGURATION_MAX_TIMEOUT     60
#define CONFIGURATION_DEFAULT_TIMEOUT 10

/* The first uid of ordinary users on Debian and Red Hat (login.defs(5)). */
#define CONFIGURATION_DEFAULT_MIN_UID 1000

struct sts_settings {
    char *region;   /* NULL only where there is an endpoint */
    char *endpoint; /* URL; NULL for that of the region */
    char *ca_file;  /* replaces the system's trust; NULL to leave it */
    int timeout;    /* seconds */
};

struct configuration {
    struct sts_settings sts;
    struct provider *providers;
    size_t provider_count;
    uid_t min_uid;
    struct rule *rules;
    size_t rule_count;
};

/*
 * Read the text. All that is wrong is found at once: what libconfig does not
 * take ends the search, everything else does not.
 *
 * Gives 0, and the configuration must be cleared; or -1, at least one finding,
 * and an empty configuration. The findings must be cleared in both cases.
 */
int configuration_read(const struct secret *text,
                       struct configuration *configuration,
                       struct findings *findings);

/* Free what it owns. */
void configuration_clear(struct configuration *configuration);

#endif
