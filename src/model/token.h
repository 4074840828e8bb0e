/*
 * token - an OpenID Connect ID token, decoded but not verified.
 *
 * Its signature is for STS to verify. What stands here may refuse a login
 * before that; it may grant something only after STS accepted the exact bytes
 * that were decoded. SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_TOKEN_H
#define MODEL_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/fault.h"
#include "model/claim.h"

/*
 * By how many seconds the issuer's clock may be ahead of ours. For nbf and iat
 * only: an expired token has no leeway, because STS gives it none.
 */
#define TOKEN_CLOCK_SKEW 60

struct token {
    char *algorithm;         /* "alg" of the header, RFC 7515, 4.1.1 */
    size_t signature_length; /* bytes */
    struct claim claims;     /* the payload; what is below points into it */
    const char *issuer;      /* "iss", RFC 7519, 4.1.1 */
    const char *subject;     /* "sub", RFC 7519, 4.1.2 */
    const char *azp;         /* "azp", OpenID Connect Core, 2; may be NULL */
    const struct claim *aud; /* string, or array of strings */
    double expires;          /* "exp", seconds since the epoch */
    double not_before;       /* "nbf"; 0 where it is missing */
    double issued;           /* "iat"; 0 where it is missing */
};

/*
 * Whether the token is meant for that audience: by "azp" where the token has
 * one, else by any of "aud". This is how AWS decides it.
 */
bool token_has_audience(const struct token *token, const char *audience);

/*
 * Refuse a signature that proves nothing: none, or a symmetric one. Accepted
 * are the asymmetric algorithms of RFC 7518, 3.1 and RFC 8037, 3.1; what is
 * not known to be good is refused. Gives 0, or -1 and REASON_WEAK_ALGORITHM.
 */
int token_check_algorithm(const struct token *token, struct fault *fault);

/*
 * Whether the signature is as long as one of its algorithm: RFC 7518, 3.3 to
 * 3.5, with the keys of 2,048, 3,072 and 4,096 bits that providers have, and
 * RFC 8037, 3.1. For a token that may have been cut.
 */
bool token_has_whole_signature(const struct token *token);

/*
 * Refuse a token that has expired or is not valid yet at a moment. Gives 0, or
 * -1, the fault, and words that name both times.
 */
int token_check_time(const struct token *token, time_t now,
                     struct fault *fault);

/* Free what the token owns. */
void token_clear(struct token *token);

#endif
