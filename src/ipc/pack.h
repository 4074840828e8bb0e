/*
 * pack - values as bytes, and bytes as values.
 *
 * The encoding of frames and of the hand-off: integers are big-endian, bytes
 * have their length in front as 32 bits, text is bytes without a NUL.
 *
 * Packing and unpacking remember a failure, so that a message is written or
 * read as a plain list and looked at once, at its end.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef IPC_PACK_H
#define IPC_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/secret.h"

struct pack {
    struct secret bytes;
    bool failed; /* no memory, or a value that does not fit */
};

void pack_u8(struct pack *pack, uint8_t value);
void pack_u32(struct pack *pack, uint32_t value);
void pack_u64(struct pack *pack, uint64_t value);
void pack_bytes(struct pack *pack, const void *bytes, size_t length);
void pack_text(struct pack *pack, const char *text);
void pack_clear(struct pack *pack);

struct unpack {
    const unsigned char *next;
    size_t left;
    bool failed; /* too short, too long, or not of the kind asked for */
};

/* Begin to unpack bytes, which must outlive the unpacking. */
struct unpack unpack_begin(const void *bytes, size_t length);

/* After a failure they give 0, and leave what they should fill empty. */
uint8_t unpack_u8(struct unpack *unpack);
uint32_t unpack_u32(struct unpack *unpack);
uint64_t unpack_u64(struct unpack *unpack);

/* Append bytes to a secret; more than the maximum is a failure. */
void unpack_secret(struct unpack *unpack, size_t maximum,
                   struct secret *secret);

/* Write text with its NUL; text that does not fit is a failure. */
void unpack_text(struct unpack *unpack, char *text, size_t size);

/* Whether all went well and no byte is left over. */
bool unpack_end(const struct unpack *unpack);

#endif
