/*
 * session_variables - the AWS variables of a session.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/session_variables.h"

const char *
session_variable_name(size_t which)
{
    static const char *const names[SESSION_VARIABLE_COUNT] = {
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION",
        "AWS_REGION",        "AWS_DEFAULT_REGION",
    };

    return names[which];
}

void
session_variables_fill(struct session_variables *variables,
                       const struct credentials *credentials,
                       const char *region)
{
    const char *known_region = region[0] == '\0' ? NULL : region;

    timestamp_format(credentials->expiration, variables->expiration);
    variables->values[0] = secret_text(&credentials->access_key_id);
    variables->values[1] = secret_text(&credentials->secret_access_key);
    variables->values[2] = secret_text(&credentials->session_token);
    variables->values[3] = variables->expiration;
    variables->values[4] = known_region;
    variables->values[5] = known_region;
}
