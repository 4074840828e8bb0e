/*
 * configuration_text - finds in a configuration's text what libconfig hides.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/configuration_text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The largest number with an L behind it: 2^53, as any claim's. */
#define MAX_LONG_NUMBER 9007199254740992

#define BLANKS      " \t\r\n\f"
#define DIGITS      "0123456789"
#define HEXADECIMAL DIGITS "ABCDEFabcdef"
#define LETTERS     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* How far the text has been read. */
struct scan {
    const char *next;
    int line;
    bool behind_string; /* but for blanks and comments */
    bool is_value;      /* what comes is the one value of a setting */
    bool is_readable;   /* libconfig would understand the rest */
    struct findings *findings;
};

/* Add a finding that makes the rest of the text mean something else. */
static void
refuse(struct scan *scan, const char *what)
{
    findings_add(scan->findings, scan->line, "%s", what);
    scan->is_readable = false;
}

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

/*
 * Look at an escape, whose backslash is next. libconfig takes one that it does
 * not know for a backslash, and \x00 for nothing.
 */
static void
check_escape(struct scan *scan)
{
    char escape = scan->next[1];

    if (escape == '\0' || strchr("\\\"nrtx", escape) == NULL
        || (escape == 'x' && strspn(scan->next + 2, HEXADECIMAL) < 2))
        refuse(scan, "in a text, a backslash is written \\\\");
    if (strncmp(scan->next, "\\x00", 4) == 0)
        refuse(scan, "a text holds a NUL byte");
}

/* Look at a text, whose opening quote is next, and go on to behind it. */
static void
check_string(struct scan *scan)
{
    /* Two in a row are one for libconfig, which nobody means in a list. */
    if (scan->behind_string && !scan->is_value)
        refuse(scan, "between two texts a comma is missing");
    skip(scan, 1);
    while (*scan->next != '\0' && *scan->next != '"') {
        if (*scan->next == '\\')
            check_escape(scan);
        skip(scan, *scan->next == '\\' ? 2 : 1);
    }
    skip(scan, 1);
    scan->behind_string = true;
}

/* Go on to behind a comment, whose first two characters are next. */
static void
check_comment(struct scan *scan)
{
    if (strstr(scan->next + 2, "*/") == NULL)
        refuse(scan, "this comment has no end");
    skip(scan, 2);
    skip_behind(scan, "*/");
}

/* Note a character that is none of the above. */
static void
check_mark(struct scan *scan)
{
    if (*scan->next == '@')
        refuse(scan, "@include is not allowed; write the settings here");
    if (*scan->next == '=' || *scan->next == ':')
        scan->is_value = true;
    else if (strchr(BLANKS, *scan->next) == NULL)
        scan->is_value = false;
    if (strchr(BLANKS, *scan->next) == NULL)
        scan->behind_string = false;
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
    scan->behind_string = false;
}

/* Go on to behind a name, or true or false, whose first character is next. */
static void
skip_word(struct scan *scan)
{
    skip(scan, strspn(scan->next, LETTERS DIGITS "*_-"));
    scan->behind_string = false;
}

bool
configuration_text_check(const struct secret *text, struct findings *findings)
{
    struct scan scan = {.next = secret_text(text),
                        .line = 1,
                        .is_readable = true,
                        .findings = findings};

    while (*scan.next != '\0') {
        if (*scan.next == '"')
            check_string(&scan);
        else if (*scan.next == '#' || strncmp(scan.next, "//", 2) == 0)
            skip_behind(&scan, "\n");
        else if (strncmp(scan.next, "/*", 2) == 0)
            check_comment(&scan);
        else if (strchr(LETTERS "*", *scan.next) != NULL)
            skip_word(&scan);
        else if (strchr(DIGITS, *scan.next) != NULL)
            check_number(&scan);
        else
            check_mark(&scan);
    }
    if (scan.next != secret_text(text) + text->length)
        refuse(&scan, "the file holds a NUL byte");
    return scan.is_readable;
}
