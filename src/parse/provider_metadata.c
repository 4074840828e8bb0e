/*
 * provider_metadata - what an OpenID Connect provider publishes of itself.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/provider_metadata.h"

#include <stdlib.h>
#include <string.h>

#include "model/claim.h"
#include "parse/json.h"

#define HTTPS_SCHEME "https://"

/* Read a document that must be one object. */
static int
read_object(const struct secret *text, struct claim *object,
            struct fault *fault)
{
    struct fault cause = {0};

    if (json_read_object(text, object, &cause) == 0)
        return 0;
    fault_raise(fault, REASON_CONFIG, "%s", cause.text);
    return -1;
}

/* Copy a text that must be there. Gives NULL and the fault if it is not. */
static char *
copy_text(const struct claim *object, const char *name, struct fault *fault)
{
    const char *text = claim_string(object, name);
    char *copy = text == NULL ? NULL : strdup(text);

    if (text == NULL)
        fault_raise(fault, REASON_CONFIG, "it has no \"%s\"", name);
    else if (copy == NULL)
        fault_raise(fault, REASON_MEMORY, "no memory");
    return copy;
}

/* Copy the texts of an array that must be there. */
static int
copy_texts(const struct claim *object, const char *name, struct text_list *list,
           struct fault *fault)
{
    const struct claim *array = claim_member(object, name);
    size_t i;

    if (array == NULL || array->type != CLAIM_ARRAY) {
        fault_raise(fault, REASON_CONFIG, "it has no \"%s\"", name);
        return -1;
    }
    for (i = 0; i < array->count; i++) {
        if (array->children[i].type == CLAIM_STRING
            && text_list_add(list, array->children[i].string) < 0) {
            fault_raise(fault, REASON_MEMORY, "no memory");
            return -1;
        }
    }
    return 0;
}

int
provider_metadata_read(const struct secret *text,
                       struct provider_metadata *metadata, struct fault *fault)
{
    struct claim object = {0};
    int result = -1;

    *metadata = (struct provider_metadata){0};
    if (read_object(text, &object, fault) < 0)
        return -1;
    metadata->issuer = copy_text(&object, "issuer", fault);
    metadata->jwks_uri = copy_text(&object, "jwks_uri", fault);
    if (copy_texts(&object, "id_token_signing_alg_values_supported",
                   &metadata->algorithms, fault)
            < 0
        || metadata->issuer == NULL || metadata->jwks_uri == NULL)
        goto out;
    if (strncmp(metadata->jwks_uri, HTTPS_SCHEME, strlen(HTTPS_SCHEME)) != 0) {
        fault_raise(fault, REASON_CONFIG, "its jwks_uri is no https:// URL");
        goto out;
    }
    result = 0;

out:
    claim_clear(&object);
    if (result < 0)
        provider_metadata_clear(metadata);
    return result;
}

void
provider_metadata_clear(struct provider_metadata *metadata)
{
    free(metadata->issuer);
    free(metadata->jwks_uri);
    text_list_clear(&metadata->algorithms);
    *metadata = (struct provider_metadata){0};
}

/* Count one key, if it is for signatures: "use", RFC 7517, 4.2. */
static void
count_key(const struct claim *key, struct provider_keys *keys)
{
    const char *use = claim_string(key, "use");
    const char *kind = claim_string(key, "kty");

    if (use != NULL && strcmp(use, "sig") != 0)
        return;
    if (kind != NULL && strcmp(kind, "RSA") == 0)
        keys->rsa++;
    else if (kind != NULL && strcmp(kind, "EC") == 0)
        keys->ec++;
    else
        keys->others++;
}

int
provider_keys_read(const struct secret *text, struct provider_keys *keys,
                   struct fault *fault)
{
    struct claim object = {0};
    const struct claim *array;
    size_t i;

    *keys = (struct provider_keys){0};
    if (read_object(text, &object, fault) < 0)
        return -1;
    array = claim_member(&object, "keys");
    for (i = 0; array != NULL && array->type == CLAIM_ARRAY && i < array->count;
         i++)
        count_key(&array->children[i], keys);
    claim_clear(&object);
    return 0;
}
