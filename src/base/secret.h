/*
 * secret - a buffer of bytes that wipes itself.
 *
 * For the token, the secret access key, the session token, and whatever holds
 * them on the way: frames, form bodies, responses. Whenever the bytes move,
 * shrink or go, the place they stood in is overwritten. A zeroed struct is an
 * empty secret. SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stddef.h>

struct secret {
    char *bytes;     /* followed by a NUL; NULL only before the first append */
    size_t length;   /* without the NUL */
    size_t capacity; /* what was allocated */
};

/* Append bytes. Gives 0, or -1 without memory, and the secret as it was. */
int secret_append(struct secret *secret, const void *bytes, size_t length);

/* Hand over what from holds; to is cleared first, from is empty after. */
void secret_move(struct secret *to, struct secret *from);

/* Overwrite and free; the secret is empty and can be used again. */
void secret_clear(struct secret *secret);

/* The bytes as a string, "" where there are none. They may hold a NUL. */
const char *secret_text(const struct secret *secret);

#endif
