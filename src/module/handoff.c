/*
 * handoff - carries credentials from authenticate to open_session.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "module/handoff.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "ipc/message.h"
#include "ipc/pack.h"
#include "module/item.h"

/* 128 bits that nobody guesses. */
#define NONCE_SIZE 16

/* What the value begins with; another form of it gets another number. */
#define HANDOFF_VERSION 1

/* Room for a PAM service's name, which is a file's name, and the NUL. */
#define SERVICE_SIZE 256

/* Bits of one hexadecimal digit. */
#define DIGIT_BITS 4
#define DIGIT_MASK 0xfU

static const char digits[] = "0123456789abcdef";

static unsigned char nonce[NONCE_SIZE];
static bool nonce_drawn;

/*
 * Draw the number when the module is loaded, which pam_start() does, before
 * sshd forks. It must not block there: a host without entropy yet hands
 * nothing off.
 */
static void __attribute__((constructor)) draw_nonce(void)
{
    nonce_drawn = getrandom(nonce, sizeof nonce, GRND_NONBLOCK) == sizeof nonce;
}

/* Pack all that the variable carries. */
static void
pack_handoff(pam_handle_t *pamh, const struct outcome *outcome,
             struct pack *pack)
{
    pack_u8(pack, HANDOFF_VERSION);
    pack_bytes(pack, nonce, sizeof nonce);
    pack_text(pack, outcome->user);
    pack_text(pack, item_of(pamh, PAM_SERVICE));
    pack_text(pack, outcome->audit[AUDIT_ROLE]);
    pack_text(pack, outcome->region);
    message_pack_credentials(pack, &outcome->credentials);
}

/* Write bytes as hexadecimal digits behind a text. */
static int
append_digits(struct secret *text, const struct secret *bytes)
{
    char pair[2];
    unsigned char byte;
    size_t i;

    for (i = 0; i < bytes->length; i++) {
        byte = (unsigned char) bytes->bytes[i];
        pair[0] = digits[byte >> DIGIT_BITS];
        pair[1] = digits[byte & DIGIT_MASK];
        if (secret_append(text, pair, sizeof pair) < 0)
            return -1;
    }
    return 0;
}

/* Read hexadecimal digits as bytes. Gives 0, or -1 for any other text. */
static int
read_digits(const char *text, struct secret *bytes)
{
    const char *high;
    const char *low;
    char byte;

    for (; *text != '\0'; text += 2) {
        high = strchr(digits, text[0]);
        low = text[1] == '\0' ? NULL : strchr(digits, text[1]);
        if (high == NULL || low == NULL)
            return -1;
        byte = (char) ((high - digits) << DIGIT_BITS | (low - digits));
        if (secret_append(bytes, &byte, 1) < 0)
            return -1;
    }
    return 0;
}

int
handoff_forget(pam_handle_t *pamh, struct fault *fault)
{
    if (pam_putenv(pamh, HANDOFF_VARIABLE "=") != PAM_SUCCESS) {
        fault_raise(fault, REASON_SYSTEM,
                    "the PAM environment cannot be written");
        return -1;
    }
    return 0;
}

int
handoff_store(pam_handle_t *pamh, const struct outcome *outcome,
              struct fault *fault)
{
    static const char name[] = HANDOFF_VARIABLE "=";
    struct pack pack = {0};
    struct secret variable = {0};
    int result = -1;

    if (!nonce_drawn) {
        fault_raise(fault, REASON_SYSTEM,
                    "the kernel had no random numbers for the hand-off");
        goto out;
    }
    pack_handoff(pamh, outcome, &pack);
    if (pack.failed || secret_append(&variable, name, sizeof name - 1) < 0
        || append_digits(&variable, &pack.bytes) < 0) {
        fault_raise(fault, REASON_MEMORY, "no memory for the hand-off");
        goto out;
    }
    if (pam_putenv(pamh, variable.bytes) != PAM_SUCCESS) {
        fault_raise(fault, REASON_SYSTEM,
                    "the PAM environment cannot be written");
        goto out;
    }
    result = 0;

out:
    pack_clear(&pack);
    secret_clear(&variable);
    return result;
}

bool
handoff_drop(pam_handle_t *pamh)
{
    const char *value = pam_getenv(pamh, HANDOFF_VARIABLE);
    bool full = value != NULL && value[0] != '\0';

    if (value != NULL)
        pam_putenv(pamh, HANDOFF_VARIABLE);
    return full;
}

/* Unpack all that the variable carries; give false unless it is all ours. */
static bool
unpack_handoff(pam_handle_t *pamh, const struct secret *bytes,
               struct handoff *handoff)
{
    struct unpack unpack = unpack_begin(bytes->bytes, bytes->length);
    struct secret drawn = {0};
    char user[STS_ROLE_SESSION_NAME_MAX + 1];
    char service[SERVICE_SIZE];
    uint8_t version;
    bool ours;

    version = unpack_u8(&unpack);
    unpack_secret(&unpack, NONCE_SIZE, &drawn);
    unpack_text(&unpack, user, sizeof user);
    unpack_text(&unpack, service, sizeof service);
    unpack_text(&unpack, handoff->role, sizeof handoff->role);
    unpack_text(&unpack, handoff->region, sizeof handoff->region);
    message_unpack_credentials(&unpack, &handoff->credentials);
    ours = unpack_end(&unpack) && version == HANDOFF_VERSION && nonce_drawn
           && drawn.length == sizeof nonce
           && memcmp(drawn.bytes, nonce, sizeof nonce) == 0
           && strcmp(user, item_of(pamh, PAM_USER)) == 0
           && strcmp(service, item_of(pamh, PAM_SERVICE)) == 0;
    secret_clear(&drawn);
    return ours;
}

/* Decode the variable's value, and check it like a stranger's. */
static enum handoff_found
decode(pam_handle_t *pamh, const char *value, struct handoff *handoff,
       struct fault *fault)
{
    struct secret bytes = {0};
    enum handoff_found found = HANDOFF_BAD;

    if (read_digits(value, &bytes) < 0
        || !unpack_handoff(pamh, &bytes, handoff)) {
        fault_raise(fault, REASON_SYSTEM,
                    "the hand-off is not this login's: damaged, of another "
                    "user, service or login, or put there by somebody else");
        goto out;
    }
    if (credentials_check(&handoff->credentials, time(NULL), REASON_SYSTEM,
                          fault)
        < 0) {
        fault_prefix(fault, "hand-off");
        goto out;
    }
    if (handoff->region[0] != '\0'
        && !endpoint_region_is_valid(handoff->region)) {
        fault_raise(fault, REASON_SYSTEM, "hand-off: the region is malformed");
        goto out;
    }
    found = HANDOFF_TAKEN;

out:
    secret_clear(&bytes);
    return found;
}

enum handoff_found
handoff_take(pam_handle_t *pamh, struct handoff *handoff, struct fault *fault)
{
    const char *value = pam_getenv(pamh, HANDOFF_VARIABLE);
    enum handoff_found found = HANDOFF_NONE;

    if (value != NULL && value[0] != '\0')
        found = decode(pamh, value, handoff, fault);
    handoff_drop(pamh);
    if (found != HANDOFF_TAKEN)
        handoff_clear(handoff);
    return found;
}

void
handoff_clear(struct handoff *handoff)
{
    credentials_clear(&handoff->credentials);
    *handoff = (struct handoff){0};
}
