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
    char *claim;    /* the claim's name */
    char *is;       /* what it equals, with %u for the user; or NULL */
    char *map_file; /* the path of the list of values and users; or NULL */
};

/*
 * The value of the claim that identifies the user. "email" counts only where
 * "email_verified" is the boolean true (OpenID Connect Core, 5.1): else anyone
 * could have typed it.
 *
 * Gives the string, which lives as long as the claims; or NULL and
 * REASON_NOT_YOUR_TOKEN.
 */
const char *identity_value(const struct identity_mapping *mapping,
                           const struct claim *claims, struct fault *fault);

/* Whether a text with %u in it is well formed: %u at least once, no other %. */
bool identity_is_well_formed(const char *is);

/* Whether a value equals the text with the user in place of each %u. */
bool identity_is_user(const char *is, const char *user, const char *value);

#endif
