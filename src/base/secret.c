/*
 * secret - a buffer of bytes that wipes itself.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "base/secret.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The first allocation, in bytes; most fields of an answer fit. */
#define FIRST_CAPACITY 128

/*
 * Move to a larger place and wipe the old one. realloc() will not do: it
 * leaves a copy behind.
 */
static int
grow(struct secret *secret, size_t needed)
{
    size_t capacity = secret->capacity == 0 ? FIRST_CAPACITY : secret->capacity;
    char *bytes;

    while (capacity < needed) {
        if (capacity > SIZE_MAX / 2)
            return -1;
        capacity *= 2;
    }
    bytes = malloc(capacity);
    if (bytes == NULL)
        return -1;
    if (secret->bytes != NULL) {
        memcpy(bytes, secret->bytes, secret->length);
        explicit_bzero(secret->bytes, secret->capacity);
        free(secret->bytes);
    }
    secret->bytes = bytes;
    secret->capacity = capacity;
    return 0;
}

int
secret_append(struct secret *secret, const void *bytes, size_t length)
{
    if (length >= SIZE_MAX - secret->length)
        return -1;
    if (secret->length + length + 1 > secret->capacity
        && grow(secret, secret->length + length + 1) < 0)
        return -1;
    if (length > 0)
        memcpy(secret->bytes + secret->length, bytes, length);
    secret->length += length;
    secret->bytes[secret->length] = '\0';
    return 0;
}

void
secret_move(struct secret *to, struct secret *from)
{
    secret_clear(to);
    *to = *from;
    *from = (struct secret){0};
}

void
secret_clear(struct secret *secret)
{
    if (secret->bytes != NULL) {
        explicit_bzero(secret->bytes, secret->capacity);
        free(secret->bytes);
    }
    *secret = (struct secret){0};
}

const char *
secret_text(const struct secret *secret)
{
    return secret->bytes == NULL ? "" : secret->bytes;
}
