/*
 * sts_error - what an error of STS means for a login.
 *
 * The one table of codes is sts_errors.def. SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_STS_ERROR_H
#define MODEL_STS_ERROR_H

#include <stdbool.h>

#include "base/reason.h"

/* Whether another try may help. */
enum sts_retry {
    STS_RETRY_NEVER,
    STS_RETRY_ALWAYS,            /* as often as there are attempts */
    STS_RETRY_KEY_NOT_RETRIEVED, /* once */
    STS_RETRY_DURATION_TOO_LONG, /* once, without DurationSeconds */
};

struct sts_meaning {
    enum reason reason; /* that the login ends with */
    enum sts_retry retry;
};

/* Whether a code is in the table. */
bool sts_error_is_known(const char *code);

/*
 * What an error means: by its code; where the code is not in the table, or is
 * NULL because the response is of no form that STS answers in, by the HTTP
 * status. The message (NULL for none) tells kinds of one code apart.
 */
struct sts_meaning sts_error_meaning(const char *code, const char *message,
                                     long http_status);

#endif
