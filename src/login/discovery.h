/*
 * discovery - asks an OpenID Connect provider what it publishes of itself.
 *
 * A login needs none of it: STS asks the provider, not this host.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LOGIN_DISCOVERY_H
#define LOGIN_DISCOVERY_H

#include "base/deadline.h"
#include "base/fault.h"
#include "login/https.h"
#include "parse/provider_metadata.h"

/* A provider that is asked. */
struct discovery {
    struct https *https;
    struct deadline deadline;
    struct https_reply reply; /* how far the last request came; no body */
};

/*
 * Ask for the discovery document of an issuer, at its name with
 * "/.well-known/openid-configuration" behind it, less a slash at its end
 * (OpenID Connect Discovery 1.0, 4.1).
 *
 * Gives:  0, and the metadata must be cleared; or -1 and the fault:
 *         REASON_CONFIG where what answers is no such document, else
 *         https_send's.
 * Waits:  until the deadline.
 */
int discovery_ask(struct discovery *discovery, const char *issuer,
                  struct provider_metadata *metadata, struct fault *fault);

/* Ask for the keys. Gives 0, or -1 and the fault, as discovery_ask does. */
int discovery_ask_keys(struct discovery *discovery, const char *jwks_uri,
                       struct provider_keys *keys, struct fault *fault);

#endif
