/*
 * session_variables - the AWS variables of a session.
 *
 * The names are those that the AWS SDKs and the AWS CLI read.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_SESSION_VARIABLES_H
#define MODEL_SESSION_VARIABLES_H

#include "model/credentials.h"
#include "model/timestamp.h"

/* AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,
   AWS_CREDENTIAL_EXPIRATION, AWS_REGION, AWS_DEFAULT_REGION */
#define SESSION_VARIABLE_COUNT 6

/* What the variables hold. */
struct session_variables {
    const char *values[SESSION_VARIABLE_COUNT]; /* NULL: it is not set */
    char expiration[TIMESTAMP_SIZE];
};

/* The name of a variable, from 0. */
const char *session_variable_name(size_t which);

/*
 * Fill them in. What is given lives as long as the variables; "" is no region.
 */
void session_variables_fill(struct session_variables *variables,
                            const struct credentials *credentials,
                            const char *region);

#endif
