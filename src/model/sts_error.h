/*
 * sts_error - what an error code of STS means for a login.
 *
 * Source: AWS STS API Reference 2011-06-15, AssumeRoleWithWebIdentity and
 * "Common Error Types". SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_STS_ERROR_H
#define MODEL_STS_ERROR_H

#include "base/reason.h"

/*
 * The reason that a login ends with. A code that is not in the table is
 * understood by the HTTP status that came with it.
 */
enum reason sts_error_reason(const char *code, long http_status);

/* What a response means that is neither of the forms STS answers in. */
enum reason sts_error_reason_of_status(long http_status);

#endif
