/*
 * Fuzzes parse/token, and what model/token then says of a token: the input is
 * what a user presents, taken for an ID token and for an access token.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "model/sts_parameter.h"
#include "model/token.h"
#include "parse/token.h"

/* See what is taken for an access token. */
static void
try_access_token(const struct secret *text)
{
    struct fault fault = {0};
    size_t i;

    if (access_token_check(text, &fault) == 0) {
        must(!fault.raised);
        must(text->length >= STS_WEB_IDENTITY_TOKEN_MIN
             && text->length <= STS_WEB_IDENTITY_TOKEN_MAX);
        for (i = 0; i < text->length; i++)
            must(text->bytes[i] >= '!' && text->bytes[i] <= '~');
    } else {
        must(fault.reason == REASON_NOT_A_TOKEN
             || fault.reason == REASON_TOKEN_TOO_LONG);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct secret text = {0};
    struct token token;
    struct fault fault = {0};

    if (secret_append(&text, data, size) < 0 || token_trim(&text) < 0)
        abort();
    try_access_token(&text);
    if (token_read(&text, &token, &fault) == 0) {
        must(!fault.raised && text.length <= STS_WEB_IDENTITY_TOKEN_MAX);
        must(token.issuer[0] != '\0' && token.subject[0] != '\0');
        must(token.azp == NULL || token.azp[0] != '\0');
        must(token.expires > 0);
        must(token.azp == NULL || token_has_audience(&token, token.azp));
        token_check_algorithm(&token, &fault);
        fault = (struct fault){0};
        token_check_time(&token, 0, &fault);
        must(strlen(fault.text) < sizeof fault.text);
        token_clear(&token);
    } else {
        must(fault.raised && fault.reason != REASON_OK
             && fault.reason != REASON_SYSTEM);
    }
    secret_clear(&text);
    return 0;
}
