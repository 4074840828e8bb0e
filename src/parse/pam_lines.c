/*
 * pam_lines - the lines of a file in /etc/pam.d, as libpam reads them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/pam_lines.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \n\t"

/* Bytes of one line with all that it goes on with: libpam's BUF_SIZE. A longer
   one is cut in two. */
#define LINE_SIZE 1024

/* No stack has as many lines as more could pass over. */
#define MAX_JUMP 9999

/* The words for the types. */
static const char *const types[] = {
    [PAM_TYPE_AUTH] = "auth",         [PAM_TYPE_ACCOUNT] = "account",
    [PAM_TYPE_PASSWORD] = "password", [PAM_TYPE_SESSION] = "session",
    [PAM_TYPE_ANY] = "@include",
};

/* Controls of one word, and what they are short for. Source: pam.d(5). */
static const struct keyword {
    const char *word;
    const char *meaning;
    enum pam_line_kind kind;
} keywords[] = {
    {"required", "success=ok new_authtok_reqd=ok ignore=ignore default=bad",
     PAM_LINE_MODULE},
    {"requisite", "success=ok new_authtok_reqd=ok ignore=ignore default=die",
     PAM_LINE_MODULE},
    {"sufficient", "success=done new_authtok_reqd=done default=ignore",
     PAM_LINE_MODULE},
    {"optional", "success=ok new_authtok_reqd=ok default=ignore",
     PAM_LINE_MODULE},
    {"include", "", PAM_LINE_INCLUDE},
    {"substack", "", PAM_LINE_SUBSTACK},
};

/* How a control names the codes. */
static const char *const codes[] = {
#define CODE(constant, name) [CODE_##constant] = (name),
#include "parse/pam_codes.def"
#undef CODE
};

/* The words for the actions. */
static const char *const actions[] = {
    [PAM_ACTION_IGNORE] = "ignore", [PAM_ACTION_OK] = "ok",
    [PAM_ACTION_DONE] = "done",     [PAM_ACTION_BAD] = "bad",
    [PAM_ACTION_DIE] = "die",       [PAM_ACTION_RESET] = "reset",
};

/* Where a text is read. */
struct reader {
    const char *next;
    const char *end;
    int number; /* of lines read */
};

/*
 * Read up to the end of a line, or what there is room for. What stands behind
 * a NUL byte is not seen. Gives false at the end of the text.
 */
static bool
read_part(struct reader *reader, char *part, size_t room)
{
    size_t length = (size_t) (reader->end - reader->next);
    const char *stop = memchr(reader->next, '\n', length);

    if (length == 0)
        return false;
    if (stop != NULL)
        length = (size_t) (stop - reader->next) + 1;
    if (length > room)
        length = room;
    memcpy(part, reader->next, length);
    part[length] = '\0';
    reader->next += length;
    if (part[length - 1] == '\n')
        reader->number++;
    return true;
}

/* What has been read of a line. */
enum reading {
    READ_LINE,
    READ_END,   /* the text is over */
    READ_BREAK, /* it is over within a line, or the line is too long */
};

/*
 * Put the next line together: what "\" at its end goes on with, and without a
 * comment. Lines that say nothing are passed over, also within.
 */
static enum reading
read_line(struct reader *reader, char line[LINE_SIZE], int *number)
{
    char *part = line;
    char *from;
    size_t length;

    for (;;) {
        if (part >= line + LINE_SIZE - 1)
            return READ_BREAK;
        if (part == line)
            *number = reader->number + 1;
        if (!read_part(reader, part, (size_t) (line + LINE_SIZE - 1 - part)))
            return part == line ? READ_END : READ_BREAK;
        from = part + strspn(part, BLANKS);
        if (*from == '\0' || *from == '#')
            continue;
        length = strcspn(from, "#");
        if (from[length] == '#') {
            from[length] = '\0';
            return READ_LINE;
        }
        while (length > 1 && strchr(BLANKS, from[length - 1]) != NULL)
            length--;
        if (from[length - 1] != '\\')
            return READ_LINE;
        from[length - 1] = ' ';
        from[length] = '\0';
        part = from + length;
    }
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

/* Find the type that a word names. */
static enum pam_type
type_of(const char *word)
{
    size_t i;

    if (*word == '-')
        word++;
    for (i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcasecmp(word, types[i]) == 0)
            return (enum pam_type) i;
    }
    return PAM_TYPE_UNKNOWN;
}

