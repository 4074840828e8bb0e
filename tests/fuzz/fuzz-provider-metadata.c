/*
 * Fuzzes parse/provider_metadata: the input is a discovery document, and the
 * keys. What is taken is whole. SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "parse/provider_metadata.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct secret text = {0};
    struct provider_metadata metadata;
    struct provider_keys keys;
    struct fault fault = {0};
    struct fault other = {0};

    if (secret_append(&text, data, size) < 0)
        return 0;
    if (provider_metadata_read(&text, &metadata, &fault) == 0) {
        must(metadata.issuer != NULL && metadata.jwks_uri != NULL);
        must(strncmp(metadata.jwks_uri, "https://", 8) == 0);
        provider_metadata_clear(&metadata);
    } else {
        must(fault.raised && metadata.issuer == NULL);
    }
    if (provider_keys_read(&text, &keys, &other) < 0)
        must(other.raised);
    secret_clear(&text);
    return 0;
}
