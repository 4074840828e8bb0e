/*
 * Fuzzes parse/identity_map. The input's first line is the value that is looked
 * for, its second the user, the rest is the file.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "parse/identity_map.h"

/* Take a line off the input's front, as a secret, and go on behind it. */
static struct secret
take_line(const uint8_t **data, size_t *size)
{
    const uint8_t *end = *size == 0 ? NULL : memchr(*data, '\n', *size);
    size_t length = end == NULL ? *size : (size_t) (end - *data);
    struct secret line = {0};

    must(secret_append(&line, *data, length) == 0);
    *data += end == NULL ? length : length + 1;
    *size -= end == NULL ? length : length + 1;
    return line;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct secret value = {0};
    struct secret user = {0};
    struct secret text = {0};
    struct fault fault = {0};
    bool listed;

    if (size == 0)
        return 0;
    value = take_line(&data, &size);
    user = take_line(&data, &size);
    must(secret_append(&text, data, size) == 0);
    if (identity_map_find(&text, secret_text(&value), secret_text(&user),
                          &listed, &fault)
        == 0)
        must(!fault.raised);
    else
        must(fault.raised && fault.reason == REASON_CONFIG && !listed);

    /* Who is listed stands in the file, as he is. */
    must(!listed || strstr(secret_text(&text), secret_text(&user)) != NULL
         || strlen(secret_text(&text)) < text.length);
    secret_clear(&value);
    secret_clear(&user);
    secret_clear(&text);
    return 0;
}
