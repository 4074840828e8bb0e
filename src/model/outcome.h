/*
 * outcome - what an attempt to log in came to.
 *
 * A zeroed outcome is a refusal (REASON_SYSTEM). The helper fills it and sends
 * it as its verdict; the module checks it, and writes the audit line from it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_OUTCOME_H
#define MODEL_OUTCOME_H

#include "base/fault.h"
#include "model/credentials.h"
#include "model/endpoint.h"
#include "model/role_session.h"

/* What the audit line says beside result, reason, user, service and host. */
enum audit_field {
    AUDIT_PROVIDER,
    AUDIT_SUB,
    AUDIT_RULE,
    AUDIT_ROLE,
    AUDIT_ASSUMED,
    AUDIT_KEY_ID,
    AUDIT_EXPIRES,
    AUDIT_SOURCE_IDENTITY,
    AUDIT_PACKED_POLICY_SIZE,
    AUDIT_STS_CODE,
    AUDIT_REQUEST_ID,
    AUDIT_ATTEMPTS,
    AUDIT_WARNING,
    AUDIT_FIELD_COUNT
};

/* Room for one value and the NUL; a longer one is cut. */
#define AUDIT_VALUE_SIZE 320

struct outcome {
    enum reason reason;
    char text[FAULT_TEXT_SIZE];   /* for the administrator */
    char words[FAULT_WORDS_SIZE]; /* for the user */
    char audit[AUDIT_FIELD_COUNT][AUDIT_VALUE_SIZE];

    /* Of REASON_OK alone: */
    char user[STS_ROLE_SESSION_NAME_MAX + 1]; /* whom it lets in */
    char region[ENDPOINT_MAX_REGION + 1];     /* AWS_REGION; "" for none */
    struct credentials credentials;
};

/* The key of a field in the audit line. */
const char *outcome_audit_key(enum audit_field field);

/*
 * Note what is known of an attempt, in place of what was known before; NULL
 * notes nothing.
 */
void outcome_note(struct outcome *outcome, enum audit_field field,
                  const char *value);

/* Note one more thing that the administrator should look at. */
void outcome_warn(struct outcome *outcome, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Make it the refusal that a fault says; credentials are wiped. */
void outcome_refuse(struct outcome *outcome, const struct fault *fault);

/* Wipe and free; what is left is a refusal. */
void outcome_clear(struct outcome *outcome);

#endif
