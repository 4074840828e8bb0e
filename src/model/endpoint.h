/*
 * endpoint - where the STS of a region answers.
 *
 * Resolved as the AWS SDKs do it. SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_ENDPOINT_H
#define MODEL_ENDPOINT_H

#include <stdbool.h>

/* Characters of a region's name: it becomes a label of a host name. */
#define ENDPOINT_MAX_REGION 63

/* Room for the URL of a region's endpoint and the NUL. */
#define ENDPOINT_URL_SIZE 128

/* Whether a text can be a region's name: a host name's label, RFC 1123, 2.1. */
bool endpoint_region_is_valid(const char *region);

/*
 * Write "https://sts.REGION.SUFFIX", with the suffix of its partition; for
 * aws-global, which is no region, the one endpoint without a region.
 */
void endpoint_of_region(const char *region, char url[ENDPOINT_URL_SIZE]);

#endif
