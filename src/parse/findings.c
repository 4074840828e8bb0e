/*
 * findings - what is wrong with a configuration, and where.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
findings_add_list(struct findings *findings, int line, const char *format,
                  va_list args)
{
    struct finding *list;
    struct finding *last;

    findings->any = true;
    list = realloc(findings->list, (findings->count + 1) * sizeof *list);
    if (list == NULL)
        return;
    findings->list = list;
    last = &list[findings->count++];
    last->line = line;
    vsnprintf(last->text, sizeof last->text, format, args);
}

void
findings_add(struct findings *findings, int line, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    findings_add_list(findings, line, format, args);
    va_end(args);
}

/* Characters of "; and N more"; none for no more. */
static size_t
length_of_more(size_t count)
{
    return count == 0 ? 0 : (size_t) snprintf(NULL, 0, "; and %zu more", count);
}

void
findings_describe(const struct findings *findings, const char *path, char *text,
                  size_t size)
{
    const struct finding *finding = findings->list;
    size_t length;
    size_t i;

    if (findings->count == 0) {
        snprintf(text, size, "%s: no memory", path);
        return;
    }
    length = length_of_more(findings->count - 1);
    snprintf(text, size > length ? size - length : size, "%s:%d: %s", path,
             finding->line, finding->text);
    for (i = 1; i < findings->count; i++) {
        finding = &findings->list[i];
        length = strlen(text);
        if (length
                + (size_t) snprintf(NULL, 0, "; line %d: %s", finding->line,
                                    finding->text)
                + length_of_more(findings->count - i - 1)
            >= size) {
            snprintf(text + length, size - length, "; and %zu more",
                     findings->count - i);
            return;
        }
        snprintf(text + length, size - length, "; line %d: %s", finding->line,
                 finding->text);
    }
}

void
findings_clear(struct findings *findings)
{
    free(findings->list);
    *findings = (struct findings){0};
}
