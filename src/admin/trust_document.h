/*
 * trust_document - a trust policy as the JSON that IAM takes.
 *
 * Source: AWS IAM User Guide, "Grammar of the IAM JSON policy language".
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_TRUST_DOCUMENT_H
#define ADMIN_TRUST_DOCUMENT_H

#include <stdbool.h>

#include "base/fault.h"
#include "base/secret.h"
#include "model/trust_policy.h"
#include "parse/json_writer.h"

/*
 * Characters that a role's trust policy may have, and up to how many AWS lets
 * an account have on request. Blanks between values do not count. Source: AWS
 * IAM User Guide, "IAM and AWS STS quotas", role trust policy length.
 */
#define TRUST_DOCUMENT_QUOTA     2048
#define TRUST_DOCUMENT_MAX_QUOTA 8192

/* Write it, as a member of the object that is open. */
void trust_document_write(struct json_writer *writer, const char *name,
                          const struct trust_policy *policy);

/*
 * Give it as a text in ASCII: of many lines; or compact, on one line without
 * the blanks between its values, as IAM counts it. Gives 0; or -1 and
 * REASON_MEMORY, or REASON_CONFIG where a text of the configuration is no
 * UTF-8: JSON cannot say it, and no token can.
 */
int trust_document_make(const struct trust_policy *policy, bool is_compact,
                        struct secret *text, struct fault *fault);

#endif
