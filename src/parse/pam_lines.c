/*
 * pam_lines - the lines of a file in /etc/pam.d, as libpam reads them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/pam_lines.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t"

/* No stack has as many lines as more digits could pass over. */
#define MAX_JUMP_DIGITS 4

/* The words for the types. */
static const char *const types[] = {
    [PAM_TYPE_AUTH] = "auth",         [PAM_TYPE_ACCOUNT] = "account",
    [PAM_TYPE_PASSWORD] = "password", [PAM_TYPE_SESSION] = "session",
    [PAM_TYPE_INCLUDE] = "@include",
};

/* Controls of one word, and what they are short for. Source: pam.d(5). */
static const struct keyword {
    const char *word;
    const char *meaning;
} keywords[] = {
    {"required", "success=ok new_authtok_reqd=ok ignore=ignore default=bad"},
    {"requisite", "success=ok new_authtok_reqd=ok ignore=ignore default=die"},
    {"sufficient", "success=done new_authtok_reqd=done default=ignore"},
    {"optional", "success=ok new_authtok_reqd=ok default=ignore"},
    {"include", ""},
    {"substack", ""},
};

/* The words for the actions. */
static const char *const actions[] = {
    [PAM_ACTION_IGNORE] = "ignore", [PAM_ACTION_OK] = "ok",
    [PAM_ACTION_DONE] = "done",     [PAM_ACTION_BAD] = "bad",
    [PAM_ACTION_DIE] = "die",       [PAM_ACTION_RESET] = "reset",
};

/*
 * Put the next whole line together: what "\" at the end goes on with, without
 * the comment. Gives what must be freed, or NULL without memory.
 */
static char *
assemble(const char **next, const char *end, int *number)
{
    char *line = calloc(1, (size_t) (end - *next) + 1);
    char *to = line;
    const char *stop;
    bool goes_on = true;

    while (line != NULL && goes_on && *next < end) {
        stop = memchr(*next, '\n', (size_t) (end - *next));
        if (stop == NULL)
            stop = end;
        memcpy(to, *next, (size_t) (stop - *next));
        to += stop - *next;
        *next = stop < end ? stop + 1 : end;
        ++*number;
        goes_on = to > line && to[-1] == '\\';
        if (goes_on)
            to[-1] = ' ';
        *to = '\0';
    }
    if (line != NULL)
        line[strcspn(line, "#")] = '\0';
    return line;
}

/*
 * Take the next word off a line; one in brackets may hold blanks, and "\]".
 * Gives NULL at the end.
 */
static char *
take_word(char **rest)
{
    char *from = *rest + strspn(*rest, BLANKS);
    char *word = from;
    char *to;

    if (*from == '\0')
        return NULL;
    if (*from != '[') {
        from += strcspn(from, BLANKS);
        *rest = *from == '\0' ? from : from + 1;
        *from = '\0';
        return word;
    }
    for (from++, word = to = from; *from != '\0' && *from != ']'; from++) {
        if (from[0] == '\\' && from[1] == ']')
            from++;
        *to++ = *from;
    }
    *rest = *from == '\0' ? from : from + 1;
    *to = '\0';
    return word;
}

/* Find the type that a word names. Gives whether there is one. */
static bool
read_type(const char *word, enum pam_type *type)
{
    size_t i;

    if (*word == '-')
        word++;
    for (i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcasecmp(word, types[i]) == 0) {
            *type = (enum pam_type) i;
            return true;
        }
    }
    return false;
}

/* The meaning of a control's word; NULL where it is none. */
static const char *
meaning_of(const char *control)
{
    size_t i;

    for (i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        if (strcasecmp(control, keywords[i].word) == 0)
            return keywords[i].meaning;
    }
    return NULL;
}

/* Copy a text. Gives false without memory. */
static bool
copy(const char *text, char **to)
{
    *to = strdup(text);
    return *to != NULL;
}

/* Copy a control: one in brackets keeps its "[", to tell it from a word. */
static bool
copy_control(const char *text, bool in_brackets, char **to)
{
    size_t size = strlen(text) + 2;

    if (!in_brackets)
        return copy(text, to);
    *to = calloc(1, size);
    if (*to == NULL)
        return false;
    (*to)[0] = '[';
    memcpy(*to + 1, text, size - 2);
    return true;
}

/*
 * Read what stands behind the type. Gives false without memory; what libpam
 * does not understand leaves the module NULL.
 */
