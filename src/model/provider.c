/*
 * provider - an OpenID Connect provider whose tokens this host takes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/provider.h"

#include <stdlib.h>
#include <string.h>

bool
provider_issued(const struct provider *provider, const struct token *token)
{
    return strcmp(provider->issuer, token->issuer) == 0;
}

int
provider_check_audience(const struct provider *provider,
                        const struct token *token, struct fault *fault)
{
    size_t i;

    for (i = 0; i < provider->audience_count; i++) {
        if (token_has_audience(token, provider->audience[i]))
            return 0;
    }
    fault_raise(fault, REASON_WRONG_AUDIENCE,
                "the token's %s names none of the provider's audiences",
                token->azp != NULL ? "azp" : "aud");
    return -1;
}

void
provider_clear(struct provider *provider)
{
    size_t i;

    for (i = 0; i < provider->audience_count; i++)
        free(provider->audience[i]);
    free(provider->audience);
    free(provider->name);
    free(provider->issuer);
    free(provider->user.claim);
    free(provider->user.is);
    free(provider->user.map_file);
    *provider = (struct provider){0};
}
