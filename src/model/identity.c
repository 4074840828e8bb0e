/*
 * identity - who a token belongs to, as a user of this host.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/identity.h"

#include <stdlib.h>
#include <string.h>

#include "model/template.h"

const char *
identity_value(const struct identity_mapping *mapping,
               const struct claim *claims, struct fault *fault)
{
    const char *value = claim_string(claims, mapping->claim);

    if (value == NULL || value[0] == '\0') {
        fault_raise(fault, REASON_NOT_YOUR_TOKEN,
                    "the token has no claim \"%s\" that is a string",
                    mapping->claim);
        return NULL;
    }
    if (!claim_is_verified(claims, mapping->claim)) {
        fault_raise(fault, REASON_NOT_YOUR_TOKEN,
                    "the token's email_verified is not true");
        return NULL;
    }
    return value;
}

bool
identity_is_user(const char *is, const char *user, const char *value)
{
    char *expected = template_expand(is, user);
    bool is_user = expected != NULL && strcmp(expected, value) == 0;

    free(expected);
    return is_user;
}
