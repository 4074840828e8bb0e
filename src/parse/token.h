/*
 * token - what a user presented: the claims that an ID token makes, or an
 * access token, which says nothing to us.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PARSE_TOKEN_H
#define PARSE_TOKEN_H

#include "base/fault.h"
#include "base/secret.h"
#include "model/token.h"

/* Take blanks and line ends off both ends of what a user presented. */
int token_trim(struct secret *text);

/*
 * Decode a token: the compact serialization of RFC 7515, 7.1, with the claims
 * of RFC 7519 that a login needs, each of its right type: iss, sub, aud and exp
 * must be there; azp, nbf and iat may be. Nothing is verified.
 *
 * Gives 0, and the token must be cleared; or -1 and REASON_NO_TOKEN,
 * REASON_NOT_A_TOKEN, REASON_TOKEN_TOO_LONG, REASON_WEAK_ALGORITHM (it is not
 * signed) or REASON_BAD_CLAIMS.
 */
int token_read(const struct secret *text, struct token *token,
               struct fault *fault);

/*
 * Check what nobody here can decode: 4 to 20,000 characters from U+0021 to
 * U+007E, as STS takes them and RFC 6750, 2.1 more narrowly has it. Gives 0; or
 * -1 and REASON_NOT_A_TOKEN or REASON_TOKEN_TOO_LONG.
 */
int access_token_check(const struct secret *text, struct fault *fault);

/* The version of libjose's headers: it does not tell its own. */
int token_version(void);

#endif
