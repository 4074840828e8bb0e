/*
 * sts_error - what an error code of STS means for a login.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/sts_error.h"

#include <stddef.h>
#include <string.h>

/* Status codes of HTTP, RFC 9110, 15, and RFC 6585, 4. */
#define HTTP_FORBIDDEN         403
#define HTTP_TOO_MANY_REQUESTS 429
#define HTTP_BAD_REQUEST       400
#define HTTP_SERVER_ERROR      500

struct row {
    const char *code;
    enum reason reason;
};

static const struct row rows[] = {
    {"AccessDenied", REASON_STS_DENIED},
    {"ExpiredTokenException", REASON_STS_EXPIRED_TOKEN},
    {"IDPCommunicationError", REASON_STS_IDP_UNREACHABLE},
    {"IDPRejectedClaim", REASON_STS_REJECTED_CLAIM},
    {"InternalFailure", REASON_STS_UNAVAILABLE},
    {"InvalidIdentityToken", REASON_STS_INVALID_TOKEN},
    {"MalformedPolicyDocument", REASON_STS_REQUEST},
    {"PackedPolicyTooLarge", REASON_STS_REQUEST},
    {"RegionDisabledException", REASON_STS_REGION_DISABLED},
    {"RequestLimitExceeded", REASON_STS_THROTTLED},
    {"ServiceUnavailable", REASON_STS_UNAVAILABLE},
    {"Throttling", REASON_STS_THROTTLED},
    {"ThrottlingException", REASON_STS_THROTTLED},
    {"ValidationError", REASON_STS_REQUEST},
};

enum reason
sts_error_reason_of_status(long http_status)
{
    if (http_status == HTTP_TOO_MANY_REQUESTS)
        return REASON_STS_THROTTLED;
    if (http_status >= HTTP_SERVER_ERROR)
        return REASON_STS_UNAVAILABLE;
    return REASON_STS_UNREADABLE;
}

enum reason
sts_error_reason(const char *code, long http_status)
{
    size_t i;

    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].code, code) == 0)
            return rows[i].reason;
    }
    if (http_status == HTTP_FORBIDDEN)
        return REASON_STS_DENIED;
    if (http_status == HTTP_BAD_REQUEST)
        return REASON_STS_REQUEST;
    return sts_error_reason_of_status(http_status);
}
