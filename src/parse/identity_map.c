/*
 * identity_map - the list of claim values and users that map_file names.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/identity_map.h"

#include <stddef.h>
#include <string.h>

#include "model/role_session.h"

/* Whether a character separates words. */
static bool
is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

/* A part of a line. */
struct word {
    const char *start;
    size_t length;
};

/* Take blanks off both ends. */
static struct word
trim(struct word word)
{
    while (word.length > 0 && is_blank(word.start[0])) {
        word.start++;
        word.length--;
    }
    while (word.length > 0 && is_blank(word.start[word.length - 1]))
        word.length--;
    return word;
}

/* Whether a word of the line begins with #. */
static bool
has_comment(struct word line)
{
    size_t i;

    for (i = 1; i < line.length; i++) {
        if (line.start[i] == '#' && is_blank(line.start[i - 1]))
            return true;
    }
    return false;
}

/*
 * Divide a line at the blanks before its last word. Gives false where that
 * leaves no value, or the last word can be nobody's name.
 */
static bool
divide(struct word line, struct word *value, struct word *user)
{
    char name[STS_ROLE_SESSION_NAME_MAX + 1];
    size_t before = line.length;

    while (before > 0 && !is_blank(line.start[before - 1]))
        before--;
    *value = trim((struct word){line.start, before});
    *user = (struct word){line.start + before, line.length - before};
    if (value->length == 0 || user->length >= sizeof name)
        return false;
    memcpy(name, user->start, user->length);
    name[user->length] = '\0';
    return strlen(name) == user->length && role_session_name_is_valid(name);
}

/* Whether a word is a text, to the byte. */
static bool
equals(struct word word, const char *text)
{
    return word.length == strlen(text)
           && memcmp(word.start, text, word.length) == 0;
}

int
identity_map_find(const struct secret *text, const char *value,
                  const char *user, bool *listed, struct fault *fault)
{
    const char *next = secret_text(text);
    const char *end = next + text->length;
    struct word line;
    struct word its_value;
    struct word its_user;
    int number;

    *listed = false;
    for (number = 1; next < end; number++) {
        line.start = next;
        next = memchr(next, '\n', (size_t) (end - next));
        if (next == NULL)
            next = end;
        line.length = (size_t) (next - line.start);
        next++;
        line = trim(line);
        if (line.length == 0 || line.start[0] == '#')
            continue;
        if (has_comment(line) || !divide(line, &its_value, &its_user)) {
            fault_raise(fault, REASON_CONFIG,
                        "line %d is not a claim's value and a user's name",
                        number);
            *listed = false;
            return -1;
        }
        if (equals(its_value, value) && equals(its_user, user))
            *listed = true;
    }
    return 0;
}
