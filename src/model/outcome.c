/*
 * outcome - what an attempt to log in came to.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/outcome.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *
outcome_audit_key(enum audit_field field)
{
    static const char *const keys[AUDIT_FIELD_COUNT] = {
        [AUDIT_PROVIDER] = "provider",
        [AUDIT_SUB] = "sub",
        [AUDIT_RULE] = "rule",
        [AUDIT_ROLE] = "role",
        [AUDIT_ASSUMED] = "assumed",
        [AUDIT_KEY_ID] = "key_id",
        [AUDIT_EXPIRES] = "expires",
        [AUDIT_SOURCE_IDENTITY] = "source_identity",
        [AUDIT_PACKED_POLICY_SIZE] = "packed_policy_size",
        [AUDIT_STS_CODE] = "sts_code",
        [AUDIT_REQUEST_ID] = "request_id",
        [AUDIT_ATTEMPTS] = "attempts",
        [AUDIT_WARNING] = "warning",
    };

    return keys[field];
}

void
outcome_note(struct outcome *outcome, enum audit_field field, const char *value)
{
    if (value != NULL)
        snprintf(outcome->audit[field], sizeof outcome->audit[field], "%s",
                 value);
}

void
outcome_warn(struct outcome *outcome, const char *format, ...)
{
    char *warning = outcome->audit[AUDIT_WARNING];
    size_t length = strlen(warning);
    va_list args;

    if (length > 0)
        length += (size_t) snprintf(warning + length, AUDIT_VALUE_SIZE - length,
                                    "; ");
    if (length >= AUDIT_VALUE_SIZE)
        return;
    va_start(args, format);
    vsnprintf(warning + length, AUDIT_VALUE_SIZE - length, format, args);
    va_end(args);
}

void
outcome_refuse(struct outcome *outcome, const struct fault *fault)
{
    credentials_clear(&outcome->credentials);
    outcome->user[0] = '\0';
    outcome->region[0] = '\0';
    outcome->reason = fault->reason;
    if (!fault->raised || fault->reason == REASON_OK)
        outcome->reason = REASON_SYSTEM;
    snprintf(outcome->text, sizeof outcome->text, "%s", fault->text);
    snprintf(outcome->words, sizeof outcome->words, "%s", fault_words(fault));
}

void
outcome_clear(struct outcome *outcome)
{
    credentials_clear(&outcome->credentials);
    *outcome = (struct outcome){0};
}
