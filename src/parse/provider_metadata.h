/*
 * provider_metadata - what an OpenID Connect provider publishes of itself.
 *
 * Source: OpenID Connect Discovery 1.0, 3; RFC 7517, 5.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PARSE_PROVIDER_METADATA_H
#define PARSE_PROVIDER_METADATA_H

#include <stddef.h>

#include "base/fault.h"
#include "base/secret.h"
#include "base/text_list.h"

/* Bytes that either document may have. */
#define PROVIDER_METADATA_MAX_SIZE 1048576

/* The discovery document. */
struct provider_metadata {
    char *issuer;
    char *jwks_uri;              /* https:// */
    struct text_list algorithms; /* id_token_signing_alg_values_supported */
};

/* The keys of a provider, by their kind ("kty", RFC 7518, 6.1). */
struct provider_keys {
    size_t rsa;
    size_t ec;
    size_t others;
};

/*
 * Read a discovery document. Each of the three must be there and have the right
 * type. Gives 0, and the metadata must be cleared; or -1, and REASON_CONFIG.
 */
int provider_metadata_read(const struct secret *text,
                           struct provider_metadata *metadata,
                           struct fault *fault);

/* Free what it owns. */
void provider_metadata_clear(struct provider_metadata *metadata);

/*
 * Count the keys for signatures in a JWK Set: those whose "use" is not another.
 * Gives 0, or -1 and REASON_CONFIG.
 */
int provider_keys_read(const struct secret *text, struct provider_keys *keys,
                       struct fault *fault);

#endif
