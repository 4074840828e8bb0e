/*
 * sts_parameter - what STS may be sent.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/sts_parameter.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What a value may hold. */
enum kind {
    KIND_VISIBLE, /* U+0021 to U+007E */
    KIND_NAME,    /* STS_NAME_ALPHABET */
    KIND_LATIN,   /* tabs, line ends, and U+0020 to U+00FF */
    KIND_NUMBER,
};

struct row {
    const char *name;
    int minimum;
    int maximum;
    enum kind kind;
};

static const struct row rows[] = {
#define STS_PARAMETER(id, name, minimum, maximum, kind) \
    [STS_PARAMETER_##id] = {name, minimum, maximum, KIND_##kind},
#include "model/sts_parameters.def"
#undef STS_PARAMETER
};

const char *
sts_parameter_name(enum sts_parameter parameter)
{
    return rows[parameter].name;
}

int
sts_parameter_latin_length(const char *text)
{
    const unsigned char *next = (const unsigned char *) text;
    int length = 0;

    for (; *next != '\0'; next++) {
        if ((*next == 0xc2 || *next == 0xc3) && (next[1] & 0xc0) == 0x80)
            next++;
        else if (*next >= 0x80
                 || (*next < ' ' && strchr("\t\n\r", *next) == NULL))
            return -1;
        length++;
    }
    return length;
}

int
sts_parameter_visible_length(const char *text)
{
    const char *next = text;

    while (*next >= '!' && *next <= '~')
        next++;
    return *next == '\0' ? (int) (next - text) : -1;
}

/* What is compared with the limits; -1 for a value of another kind. */
static long
measure(enum kind kind, const char *value)
{
    size_t length = strlen(value);

    switch (kind) {
    case KIND_VISIBLE:
        return sts_parameter_visible_length(value);
    case KIND_NAME:
        return strspn(value, STS_NAME_ALPHABET) == length ? (long) length : -1;
    case KIND_LATIN:
        return sts_parameter_latin_length(value);
    case KIND_NUMBER:
        return strspn(value, "0123456789") == length ? strtol(value, NULL, 10)
                                                     : -1;
    }
    return -1;
}

int
sts_parameter_check(enum sts_parameter parameter, const char *value,
                    struct fault *fault)
{
    const struct row *row = &rows[parameter];
    long measured = measure(row->kind, value);

    if (measured >= row->minimum && measured <= row->maximum)
        return 0;
    if (measured < 0)
        fault_raise(fault, REASON_CONFIG,
                    "%s holds a character that STS does not take", row->name);
    else if (row->kind == KIND_NUMBER)
        fault_raise(fault, REASON_CONFIG, "%s must be from %d to %d", row->name,
                    row->minimum, row->maximum);
    else
        fault_raise(fault, REASON_CONFIG,
                    "%s has %ld characters instead of %d to %d", row->name,
                    measured, row->minimum, row->maximum);
    return -1;
}