static bool
read_rest(char *rest, struct pam_line *line)
{
    bool in_brackets = rest[strspn(rest, BLANKS)] == '[';
    char *word = take_word(&rest);
    char *module;

    if (line->type == PAM_TYPE_INCLUDE)
        return word == NULL || copy(word, &line->module);
    if (word == NULL || (!in_brackets && meaning_of(word) == NULL))
        return true;
    module = take_word(&rest);
    if (module == NULL)
        return true;
    if (!copy_control(word, in_brackets, &line->control)
        || !copy(module, &line->module))
        return false;
    while ((word = take_word(&rest)) != NULL) {
        if (text_list_add(&line->arguments, word) < 0)
            return false;
    }
    return true;
}

/* Free what a line owns. */
static void
clear_line(struct pam_line *line)
{
    free(line->control);
    free(line->module);
    text_list_clear(&line->arguments);
}

/* Add a line that says something. Gives false without memory. */
static bool
add_line(char *text, int number, struct pam_lines *lines)
{
    struct pam_line line = {.number = number};
    struct pam_line *larger;
    char *word = take_word(&text);

    if (word == NULL)
        return true;
    larger = reallocarray(lines->list, lines->count + 1, sizeof *larger);
    if (larger == NULL)
        return false;
    lines->list = larger;
    if (read_type(word, &line.type) && !read_rest(text, &line)) {
        clear_line(&line);
        return false;
    }
    lines->list[lines->count++] = line;
    return true;
}

int
pam_lines_read(const struct secret *text, struct pam_lines *lines)
{
    const char *next = secret_text(text);
    const char *end = next + text->length;
    int number = 0;
    int first;
    char *line;
    bool good = true;

    *lines = (struct pam_lines){0};
    while (good && next < end) {
        first = number + 1;
        line = assemble(&next, end, &number);
        good = line != NULL && add_line(line, first, lines);
        free(line);
    }
    if (good)
        return 0;
    pam_lines_clear(lines);
    return -1;
}

bool
pam_line_is_include(const struct pam_line *line)
{
    if (line->type == PAM_TYPE_INCLUDE)
        return true;
    return line->control != NULL
           && (strcasecmp(line->control, "include") == 0
               || strcasecmp(line->control, "substack") == 0);
}

const char *
pam_line_module_name(const struct pam_line *line)
{
    const char *slash;

    if (line->module == NULL)
        return "";
    slash = strrchr(line->module, '/');
    return slash == NULL ? line->module : slash + 1;
}

/* Find the value of a key among words of "key=value". Gives its length. */
static size_t
find_value(const char *words, const char *key, const char **value)
{
    size_t length = strlen(key);
    size_t word;

    for (; *words != '\0'; words += word) {
        words += strspn(words, BLANKS);
        word = strcspn(words, BLANKS);
        if (word > length && strncasecmp(words, key, length) == 0
            && words[length] == '=') {
            *value = words + length + 1;
            return word - length - 1;
        }
    }
    return 0;
}

struct pam_action
pam_line_action(const struct pam_line *line, const char *code)
{
    const char *words = line->control == NULL ? "" : line->control;
    const char *value = NULL;
    size_t length;
    size_t i;

    words = words[0] == '[' ? words + 1 : meaning_of(words);
    if (words == NULL)
        return (struct pam_action){.kind = PAM_ACTION_BAD};
    length = find_value(words, code, &value);
    if (length == 0)
        length = find_value(words, "default", &value);
    for (i = 0; length > 0 && i < sizeof actions / sizeof actions[0]; i++) {
        if (strlen(actions[i]) == length
            && strncasecmp(actions[i], value, length) == 0)
            return (struct pam_action){.kind = (enum pam_action_kind) i};
    }
    if (length > 0 && length <= MAX_JUMP_DIGITS
        && strspn(value, "0123456789") == length)
        return (struct pam_action){.kind = PAM_ACTION_JUMP,
                                   .jump = (int) strtol(value, NULL, 10)};
    /* What a control does not name is bad. */
    return (struct pam_action){.kind = PAM_ACTION_BAD};
}

void
pam_lines_clear(struct pam_lines *lines)
{
    size_t i;

    for (i = 0; i < lines->count; i++)
        clear_line(&lines->list[i]);
    free(lines->list);
    *lines = (struct pam_lines){0};
}