/* Find the keyword that a control is, or NULL. */
static const struct keyword *
keyword_of(const char *control)
{
    size_t i;

    for (i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        if (strcasecmp(control, keywords[i].word) == 0)
            return &keywords[i];
    }
    return NULL;
}

/* Give an action to all codes. */
static void
set_all(struct pam_action list[PAM_CODE_COUNT], struct pam_action action)
{
    int i;

    for (i = 0; i < PAM_CODE_COUNT; i++)
        list[i] = action;
}

/* Give an action to all codes that have none: they would jump nowhere. */
static void
set_default(struct pam_action list[PAM_CODE_COUNT], struct pam_action action)
{
    int i;

    for (i = 0; i < PAM_CODE_COUNT; i++) {
        if (list[i].kind == PAM_ACTION_JUMP && list[i].jump == 0)
            list[i] = action;
    }
}

/* Pass over white space: more than the blanks between words. */
static void
skip_space(const char **text)
{
    while (isspace((unsigned char) **text))
        ++*text;
}

/* Take a name off a text that begins with it. Gives whether it does. */
static bool
take_name(const char **text, const char *name)
{
    size_t length = strlen(name);

    if (strncmp(*text, name, length) != 0)
        return false;
    *text += length;
    return true;
}

/* Read a code; PAM_CODE_COUNT is "default". Gives false where there is none. */
static bool
read_code(const char **text, int *code)
{
    for (*code = 0; *code < PAM_CODE_COUNT; ++*code) {
        if (take_name(text, codes[*code]))
            return true;
    }
    return take_name(text, "default");
}

/* Read an action. Gives false where there is none. */
static bool
read_action(const char **text, struct pam_action *action)
{
    size_t i;

    for (i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (take_name(text, actions[i])) {
            *action = (struct pam_action){.kind = (enum pam_action_kind) i};
            return true;
        }
    }
    *action = (struct pam_action){.kind = PAM_ACTION_JUMP};
    for (; isdigit((unsigned char) **text); ++*text) {
        if (action->jump <= MAX_JUMP)
            action->jump = action->jump * 10 + (**text - '0');
    }
    return action->jump > 0;
}

/*
 * Read "code=action", as often as it stands there: of a code that is named
 * twice the last counts, of "default" the first. One mistake, and all is bad.
 */
static void
read_control(const char *text, struct pam_action list[PAM_CODE_COUNT])
{
    static const struct pam_action bad = {.kind = PAM_ACTION_BAD};
    struct pam_action action;
    int code;

    set_all(list, (struct pam_action){.kind = PAM_ACTION_JUMP});
    for (skip_space(&text); *text != '\0'; skip_space(&text)) {
        if (!read_code(&text, &code))
            goto bad;
        skip_space(&text);
        if (*text++ != '=')
            goto bad;
        skip_space(&text);
        if (!read_action(&text, &action))
            goto bad;
        if (code == PAM_CODE_COUNT)
            set_default(list, action);
        else
            list[code] = action;
    }
    set_default(list, bad);
    return;

bad:
    set_all(list, bad);
}

/* Read what the control says: the actions, and whether a file is included. */
static void
read_line_control(struct pam_line *line, const char *control)
{
    const struct keyword *keyword = keyword_of(control);

    read_control(keyword == NULL ? control : keyword->meaning, line->actions);
    if (keyword != NULL && keyword->kind != PAM_LINE_MODULE)
        line->kind = keyword->kind;
}

