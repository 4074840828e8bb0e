/*
 * configuration - the text of pam_aws_oidc.conf into what a login goes by.
 *
 * pam_aws_oidc.conf(5) describes the file. SPDX-License-Identifier: Apache-2.0
 */
#ifndef PARSE_CONFIGURATION_H
#define PARSE_CONFIGURATION_H

#include <stdbool.h>
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

/* Requests of sts.attempts: the default is that of the AWS SDKs. */
#define CONFIGURATION_MAX_ATTEMPTS     10
#define CONFIGURATION_DEFAULT_ATTEMPTS 3

/* The first uid of ordinary users on Debian and Red Hat (login.defs(5)). */
#define CONFIGURATION_DEFAULT_MIN_UID 1000

struct sts_settings {
    struct endpoint endpoint;
    char *ca_file; /* these two replace the system's trust; NULL to leave it */
    char *ca_path;
    int ca_file_line; /* of the configuration, where they are named */
    int ca_path_line;
    char *proxy;  /* URL; NULL for none */
    int timeout;  /* seconds */
    int attempts; /* requests that are made at most */
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

/* Whether a text is a URL that can be called: with a path, but no query. */
bool configuration_takes_url(const char *text);

/* Free what it owns. */
void configuration_clear(struct configuration *configuration);

#endif
