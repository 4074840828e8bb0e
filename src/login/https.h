/*
 * https - one POST over TLS, and nothing else. The one place that knows
 * libcurl.
 *
 * https only, TLS 1.2 or better, no redirect, no proxy, no file and no variable
 * of the environment that could change any of it. The peer's certificate and
 * name are always verified. SPDX-License-Identifier: Apache-2.0
 */
#ifndef LOGIN_HTTPS_H
#define LOGIN_HTTPS_H

#include "base/deadline.h"
#include "base/fault.h"
#include "base/secret.h"

/* A connection that can be made. */
struct https;

/* What came back. */
struct https_reply {
    long status;        /* of HTTP */
    struct secret body; /* at most limit bytes */
};

/*
 * Get ready: load the trust. Costly (some 10 ms), so it is done while the user
 * answers.
 *
 * Takes:  certificates in PEM that replace the system's trust, or an empty
 *         secret; they must outlive what is given.
 * Gives:  what https_end must end, or NULL and the fault.
 */
struct https *https_begin(const struct secret *authorities,
                          struct fault *fault);

/* Append "name=value" to a form, with what must be escaped escaped. */
int https_form_add(struct secret *form, const char *name, const char *value,
                   struct fault *fault);

/* What is posted, and for how long. */
struct https_request {
    const char *url;
    const struct secret *form;
    size_t limit; /* bytes of a reply; a longer one is a fault */
    struct deadline deadline;
    int watched; /* a descriptor that must stay silent, or -1 */
};

/*
 * Post a form.
 *
 * Gives:  0 and the reply, whatever its status; or -1, the fault, and the reply
 *         is empty: REASON_STS_TIMEOUT, REASON_STS_UNREACHABLE (name, connect,
 *         TLS, certificate), REASON_STS_UNREADABLE (too long, no HTTP).
 * Waits:  until the deadline, or until the watched descriptor has something to
 *         say (REASON_SYSTEM).
 */
int https_post(struct https *https, const struct https_request *request,
               struct https_reply *reply, struct fault *fault);

void https_end(struct https *https);

#endif
