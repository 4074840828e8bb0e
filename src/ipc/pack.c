/*
 * pack - values as bytes, and bytes as values.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "ipc/pack.h"

#include <string.h>

#define BITS_OF_A_BYTE 8

/* Append an integer of so many bytes, the highest first. */
static void
pack_integer(struct pack *pack, uint64_t value, size_t size)
{
    unsigned char bytes[sizeof value];
    size_t i;

    for (i = 0; i < size; i++)
        bytes[i] = (unsigned char) (value >> ((size - 1 - i) * BITS_OF_A_BYTE));
    if (secret_append(&pack->bytes, bytes, size) < 0)
        pack->failed = true;
}

void
pack_u8(struct pack *pack, uint8_t value)
{
    pack_integer(pack, value, sizeof value);
}

void
pack_u32(struct pack *pack, uint32_t value)
{
    pack_integer(pack, value, sizeof value);
}

void
pack_u64(struct pack *pack, uint64_t value)
{
    pack_integer(pack, value, sizeof value);
}

void
pack_bytes(struct pack *pack, const void *bytes, size_t length)
{
    if (length > UINT32_MAX) {
        pack->failed = true;
        return;
    }
    pack_u32(pack, (uint32_t) length);
    if (secret_append(&pack->bytes, bytes, length) < 0)
        pack->failed = true;
}

void
pack_text(struct pack *pack, const char *text)
{
    pack_bytes(pack, text, strlen(text));
}

void
pack_clear(struct pack *pack)
{
    secret_clear(&pack->bytes);
    pack->failed = false;
}

struct unpack
unpack_begin(const void *bytes, size_t length)
{
    return (struct unpack){.next = bytes, .left = length};
}

/* Take so many bytes off the front; NULL when there are fewer. */
static const unsigned char *
take(struct unpack *unpack, size_t length)
{
    const unsigned char *taken = unpack->next;

    if (unpack->failed || unpack->left < length) {
        unpack->failed = true;
        return NULL;
    }
    unpack->next += length;
    unpack->left -= length;
    return taken;
}

/* Take an integer of so many bytes, the highest first. */
static uint64_t
unpack_integer(struct unpack *unpack, size_t size)
{
    const unsigned char *bytes = take(unpack, size);
    uint64_t value = 0;
    size_t i;

    if (bytes == NULL)
        return 0;
    for (i = 0; i < size; i++)
        value = value << BITS_OF_A_BYTE | bytes[i];
    return value;
}

uint8_t
unpack_u8(struct unpack *unpack)
{
    return (uint8_t) unpack_integer(unpack, sizeof(uint8_t));
}

uint32_t
unpack_u32(struct unpack *unpack)
{
    return (uint32_t) unpack_integer(unpack, sizeof(uint32_t));
}

uint64_t
unpack_u64(struct unpack *unpack)
{
    return unpack_integer(unpack, sizeof(uint64_t));
}

void
unpack_secret(struct unpack *unpack, size_t maximum, struct secret *secret)
{
    size_t length = unpack_u32(unpack);
    const unsigned char *bytes;

    if (length > maximum)
        unpack->failed = true;
    bytes = take(unpack, length);
    if (bytes != NULL && secret_append(secret, bytes, length) < 0)
        unpack->failed = true;
}

void
unpack_text(struct unpack *unpack, char *text, size_t size)
{
    size_t length = unpack_u32(unpack);
    const unsigned char *bytes;

    text[0] = '\0';
    if (length >= size)
        unpack->failed = true;
    bytes = take(unpack, length);
    if (bytes == NULL)
        return;
    if (memchr(bytes, '\0', length) != NULL) {
        unpack->failed = true;
        return;
    }
    memcpy(text, bytes, length);
    text[length] = '\0';
}

bool
unpack_end(const struct unpack *unpack)
{
    return !unpack->failed && unpack->left == 0;
}
