/*
 * credentials - the temporary AWS credentials of one role session.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/credentials.h"

#include <string.h>

#define LETTERS_AND_DIGITS \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* What a field may look like. */
struct shape {
    const char *name; /* as STS names the field */
    size_t minimum;   /* bytes */
    size_t maximum;
    const char *alphabet;
};

/* Check one field; a NUL inside it is outside every alphabet. */
static int
check_field(const struct secret *field, const struct shape *shape,
            enum reason reason, struct fault *fault)
{
    if (field->length < shape->minimum || field->length > shape->maximum) {
        fault_raise(fault, reason,
                    "%s has %zu characters instead of %zu to %zu", shape->name,
                    field->length, shape->minimum, shape->maximum);
        return -1;
    }
    if (strspn(secret_text(field), shape->alphabet) != field->length) {
        fault_raise(fault, reason, "%s holds a character that it must not",
                    shape->name);
        return -1;
    }
    return 0;
}

int
credentials_check(const struct credentials *credentials, time_t now,
                  enum reason reason, struct fault *fault)
{
    static const struct shape key_id = {"AccessKeyId", CREDENTIALS_MIN_KEY_ID,
                                        CREDENTIALS_MAX_KEY_ID,
                                        LETTERS_AND_DIGITS "_"};
    static const struct shape secret_key = {"SecretAccessKey", 1,
                                            CREDENTIALS_MAX_SECRET_KEY,
                                            LETTERS_AND_DIGITS "+/=_.~-"};
    static const struct shape session_token = {"SessionToken", 1,
                                               CREDENTIALS_MAX_SESSION_TOKEN,
                                               LETTERS_AND_DIGITS "+/=_.~-"};

    if (check_field(&credentials->access_key_id, &key_id, reason, fault) < 0
        || check_field(&credentials->secret_access_key, &secret_key, reason,
                       fault)
               < 0
        || check_field(&credentials->session_token, &session_token, reason,
                       fault)
               < 0)
        return -1;
    if (credentials->expiration <= now) {
        fault_raise(fault, reason, "Expiration lies in the past");
        return -1;
    }
    return 0;
}

void
credentials_move(struct credentials *to, struct credentials *from)
{
    credentials_clear(to);
    *to = *from;
    *from = (struct credentials){0};
}

void
credentials_clear(struct credentials *credentials)
{
    secret_clear(&credentials->access_key_id);
    secret_clear(&credentials->secret_access_key);
    secret_clear(&credentials->session_token);
    credentials->expiration = 0;
}
