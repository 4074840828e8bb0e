/*
 * iam_commands - the commands of the AWS CLI that give a role to IAM.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/iam_commands.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse/json_writer.h"

/* What stands in front of path and name in the ARN of a role. */
#define BEFORE_PATH ":role"

/* What no shell takes for anything else, POSIX.1-2017, 2.2. */
#define PLAIN                    \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
    "abcdefghijklmnopqrstuvwxyz0123456789_+=,.@:/-"

/* A command that is written word by word. */
struct command {
    FILE *file;
    char *text;
    size_t length;
};

bool
iam_can_be_typed(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~')
            return false;
    }
    return true;
}

/* Write so much of a text as a word, as the shell wants it. */
static void
write_part(FILE *file, const char *text, size_t length)
{
    size_t i;

    if (length > 0 && strspn(text, PLAIN) >= length) {
        fprintf(file, " %.*s", (int) length, text);
        return;
    }
    fputs(" '", file);
    for (i = 0; i < length; i++) {
        if (text[i] == '\'')
            fputs("'\\''", file);
        else
            fputc(text[i], file);
    }
    fputc('\'', file);
}

/* Write a word. */
static void
write_word(FILE *file, const char *word)
{
    write_part(file, word, strlen(word));
}

/* Write an option and its value. */
static void
write_option(FILE *file, const char *option, const char *value)
{
    fprintf(file, " --%s", option);
    write_word(file, value);
}

/* Begin a command of "aws iam". Gives false without memory. */
static bool
begin(struct command *command, const char *name)
{
    command->file = open_memstream(&command->text, &command->length);
    if (command->file == NULL)
        return false;
    fprintf(command->file, "aws iam %s", name);
    return true;
}

/* End it. */
static char *
end(struct command *command)
{
    bool failed = ferror(command->file) != 0;

    if (fclose(command->file) == 0 && !failed)
        return command->text;
    free(command->text);
    return NULL;
}

/*
 * Whether the AWS CLI takes a text for something else than a value: an option,
 * JSON, or where to read the value, as in "file://". Source: its user guide.
 */
static bool
is_more_than_a_value(const char *text)
{
    return strchr(" -[", text[0]) != NULL || strstr(text, "://") != NULL;
}

/*
 * Write a list: as JSON where a word for each would not do. Gives false without
 * memory.
 */
static bool
write_list(FILE *file, const struct text_list *list)
{
    struct json_writer writer = {0};
    struct secret text = {0};
    bool is_plain = true;
    bool result = false;
    size_t i;

    for (i = 0; i < list->count; i++)
        is_plain = is_plain && !is_more_than_a_value(list->texts[i]);
    for (i = 0; i < list->count && is_plain; i++)
        write_word(file, list->texts[i]);
    if (is_plain)
        return true;
    json_writer_texts(&writer, NULL, list);
    if (json_writer_finish_compact(&writer, &text) == 0) {
        write_word(file, secret_text(&text));
        result = true;
    }
    secret_clear(&text);
    return result;
}

char *
iam_create_provider(const struct provider *provider)
{
    struct command command = {0};

    if (!begin(&command, "create-open-id-connect-provider"))
        return NULL;
    write_option(command.file, "url", provider->issuer);
    fputs(" --client-id-list", command.file);
    if (write_list(command.file, &provider->audience))
        return end(&command);
    free(end(&command));
    return NULL;
}

/* Write how long the sessions may last, where IAM has to be told. */
static void
write_duration(FILE *file, int duration)
{
    if (duration > IAM_DEFAULT_SESSION_DURATION)
        fprintf(file, " --max-session-duration %d", duration);
}

/* Write the path of a role, where it has one. */
static void
write_path(FILE *file, const char *arn)
{
    const char *path = strstr(arn, BEFORE_PATH) + strlen(BEFORE_PATH);
    size_t length = (size_t) (strrchr(path, '/') + 1 - path);

    if (length == 1)
        return;
    fputs(" --path", file);
    write_part(file, path, length);
}

char *
iam_create_role(const char *arn, const struct role *role, int duration,
                const char *document)
{
    struct command command = {0};

    if (!begin(&command, "create-role"))
        return NULL;
    write_option(command.file, "role-name", role->name);
    write_path(command.file, arn);
    write_duration(command.file, duration);
    write_option(command.file, "assume-role-policy-document", document);
    return end(&command);
}

char *
iam_update_trust(const struct role *role, const char *document)
{
    struct command command = {0};

    if (!begin(&command, "update-assume-role-policy"))
        return NULL;
    write_option(command.file, "role-name", role->name);
    write_option(command.file, "policy-document", document);
    return end(&command);
}

char *
iam_update_duration(const struct role *role, int duration)
{
    struct command command = {0};

    if (!begin(&command, "update-role"))
        return NULL;
    write_option(command.file, "role-name", role->name);
    write_duration(command.file, duration);
    return end(&command);
}
