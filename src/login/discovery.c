/*
 * discovery - asks an OpenID Connect provider what it publishes of itself.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "login/discovery.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HTTPS_SCHEME "https://"
#define WELL_KNOWN   "/.well-known/openid-configuration"

/* Get a document. Whatever happens, its body must be cleared. */
static int
get(struct discovery *discovery, const char *url, struct fault *fault)
{
    struct https_request request = {
        .url = url,
        .limit = PROVIDER_METADATA_MAX_SIZE,
        .deadline = discovery->deadline,
        .connect_time = deadline_left(&discovery->deadline) + 1,
        .watched = -1,
    };

    if (https_send(discovery->https, &request, &discovery->reply, fault) < 0)
        return -1;
    if (discovery->reply.status == HTTPS_STATUS_OK)
        return 0;
    fault_raise(fault, REASON_CONFIG, "%s: answers with status %ld", url,
                discovery->reply.status);
    return -1;
}

/* Where an issuer's discovery document is. Gives what must be freed, or NULL.
 */
static char *
make_url(const char *issuer)
{
    size_t length = strlen(issuer);
    bool has_scheme = strncmp(issuer, HTTPS_SCHEME, strlen(HTTPS_SCHEME)) == 0;
    char *url = NULL;

    if (length > 0 && issuer[length - 1] == '/')
        length--;
    if (asprintf(&url, "%s%.*s" WELL_KNOWN, has_scheme ? "" : HTTPS_SCHEME,
                 (int) length, issuer)
        < 0)
        return NULL;
    return url;
}

int
discovery_ask(struct discovery *discovery, const char *issuer,
              struct provider_metadata *metadata, struct fault *fault)
{
    char *url = make_url(issuer);
    int result = -1;

    if (url == NULL) {
        fault_raise(fault, REASON_MEMORY, "no memory for a URL");
        return -1;
    }
    if (get(discovery, url, fault) < 0)
        goto out;
    if (provider_metadata_read(&discovery->reply.body, metadata, fault) < 0) {
        fault_prefix(fault, url);
        goto out;
    }
    result = 0;

out:
    secret_clear(&discovery->reply.body);
    free(url);
    return result;
}

int
discovery_ask_keys(struct discovery *discovery, const char *jwks_uri,
                   struct provider_keys *keys, struct fault *fault)
{
    int result = -1;

    if (get(discovery, jwks_uri, fault) < 0)
        goto out;
    if (provider_keys_read(&discovery->reply.body, keys, fault) < 0) {
        fault_prefix(fault, jwks_uri);
        goto out;
    }
    result = 0;

out:
    secret_clear(&discovery->reply.body);
    return result;
}
