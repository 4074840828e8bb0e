/*
 * identity - who a token belongs to, as a user of this host.
 *
 * A provider names one claim, and how its value says who the user is: equal to
 * a text with the user's name in it, or listed with the user in a map file.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_IDENTITY_H
#define MODEL_IDENTITY_H

#include <stdbool.h>

#include "base/fault.h"
#include "model/claim.h"

struct identity_mapping {
    char *claim;       /* the claim's name */
    char *is;          /* what it equals, as a template; or NULL */
    char *map_file;    /* the path of the list of values and users; or NULL */
    int map_file_line; /* of the configuration, where it is named */
    int claim_line;    /* the same of the claim */
};

/*
 * The value of the claim that identifies the user, where claim_is_verified.
 *
 * Gives the string, which lives as long as the claims; or NULL and
 * REASON_NOT_YOUR_TOKEN.
 */
const char *identity_value(const struct identity_mapping *mapping,
                           const struct claim *claims, struct fault *fault);

/*
 * Whether a value equals a template with the user put in. Without memory for it
 * no value does.
 */
bool identity_is_user(const char *is, const char *user, const char *value);

#endif
