/*
 * fault - why something could not be done.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "base/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
fault_raise(struct fault *fault, enum reason reason, const char *format, ...)
{
    va_list args;

    if (fault->raised)
        return;
    fault->raised = true;
    fault->reason = reason;
    va_start(args, format);
    vsnprintf(fault->text, sizeof fault->text, format, args);
    va_end(args);
}

void
fault_set_words(struct fault *fault, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(fault->words, sizeof fault->words, format, args);
    va_end(args);
}

void
fault_prefix(struct fault *fault, const char *where)
{
    static const char colon[] = ": ";
    size_t size = sizeof fault->text;
    size_t length = strlen(where);
    size_t shift = length + sizeof colon - 1;

    if (shift >= size)
        return;
    memmove(fault->text + shift, fault->text, size - shift);
    fault->text[size - 1] = '\0';
    memcpy(fault->text, where, length);
    memcpy(fault->text + length, colon, sizeof colon - 1);
}

const char *
fault_words(const struct fault *fault)
{
    if (fault->words[0] != '\0')
        return fault->words;
    return reason_words(fault->reason);
}
