/*
 * endpoint - where STS answers.
 *
 * Resolved as the AWS SDKs do it: by the region, its partition
 * (partitions.def), and what else is wanted.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_ENDPOINT_H
#define MODEL_ENDPOINT_H

#include <stdbool.h>

#include "base/fault.h"

/* Characters of a region's name: it becomes a label of a host name. */
#define ENDPOINT_MAX_REGION 63

/* Room for the URL of a region's endpoint and the NUL. */
#define ENDPOINT_URL_SIZE 128

/* What is wanted. */
struct endpoint {
    char *region;    /* NULL only where there is a URL */
    char *url;       /* a server in place of AWS's; or NULL */
    bool fips;       /* hosts whose cryptography is validated by FIPS 140 */
    bool dual_stack; /* hosts that answer by IPv6 too */
    bool global;     /* the host without a region, for the regions that had no
                        other in former days */
};

/* Hosts of the AWS Management Console. */
struct console_hosts {
    const char *sign_in; /* the federation endpoint's */
    const char *console;
};

/* Whether a text can be a region's name: a host name's label, RFC 1123, 2.1. */
bool endpoint_region_is_valid(const char *region);

/* The partition that a region is in, as ARNs name it: "aws", "aws-cn", … */
const char *endpoint_partition(const char *region);

/* The hosts of a partition's console; NULL where none are published. */
const struct console_hosts *endpoint_console_hosts(const char *partition);

/*
 * Find the URL.
 *
 * Gives:  the URL, which stands in the endpoint or in room; or NULL and
 *         REASON_CONFIG: neither region nor URL, or a URL together with fips
 *         or dual_stack.
 */
const char *endpoint_resolve(const struct endpoint *endpoint,
                             char room[ENDPOINT_URL_SIZE], struct fault *fault);

/* Free what it owns. */
void endpoint_clear(struct endpoint *endpoint);

#endif
