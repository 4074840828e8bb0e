/*
 * provider - an OpenID Connect provider whose tokens this host takes.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_PROVIDER_H
#define MODEL_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "model/identity.h"
#include "model/token.h"

struct provider {
    char *name;      /* for the audit line */
    char *issuer;    /* "iss" of its tokens, byte for byte */
    char **audience; /* any of them will do */
    size_t audience_count;
    struct identity_mapping user;
};

/* Whether a token names this provider as its issuer. */
bool provider_issued(const struct provider *provider,
                     const struct token *token);

/*
 * Refuse a token that is meant for somebody else. Gives 0, or -1 and
 * REASON_WRONG_AUDIENCE.
 */
int provider_check_audience(const struct provider *provider,
                            const struct token *token, struct fault *fault);

/* Free what the provider owns. */
void provider_clear(struct provider *provider);

#endif
