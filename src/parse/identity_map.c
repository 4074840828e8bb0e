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

/* Take blanks off both ends. */
static struct map_word
trim(struct map_word word)
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
has_comment(struct map_word line)
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
divide(struct map_word line, struct map_word *value, struct map_word *user)
{
    char name[STS_ROLE_SESSION_NAME_MAX + 1];
    size_t before = line.length;

    while (before > 0 && !is_blank(line.start[before - 1]))
        before--;
    *value = trim((struct map_word){line.start, before});
    *user = (struct map_word){line.start + before, line.length - before};
    if (value->length == 0 || user->length >= sizeof name)
        return false;
    memcpy(name, user->start, user->length);
    name[user->length] = '\0';
    return strlen(name) == user->length && role_session_name_is_valid(name);
}

/* Whether a word is a text, to the byte. */
static bool
equals(struct map_word word, const char *text)
{
    return word.length == strlen(text)
           && memcmp(word.start, text, word.length) == 0;
}

/* Take the next line off the text. */
static struct map_word
next_line(const struct secret *text, struct map_entry *entry)
{
    const char *start = secret_text(text) + entry->next;
    size_t left = text->length - entry->next;
    const char *end = memchr(start, '\n', left);
    size_t length = end == NULL ? left : (size_t) (end - start);

    entry->next += end == NULL ? length : length + 1;
    entry->line++;
    return trim((struct map_word){start, length});
}

int
identity_map_next(const struct secret *text, struct map_entry *entry,
                  struct fault *fault)
{
    struct map_word line;

    while (entry->next < text->length) {
        line = next_line(text, entry);
        if (line.length == 0 || line.start[0] == '#')
            continue;
        if (!has_comment(line) && divide(line, &entry->value, &entry->user))
            return 1;
        fault_raise(fault, REASON_CONFIG,
                    "line %d is not a claim's value and a user's name",
                    entry->line);
        return -1;
    }
    return 0;
}

int
identity_map_find(const struct secret *text, const char *value,
                  const char *user, bool *listed, struct fault *fault)
{
    struct map_entry entry = {0};
    bool found = false;
    int result;

    *listed = false;
    while ((result = identity_map_next(text, &entry, fault)) > 0) {
        if (equals(entry.value, value) && equals(entry.user, user))
            found = true;
    }
    if (result == 0)
        *listed = found;
    return result;
}
