/*
 * provider - who issues the tokens that this host takes.
 *
 * An OpenID Connect provider, whose ID tokens are read; or one of OAuth 2.0
 * access tokens, of which nobody but the provider knows what they say.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_PROVIDER_H
#define MODEL_PROVIDER_H

#include <stdbool.h>

#include "base/fault.h"
#include "base/text_list.h"
#include "model/identity.h"
#include "model/token.h"

struct provider {
    char *name;   /* for the audit line */
    char *issuer; /* "iss" of its ID tokens, byte for byte; or NULL, and: */
    char *provider_id;         /* ProviderId of its access tokens */
    char *token_prefix;        /* with which they begin */
    struct text_list audience; /* any of them will do */
    struct identity_mapping user;
};

/*
 * Characters of a token_prefix: long enough that what was typed by mistake does
 * not begin with it.
 */
#define PROVIDER_MIN_PREFIX 3
#define PROVIDER_MAX_PREFIX 64

/* Whether the provider issues access tokens. */
bool provider_is_of_access_tokens(const struct provider *provider);

/* Whether an answer begins as this provider's access tokens do. */
bool provider_takes_answer(const struct provider *provider, const char *answer);

/* Whether an ID token names this provider as its issuer. */
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
