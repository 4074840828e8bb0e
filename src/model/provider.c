/*
 * provider - who issues the tokens that this host takes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/provider.h"

#include <stdlib.h>
#include <string.h>

bool
provider_is_of_access_tokens(const struct provider *provider)
{
    return provider->provider_id != NULL;
}

bool
provider_takes_answer(const struct provider *provider, const char *answer)
{
    return provider_is_of_access_tokens(provider)
           && strncmp(answer, provider->token_prefix,
                      strlen(provider->token_prefix))
                  == 0;
}

bool
provider_issued(const struct provider *provider, const struct token *token)
{
    return provider->issuer != NULL
           && strcmp(provider->issuer, token->issuer) == 0;
}

int
provider_check_audience(const struct provider *provider,
                        const struct token *token, struct fault *fault)
{
    size_t i;

    for (i = 0; i < provider->audience.count; i++) {
        if (token_has_audience(token, provider->audience.texts[i]))
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
    free(provider->name);
    free(provider->issuer);
    free(provider->provider_id);
    free(provider->token_prefix);
    text_list_clear(&provider->audience);
    free(provider->user.claim);
    free(provider->user.is);
    free(provider->user.map_file);
    *provider = (struct provider){0};
}
