/*
 * findings - what is wrong with a configuration, and where.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/findings.h"

#include <stdio.h>
#include <stdlib.h>

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

void
findings_clear(struct findings *findings)
{
    free(findings->list);
    *findings = (struct findings){0};
}
