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

/* Whether one of the first findings is about a line. */
static bool
have_line(const struct findings *findings, size_t first, int line)
{
    size_t i;

    for (i = 0; i < first; i++) {
        if (findings->list[i].line == line)
            return true;
    }
    return false;
}

void
findings_keep_causes(struct findings *findings, size_t first)
{
    size_t kept = first;
    size_t i;

    for (i = first; i < findings->count; i++) {
        if (!have_line(findings, first, findings->list[i].line))
            findings->list[kept++] = findings->list[i];
    }
    findings->count = kept;
}

void
findings_describe(const struct findings *findings, const char *path, char *text,
                  size_t size)
{
    static const char more[] = "; and 999999999 more";
    const struct finding *finding = findings->list;
    size_t length;
    size_t i;

    if (findings->count == 0) {
        snprintf(text, size, "%s: no memory", path);
        return;
    }
    snprintf(text, size, "%s:%d: %s", path, finding->line, finding->text);
    for (i = 1; i < findings->count; i++) {
        finding = &findings->list[i];
        length = strlen(text);
        if (length + strlen("; line 999999999: ") + strlen(finding->text)
                + sizeof more
            > size) {
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
