/*
 * endpoint - where the STS of a region answers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/endpoint.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/*
 * A partition of AWS: its regions begin with this prefix. Whatever is in none
 * of them counts to the commercial partition, as with the SDKs.
 */
struct partition {
    const char *prefix;
    const char *suffix; /* of its host names */
};

static const struct partition partitions[] = {
    {"cn-", "amazonaws.com.cn"},    {"us-gov-", "amazonaws.com"},
    {"us-iso-", "c2s.ic.gov"},      {"us-isob-", "sc2s.sgov.gov"},
    {"eu-isoe-", "cloud.adc-e.uk"}, {"us-isof-", "csp.hci.ic.gov"},
    {"eusc-de-", "amazonaws.eu"},   {"", "amazonaws.com"},
};

bool
endpoint_region_is_valid(const char *region)
{
    size_t length = strlen(region);

    return length > 0 && length <= ENDPOINT_MAX_REGION
           && strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-") == length
           && region[0] != '-' && region[length - 1] != '-';
}

void
endpoint_of_region(const char *region, char url[ENDPOINT_URL_SIZE])
{
    const struct partition *partition = partitions;

    if (strcmp(region, "aws-global") == 0) {
        snprintf(url, ENDPOINT_URL_SIZE, "https://sts.amazonaws.com");
        return;
    }
    while (strncmp(region, partition->prefix, strlen(partition->prefix)) != 0)
        partition++;
    snprintf(url, ENDPOINT_URL_SIZE, "https://sts.%s.%s", region,
             partition->suffix);
}
