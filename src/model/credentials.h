/*
 * credentials - the temporary AWS credentials of one role session.
 *
 * Made by login/ from the response of STS, checked again by the module before
 * it lets anybody in. SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_CREDENTIALS_H
#define MODEL_CREDENTIALS_H

#include <time.h>

#include "base/fault.h"
#include "base/secret.h"

/*
 * Limits in bytes. AWS documents 16 to 128 characters for the key id and no
 * limit for the others (AWS STS API Reference, Credentials), so those two are
 * ours: together with the rest they must fit the 131,071 bytes that one
 * environment variable may have, written as hexadecimal digits.
 */
#define CREDENTIALS_MIN_KEY_ID        16
#define CREDENTIALS_MAX_KEY_ID        128
#define CREDENTIALS_MAX_SECRET_KEY    256
#define CREDENTIALS_MAX_SESSION_TOKEN 16384

struct credentials {
    struct secret access_key_id;
    struct secret secret_access_key;
    struct secret session_token;
    time_t expiration; /* seconds since the epoch */
};

/*
 * Check that every field is there, within its limits and its alphabet (letters,
 * digits and "+/=_.~-", so nothing that a shell or a log could stumble over),
 * and that the expiration lies ahead.
 *
 * Gives 0, or -1 and the reason given; the fault names the field, never what
 * it holds.
 */
int credentials_check(const struct credentials *credentials, time_t now,
                      enum reason reason, struct fault *fault);

/* Hand over; to is cleared first, from is empty after. */
void credentials_move(struct credentials *to, struct credentials *from);

/* Wipe and free. */
void credentials_clear(struct credentials *credentials);

#endif
