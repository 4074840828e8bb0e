/*
 * endpoint - where STS answers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/endpoint.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOWER_AND_DIGITS "abcdefghijklmnopqrstuvwxyz0123456789"

struct partition {
    const char *name;
    const char *prefix;            /* of its regions; "" for any */
    const char *pseudo_region;     /* that stands for all of it */
    const char *fips_label;        /* of its FIPS hosts without dual stack */
    const char *suffix;            /* of its host names */
    const char *dual_stack_suffix; /* of those that answer by IPv6 too */
    struct console_hosts console;
};

static const struct partition partitions[] = {
#define PARTITION(name, prefix, pseudo_region, fips_label, suffix, \
                  dual_stack_suffix, sign_in, console)             \
    {name,                                                         \
     prefix,                                                       \
     pseudo_region,                                                \
     fips_label,                                                   \
     suffix,                                                       \
     dual_stack_suffix,                                            \
     {sign_in, console}},
#include "model/partitions.def"
#undef PARTITION
};

/* What "global" changes: the regions in which STS was once one host only. */
static const char *const global_regions[] = {
    "ap-northeast-1", "ap-south-1",   "ap-southeast-1", "ap-southeast-2",
    "aws-global",     "ca-central-1", "eu-central-1",   "eu-north-1",
    "eu-west-1",      "eu-west-2",    "eu-west-3",      "sa-east-1",
    "us-east-1",      "us-east-2",    "us-west-1",      "us-west-2",
};

bool
endpoint_region_is_valid(const char *region)
{
    size_t length = strlen(region);

    return length > 0 && length <= ENDPOINT_MAX_REGION
           && strspn(region, LOWER_AND_DIGITS "-") == length && region[0] != '-'
           && region[length - 1] != '-';
}

/* Whether a region is a prefix, a word, a hyphen and a number. */
static bool
has_prefix(const char *region, const char *prefix)
{
    size_t length = strlen(prefix);
    size_t word;

    if (strncmp(region, prefix, length) != 0)
        return false;
    region += length;
    word = strspn(region, LOWER_AND_DIGITS);
    return word > 0 && region[word] == '-' && region[word + 1] != '\0'
           && strspn(region + word + 1, "0123456789")
                  == strlen(region + word + 1);
}

/* The partition of a region; the last is that of every region. */
static const struct partition *
partition_of(const char *region)
{
    const struct partition *partition = partitions;

    while (partition->prefix[0] != '\0'
           && strcmp(region, partition->pseudo_region) != 0
           && !has_prefix(region, partition->prefix))
        partition++;
    return partition;
}

const char *
endpoint_partition(const char *region)
{
    return partition_of(region)->name;
}

/* Whether a region is asked at the host without a region. */
static bool
is_asked_globally(const struct endpoint *endpoint)
{
    size_t i;

    if (endpoint->fips || endpoint->dual_stack)
        return false;
    if (strcmp(endpoint->region, "aws-global") == 0)
        return true;
    for (i = 0; i < sizeof global_regions / sizeof global_regions[0]; i++) {
        if (endpoint->global
            && strcmp(endpoint->region, global_regions[i]) == 0)
            return true;
    }
    return false;
}

const struct console_hosts *
endpoint_console_hosts(const char *partition)
{
    size_t i;

    for (i = 0; i < sizeof partitions / sizeof partitions[0]; i++) {
        if (strcmp(partitions[i].name, partition) == 0
            && partitions[i].console.sign_in[0] != '\0')
            return &partitions[i].console;
    }
    return NULL;
}

const char *
endpoint_resolve(const struct endpoint *endpoint, char room[ENDPOINT_URL_SIZE],
                 struct fault *fault)
{
    const struct partition *partition;
    const char *label = "sts";
    const char *suffix;

    if (endpoint->url != NULL && (endpoint->fips || endpoint->dual_stack)) {
        fault_raise(fault, REASON_CONFIG,
                    "an endpoint of one's own excludes fips and dual_stack");
        return NULL;
    }
    if (endpoint->url != NULL)
        return endpoint->url;
    if (endpoint->region == NULL) {
        fault_raise(fault, REASON_CONFIG, "needs a region or an endpoint");
        return NULL;
    }
    if (is_asked_globally(endpoint)) {
        snprintf(room, ENDPOINT_URL_SIZE, "https://sts.amazonaws.com");
        return room;
    }
    partition = partition_of(endpoint->region);
    suffix =
        endpoint->dual_stack ? partition->dual_stack_suffix : partition->suffix;
    if (endpoint->fips)
        label = endpoint->dual_stack ? "sts-fips" : partition->fips_label;
    snprintf(room, ENDPOINT_URL_SIZE, "https://%s.%s.%s", label,
             endpoint->region, suffix);
    return room;
}

void
endpoint_clear(struct endpoint *endpoint)
{
    free(endpoint->region);
    free(endpoint->url);
    *endpoint = (struct endpoint){0};
}
