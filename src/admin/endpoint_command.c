/*
 * endpoint_command - pam-aws-oidc endpoint: the URL that STS is asked at.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>

#include "admin/command.h"
#include "admin/options.h"
#include "admin/output.h"
#include "base/fault.h"
#include "model/endpoint.h"
#include "parse/configuration.h"

/* Say how the command is called. */
static void
print_usage(void)
{
    puts("Usage: pam-aws-oidc endpoint --region REGION [--fips] [--dual-stack]"
         " [--global]\n"
         "       pam-aws-oidc endpoint --endpoint URL\n\n"
         "Prints the URL that a login would call, as the AWS SDKs resolve it."
         " The options\nare the settings of sts in pam_aws_oidc.conf(5).\n\n"
         "  --region REGION  such as eu-west-1\n"
         "  --fips           the host whose cryptography is validated by"
         " FIPS 140\n"
         "  --dual-stack     the host that answers by IPv6 too\n"
         "  --global         use_global_endpoint: sts.amazonaws.com, for the"
         " regions\n"
         "                   that had no other in former days\n"
         "  --endpoint URL   a server in place of AWS's\n"
         "  --json           print one JSON document");
}

/* Find the URL. Gives NULL and the fault where there is none. */
static const char *
resolve(const struct endpoint *endpoint, char room[ENDPOINT_URL_SIZE],
        struct fault *fault)
{
    const char *url = NULL;

    if (endpoint->region != NULL && !endpoint_region_is_valid(endpoint->region))
        fault_raise(fault, REASON_CONFIG,
                    "\"%.64s\" is no region: a region has lower-case letters,"
                    " digits and hyphens, as in eu-west-1",
                    endpoint->region);
    else if (endpoint->url != NULL && !configuration_takes_url(endpoint->url))
        fault_raise(fault, REASON_CONFIG,
                    "\"%.128s\" is no endpoint: it must be a URL that begins"
                    " with https://, as in https://sts.example.internal:8443",
                    endpoint->url);
    else if (endpoint->url == NULL && endpoint->region == NULL)
        fault_raise(fault, REASON_CONFIG,
                    "no region is known: name one with --region, or a server"
                    " with --endpoint");
    else
        url = endpoint_resolve(endpoint, room, fault);
    return url;
}

/* Print the URL. */
static int
run(const struct endpoint *endpoint, bool as_json)
{
    char room[ENDPOINT_URL_SIZE];
    struct json_writer json = {0};
    struct fault fault = {0};
    const char *url = resolve(endpoint, room, &fault);

    if (url == NULL) {
        output_fault(&fault);
        return COMMAND_BAD;
    }
    if (!as_json) {
        output_line(stdout, "%s", url);
        return COMMAND_GOOD;
    }
    json_writer_begin_object(&json, NULL);
    json_writer_number(&json, "version", 1);
    json_writer_text(&json, "url", url);
    json_writer_end(&json);
    return output_json(&json) == 0 ? COMMAND_GOOD : COMMAND_BAD;
}

int
endpoint_command(int argc, char **argv)
{
    enum {
        REGION,
        FIPS,
        DUAL_STACK,
        GLOBAL,
        ENDPOINT,
        JSON,
        HELP,
        COUNT
    };
    static const struct option words[] = {
        [REGION] = {"region", required_argument, NULL, 0},
        [FIPS] = {"fips", no_argument, NULL, 0},
        [DUAL_STACK] = {"dual-stack", no_argument, NULL, 0},
        [GLOBAL] = {"global", no_argument, NULL, 0},
        [ENDPOINT] = {"endpoint", required_argument, NULL, 0},
        [JSON] = {"json", no_argument, NULL, 0},
        [HELP] = {"help", no_argument, NULL, OPTIONS_HELP},
        [COUNT] = {NULL, 0, NULL, 0},
    };
    char *values[COUNT] = {NULL};
    int status = options_read(argc, argv, words, values, print_usage);
    const struct endpoint endpoint = {
        .region = values[REGION],
        .url = values[ENDPOINT],
        .fips = values[FIPS] != NULL,
        .dual_stack = values[DUAL_STACK] != NULL,
        .global = values[GLOBAL] != NULL,
    };

    return status == OPTIONS_READ ? run(&endpoint, values[JSON] != NULL)
                                  : status;
}
