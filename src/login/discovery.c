/*
 * discovery - asks an OpenID Connect provider what it publishes of itself.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "login/discovery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HTTPS_SCHEME "https://"
#define WELL_KNOWN   "/.well-known/openid-configuration"

/* RFC 9110, 15.3.1 */
#define HTTP_OK 200

/* Get a document. Whatever happens, its body must be cleared. */
static int
get(struct https *https, const char *url, struct deadline deadline,
    struct https_reply *reply, struct fault *fault)
{
    struct https_request request = {
        .url = url,
        .limit = PROVIDER_METADATA_MAX_SIZE,
        .deadline = deadline,
        .connect_time = deadline_left(&deadline) + 1,
        .watched = -1,
    };

    if (https_send(https, &request, reply, fault) < 0)
        return -1;
    if (reply->status == HTTP_OK)
        return 0;
    fault_raise(fault, REASON_CONFIG, "%s: answers with status %ld", url,
                reply->status);
    return -1;
}

int
discovery_ask(struct https *https, const char *issuer, struct deadline deadline,
              struct https_reply *reply, struct provider_metadata *metadata,
              struct fault *fault)
{
    size_t length = strlen(issuer);
    const char *scheme =
        strncmp(issuer, HTTPS_SCHEME, strlen(HTTPS_SCHEME)) == 0 ? ""
                                                                 : HTTPS_SCHEME;
    char *url = NULL;
    int result = -1;

    *reply = (struct https_reply){0};
    if (issuer[length - 1] == '/')
        length--;
    if (asprintf(&url, "%s%.*s" WELL_KNOWN, scheme, (int) length, issuer) < 0) {
        fault_raise(fault, REASON_MEMORY, "no memory for a URL");
        return -1;
    }
    if (get(https, url, deadline, reply, fault) < 0)
        goto out;
    if (provider_metadata_read(&reply->body, metadata, fault) < 0) {
        fault_prefix(fault, url);
        goto out;
    }
    result = 0;

out:
    secret_clear(&reply->body);
    free(url);
    return result;
}

int
discovery_ask_keys(struct https *https, const char *jwks_uri,
                   struct deadline deadline, struct provider_keys *keys,
                   struct fault *fault)
{
    struct https_reply reply = {0};
    int result = -1;

    if (get(https, jwks_uri, deadline, &reply, fault) < 0)
        goto out;
    if (provider_keys_read(&reply.body, keys, fault) < 0) {
        fault_prefix(fault, jwks_uri);
        goto out;
    }
    result = 0;

out:
    secret_clear(&reply.body);
    return result;
}
