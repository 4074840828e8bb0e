/*
 * identity - who a token belongs to, as a user of this host.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/identity.h"

#include <string.h>

const char *
identity_value(const struct identity_mapping *mapping,
               const struct claim *claims, struct fault *fault)
{
    const char *value = claim_string(claims, mapping->claim);
    const struct claim *verified;

    if (value == NULL || value[0] == '\0') {
        fault_raise(fault, REASON_NOT_YOUR_TOKEN,
                    "the token has no claim \"%s\" that is a string",
                    mapping->claim);
        return NULL;
    }
    if (strcmp(mapping->claim, "email") == 0) {
        verified = claim_member(claims, "email_verified");
        if (verified == NULL || verified->type != CLAIM_BOOLEAN
            || !verified->boolean) {
            fault_raise(fault, REASON_NOT_YOUR_TOKEN,
                        "the token's email_verified is not true");
            return NULL;
        }
    }
    return value;
}

bool
identity_is_well_formed(const char *is)
{
    bool has_user = false;
    const char *percent = strchr(is, '%');

    while (percent != NULL) {
        if (percent[1] != 'u')
            return false;
        has_user = true;
        percent = strchr(percent + 2, '%');
    }
    return has_user;
}

bool
identity_is_user(const char *is, const char *user, const char *value)
{
    size_t user_length = strlen(user);
    const char *next = is;
    const char *rest = value;

    while (*next != '\0') {
        if (next[0] == '%' && next[1] == 'u') {
            if (strncmp(rest, user, user_length) != 0)
                return false;
            rest += user_length;
            next += 2;
        } else {
            if (*rest != *next)
                return false;
            rest++;
            next++;
        }
    }
    return *rest == '\0';
}