/* Read the words behind the module. Gives false without memory. */
static bool
read_arguments(char *rest, struct pam_line *line)
{
    const char *word;

    while ((word = take_word(&rest)) != NULL) {
        if (text_list_add(&line->arguments, word) < 0)
            return false;
    }
    return true;
}

/* Whether libpam can do nothing with the name of a module: it has none. */
static bool
is_nameless(const struct pam_line *line)
{
    const char *name = pam_line_module_name(line);
    const char *dot = strrchr(name, '.');
    size_t length = dot == NULL ? strlen(name) : (size_t) (dot - name);

    return length == 0 || (length == 1 && name[0] == '?');
}

/* Whether a line brings in a file. */
static bool
is_including(const struct pam_line *line)
{
    return line->kind == PAM_LINE_INCLUDE || line->kind == PAM_LINE_SUBSTACK;
}

/* Read the module, or the file. Gives false without memory. */
static bool
read_module(char *rest, struct pam_line *line)
{
    const char *word = take_word(&rest);

    if (word == NULL) {
        line->kind = is_including(line) ? PAM_LINE_BREAKS : PAM_LINE_REFUSES;
        return true;
    }
    line->module = strdup(word);
    if (line->module == NULL)
        return false;
    if (line->kind != PAM_LINE_INCLUDE && is_nameless(line))
        line->kind = PAM_LINE_BREAKS;
    return read_arguments(rest, line);
}

/* Free what a line owns. */
static void
clear_line(struct pam_line *line)
{
    free(line->module);
    text_list_clear(&line->arguments);
}

/* Take a line apart. Gives false without memory. */
static bool
read_words(char *text, struct pam_line *line)
{
    const char *word = take_word(&text);

    line->type = word == NULL ? PAM_TYPE_UNKNOWN : type_of(word);
    if (line->type == PAM_TYPE_UNKNOWN)
        line->kind = PAM_LINE_REFUSES;
    if (line->type == PAM_TYPE_ANY) {
        line->kind = PAM_LINE_INCLUDE;
        read_control("", line->actions);
        return read_module(text, line);
    }
    word = take_word(&text);
    read_line_control(line, word == NULL ? "" : word);
    if (word != NULL)
        return read_module(text, line);
    line->kind = PAM_LINE_REFUSES;
    return true;
}

/* Add a line. Gives false without memory. */
static bool
add_line(struct pam_lines *lines, const struct pam_line *line)
{
    struct pam_line *larger =
        reallocarray(lines->list, lines->count + 1, sizeof *larger);

    if (larger == NULL)
        return false;
    lines->list = larger;
    lines->list[lines->count++] = *line;
    return true;
}

int
pam_lines_read(const struct secret *text, struct pam_lines *lines)
{
    struct reader reader = {.next = secret_text(text)};
    enum reading reading = READ_LINE;
    char buffer[LINE_SIZE];
    struct pam_line line;
    bool good = true;

    reader.end = reader.next + text->length;
    *lines = (struct pam_lines){0};
    while (good && reading == READ_LINE) {
        line = (struct pam_line){.type = PAM_TYPE_UNKNOWN};
        reading = read_line(&reader, buffer, &line.number);
        if (reading == READ_END)
            break;
        if (reading == READ_BREAK)
            line.kind = PAM_LINE_BREAKS;
        else
            good = read_words(buffer, &line);
        if (!good || !add_line(lines, &line)) {
            clear_line(&line);
            good = false;
        }
    }
    if (good)
        return 0;
    pam_lines_clear(lines);
    return -1;
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

void
pam_lines_clear(struct pam_lines *lines)
{
    size_t i;

    for (i = 0; i < lines->count; i++)
        clear_line(&lines->list[i]);
    free(lines->list);
    *lines = (struct pam_lines){0};
}
