/*
 * token - an OpenID Connect ID token, decoded but not verified.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/token.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "model/timestamp.h"

bool
token_has_audience(const struct token *token, const char *audience)
{
    size_t i;

    if (token->azp != NULL)
        return strcmp(token->azp, audience) == 0;
    if (token->aud->type == CLAIM_STRING)
        return strcmp(token->aud->string, audience) == 0;
    for (i = 0; i < token->aud->count; i++) {
        if (strcmp(token->aud->children[i].string, audience) == 0)
            return true;
    }
    return false;
}

/* What proves something, and the bytes that a signature of it may have. */
static const struct algorithm {
    const char *name;
    size_t lengths[3];
} asymmetric[] = {
    {"RS256", {256, 384, 512}},
    {"RS384", {256, 384, 512}},
    {"RS512", {256, 384, 512}},
    {"PS256", {256, 384, 512}},
    {"PS384", {256, 384, 512}},
    {"PS512", {256, 384, 512}},
    {"ES256", {64}},
    {"ES384", {96}},
    {"ES512", {132}},
    {"EdDSA", {64, 114}},
};

/* The algorithm of a token; NULL where it is none that proves something. */
static const struct algorithm *
algorithm_of(const struct token *token)
{
    size_t i;

    for (i = 0; i < sizeof asymmetric / sizeof asymmetric[0]; i++) {
        if (strcmp(token->algorithm, asymmetric[i].name) == 0)
            return &asymmetric[i];
    }
    return NULL;
}

bool
token_has_whole_signature(const struct token *token)
{
    const struct algorithm *algorithm = algorithm_of(token);
    size_t i;

    for (i = 0; algorithm != NULL
                && i < sizeof algorithm->lengths / sizeof algorithm->lengths[0];
         i++) {
        if (token->signature_length > 0
            && token->signature_length == algorithm->lengths[i])
            return true;
    }
    return false;
}

int
token_check_algorithm(const struct token *token, struct fault *fault)
{
    if (algorithm_of(token) != NULL)
        return 0;
    fault_raise(fault, REASON_WEAK_ALGORITHM,
                "the token's alg is \"%.32s\", which proves nothing",
                token->algorithm);
    return -1;
}

/* Refuse for a time that does not fit, and tell the user both times. */
static int
refuse_time(struct fault *fault, enum reason reason, const char *what,
            double when, time_t now)
{
    char then_text[TIMESTAMP_SIZE];
    char now_text[TIMESTAMP_SIZE];

    timestamp_format(timestamp_from_number(when), then_text);
    timestamp_format(now, now_text);
    fault_raise(fault, reason, "the token %s %s, now it is %s", what, then_text,
                now_text);
    fault_set_words(fault, "Your token %s %s (UTC); this host's clock says %s.",
                    what, then_text, now_text);
    return -1;
}

int
token_check_time(const struct token *token, time_t now, struct fault *fault)
{
    double latest = (double) now + TOKEN_CLOCK_SKEW;

    if (token->expires <= (double) now)
        return refuse_time(fault, REASON_TOKEN_EXPIRED, "expired at",
                           token->expires, now);
    if (token->not_before > latest)
        return refuse_time(fault, REASON_TOKEN_NOT_YET_VALID,
                           "is not valid before", token->not_before, now);
    if (token->issued > latest)
        return refuse_time(fault, REASON_TOKEN_NOT_YET_VALID, "was issued at",
                           token->issued, now);
    return 0;
}

void
token_clear(struct token *token)
{
    free(token->algorithm);
    claim_clear(&token->claims);
    *token = (struct token){0};
}
