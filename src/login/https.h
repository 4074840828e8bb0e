/*
 * https - one request over TLS, and nothing else. The one place that knows
 * libcurl.
 *
 * https only, TLS 1.2 or better, no redirect, no proxy but the one given, no
 * file of libcurl's and no variable of the environment that could change any of
 * it. The peer's certificate and name are always verified.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LOGIN_HTTPS_H
#define LOGIN_HTTPS_H

#include <stdbool.h>
#include <time.h>

#include "base/deadline.h"
#include "base/fault.h"
#include "base/secret.h"

/* The status of a success, RFC 9110, 15.3.1. */
#define HTTPS_STATUS_OK 200

/* Room for the id that AWS gives to a request, and the NUL. */
#define HTTPS_REQUEST_ID_SIZE 128

/* Room for an address of IPv6, RFC 4291, 2.2, and the NUL. */
#define HTTPS_ADDRESS_SIZE 46

/* How far a request came: what it failed at, or that there is a reply. */
enum https_stage {
    HTTPS_STAGE_NAME,    /* the host's address is not known */
    HTTPS_STAGE_PROXY,   /* the proxy cannot be reached, or refuses */
    HTTPS_STAGE_CONNECT, /* there is no connection to the host */
    HTTPS_STAGE_TLS,     /* no TLS, or the wrong certificate */
    HTTPS_STAGE_REPLY,   /* the host was reached */
};

/* A connection that can be made. */
struct https;

/* Whom to trust, and by which way to go. */
struct https_settings {
    const struct secret *authorities; /* in PEM; may be empty */
    const char *ca_path; /* folder of certificates with hash links; or NULL */
    const char *proxy;   /* URL; or NULL */
};

/* What came back. */
struct https_reply {
    long status;                            /* of HTTP; 0 where nothing came */
    struct secret body;                     /* at most limit bytes */
    char request_id[HTTPS_REQUEST_ID_SIZE]; /* as a header has it, or "" */
    bool may_pass; /* of a fault: another try may be spared it */
    enum https_stage stage;
    char address[HTTPS_ADDRESS_SIZE]; /* of the host or proxy, or "" */
    time_t date; /* the server's clock, RFC 9110, 6.6.1; 0 if it is not said */
};

/*
 * Get ready: load the trust. Costly (some 10 ms), so it is done while the user
 * answers.
 *
 * Takes:  settings, of which the authorities must outlive what is given. Where
 *         they have authorities or a ca_path, the system's trust does not
 *         count.
 * Gives:  what https_end must end, or NULL and the fault.
 */
struct https *https_begin(const struct https_settings *settings,
                          struct fault *fault);

/* Append "name=value" to a form, with what must be escaped escaped. */
int https_form_add(struct secret *form, const char *name, const char *value,
                   struct fault *fault);

/* What is asked, and for how long. */
struct https_request {
    const char *url;
    const struct secret *form; /* is posted; NULL for a GET */
    size_t limit;              /* bytes of a reply; a longer one is a fault */
    struct deadline deadline;
    int connect_time; /* milliseconds until there must be a connection */
    int watched;      /* a descriptor that must stay silent, or -1 */
};

/*
 * Send a request, over a connection of its own.
 *
 * Gives:  0 and the reply, whatever its status; or -1, the fault, and the reply
 *         has no body: REASON_STS_TIMEOUT, REASON_STS_UNREACHABLE (name, proxy,
 *         connect, TLS, certificate), REASON_STS_UNREADABLE (too long, no
 *         HTTP), REASON_CONFIG (the authorities are none).
 * Waits:  until the deadline, or until the watched descriptor has something to
 *         say (REASON_SYSTEM).
 */
int https_send(struct https *https, const struct https_request *request,
               struct https_reply *reply, struct fault *fault);

/* Whether a folder has links by which OpenSSL finds certificates in it. */
bool https_is_hashed(const char *path);

void https_end(struct https *https);

/* The versions of libcurl and of its TLS library that are in use. */
const char *https_version(void);
const char *https_tls_version(void);

#endif
