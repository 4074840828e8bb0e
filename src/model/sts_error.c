/*
 * sts_error - what an error of STS means for a login.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/sts_error.h"

#include <stddef.h>
#include <string.h>

/* Status codes of HTTP, RFC 9110, 15, and RFC 6585, 4. */
#define HTTP_BAD_REQUEST         400
#define HTTP_FORBIDDEN           403
#define HTTP_TOO_MANY_REQUESTS   429
#define HTTP_SERVER_ERROR        500
#define HTTP_BAD_GATEWAY         502
#define HTTP_SERVICE_UNAVAILABLE 503
#define HTTP_GATEWAY_TIMEOUT     504

struct row {
    const char *code;
    struct sts_meaning meaning;
};

static const struct row rows[] = {
#define STS_ERROR(code, http_status, reason, retry) \
    {code, {REASON_##reason, STS_RETRY_##retry}},
#include "model/sts_errors.def"
#undef STS_ERROR
};

/*
 * What a kind of error says in its message that others of its code do not.
 * Source: as AWS answers; the API reference promises no wording.
 */
static const char *
telltale(enum sts_retry retry)
{
    switch (retry) {
    case STS_RETRY_KEY_NOT_RETRIEVED:
        return "retrieve verification key";
    case STS_RETRY_DURATION_TOO_LONG:
        return "MaxSessionDuration";
    case STS_RETRY_NEVER:
    case STS_RETRY_ALWAYS:
        break;
    }
    return "";
}

/* What a response means by its status alone. */
static struct sts_meaning
meaning_of_status(bool has_code, long http_status)
{
    struct sts_meaning meaning = {REASON_STS_UNREADABLE, STS_RETRY_NEVER};

    if (http_status >= HTTP_SERVER_ERROR)
        meaning.reason = REASON_STS_UNAVAILABLE;
    if (http_status == HTTP_TOO_MANY_REQUESTS)
        meaning.reason = REASON_STS_THROTTLED;
    if (has_code && http_status == HTTP_FORBIDDEN)
        meaning.reason = REASON_STS_DENIED;
    if (has_code && http_status == HTTP_BAD_REQUEST)
        meaning.reason = REASON_STS_REQUEST;
    if (http_status == HTTP_TOO_MANY_REQUESTS
        || http_status == HTTP_SERVER_ERROR || http_status == HTTP_BAD_GATEWAY
        || http_status == HTTP_SERVICE_UNAVAILABLE
        || http_status == HTTP_GATEWAY_TIMEOUT)
        meaning.retry = STS_RETRY_ALWAYS;
    return meaning;
}

bool
sts_error_is_known(const char *code)
{
    size_t i;

    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].code, code) == 0)
            return true;
    }
    return false;
}

struct sts_meaning
sts_error_meaning(const char *code, const char *message, long http_status)
{
    struct sts_meaning meaning;
    size_t i;

    for (i = 0; code != NULL && i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].code, code) != 0)
            continue;
        meaning = rows[i].meaning;
        if (strstr(message == NULL ? "" : message, telltale(meaning.retry))
            == NULL)
            meaning.retry = STS_RETRY_NEVER;
        return meaning;
    }
    return meaning_of_status(code != NULL, http_status);
}
