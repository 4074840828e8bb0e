/*
 * configuration_text - finds in a configuration's text what libconfig hides.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/configuration_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The largest number with an L behind it: 2^53, as any claim's. */
#define MAX_LONG_NUMBER 9007199254740992

#define DIGITS  "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* How far the text has been read. */
struct scan {
    const char *next;
    int line;
    struct findings *findings;
};

/* Go on by so many characters, counting lines. */
static void
skip(struct scan *scan, size_t length)
{
    for (; length > 0 && *scan->next != '\0'; length--) {
        if (*scan->next == '\n')
            scan->line++;
        scan->next++;
    }
}

/* Go on to behind a text, or to the end. */
static void
skip_behind(struct scan *scan, const char *stop)
{
    const char *end = strstr(scan->next, stop);

    skip(scan, end == NULL ? strlen(scan->next)
                           : (size_t) (end - scan->next) + strlen(stop));
}

/* Go on to behind a string, whose opening quote is next. */
static void
skip_string(struct scan *scan)
{
    skip(scan, 1);
    while (*scan->next != '\0' && *scan->next != '"')
        skip(scan, *scan->next == '\\' ? 2 : 1);
    skip(scan, 1);
}

/* Look at a number, whose first digit is next. */
static void
check_number(struct scan *scan)
{
    size_t length = strspn(scan->next, DIGITS LETTERS ".+-");
    bool hexadecimal = scan->next[0] == '0'
                       && strchr("xX", scan->next[1]) != NULL
                       && scan->next[1] != '\0';
    char *end;
    long long number;

    /* As libconfig reads it: a zero in front means nothing. */
    number = strtoll(scan->next, &end, hexadecimal ? 16 : 10);
    if (number > (*end == 'L' ? MAX_LONG_NUMBER : INT32_MAX))
        findings_add(scan->findings, scan->line,
                     "the number %.*s is larger than any setting may be",
                     length > 40 ? 40 : (int) length, scan->next);
    skip(scan, length);
}

void
configuration_text_check(const struct secret *text, struct findings *findings)
{
    struct scan scan = {.next = secret_text(text),
                        .line = 1,
                        .findings = findings};

    while (*scan.next != '\0') {
        if (*scan.next == '"') {
            skip_string(&scan);
        } else if (*scan.next == '#' || strncmp(scan.next, "//", 2) == 0) {
            skip_behind(&scan, "\n");
        } else if (strncmp(scan.next, "/*", 2) == 0) {
            skip_behind(&scan, "*/");
        } else if (strchr(LETTERS "*", *scan.next) != NULL) {
            skip(&scan, strspn(scan.next, LETTERS DIGITS "*_-"));
        } else if (strchr(DIGITS, *scan.next) != NULL) {
            check_number(&scan);
        } else {
            if (*scan.next == '@')
                findings_add(
                    findings, scan.line,
                    "@include is not allowed; write the settings here");
            skip(&scan, 1);
        }
    }
    if (scan.next != secret_text(text) + text->length)
        findings_add(findings, scan.line, "the file holds a NUL byte");
}
