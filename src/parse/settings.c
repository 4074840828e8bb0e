/*
 * settings - groups of settings, read key by key.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libconfig.h>

#include "parse/configuration_text.h"

/* Whole numbers up to this one, exclusive, are the same in a double. */
#define MAX_NUMBER 9007199254740992.0

/*
 * The line of a setting, as the administrator counts them. Not of a value in a
 * list: libconfig has looked at what comes behind it before it notes the line.
 */
static int
line_of(const config_setting_t *setting)
{
    return (int) config_setting_source_line(setting);
}

/* An element of a list or an array. */
static const config_setting_t *
element_of(const config_setting_t *list, int index)
{
    return config_setting_get_elem(list, (unsigned int) index);
}

void
settings_read(const struct secret *text, struct findings *findings,
              void (*read)(const struct settings *file, void *result),
              void *result)
{
    struct settings file = {.name = "the file", .findings = findings};
    config_t config;

    if (!configuration_text_check(text, findings))
        return;
    config_init(&config);
    if (config_read_string(&config, secret_text(text)) == CONFIG_TRUE) {
        file.setting = config_root_setting(&config);
        read(&file, result);
    } else {
        findings_add(findings, config_error_line(&config), "%s",
                     config_error_text(&config));
    }
    config_destroy(&config);
}

void
settings_check_keys(const struct settings *settings, const char *const *names)
{
    const config_setting_t *member;
    const char *const *name;
    int i;

    for (i = 0; i < config_setting_length(settings->setting); i++) {
        member = element_of(settings->setting, i);
        for (name = names; *name != NULL; name++) {
            if (strcmp(*name, config_setting_name(member)) == 0)
                break;
        }
        if (*name == NULL)
            findings_add(settings->findings, line_of(member),
                         "%s has no setting \"%s\"", settings->name,
                         config_setting_name(member));
    }
}

bool
settings_have(const struct settings *settings, const char *key)
{
    return config_setting_get_member(settings->setting, key) != NULL;
}

int
settings_line(const struct settings *settings, const char *key)
{
    const config_setting_t *member =
        config_setting_get_member(settings->setting, key);

    return member == NULL ? 0 : line_of(member);
}

void
settings_refuse(const struct settings *settings, const char *key,
                const char *format, ...)
{
    const config_setting_t *setting = settings->setting;
    va_list args;

    if (key != NULL && settings_have(settings, key))
        setting = config_setting_get_member(settings->setting, key);
    va_start(args, format);
    findings_add_list(settings->findings, line_of(setting), format, args);
    va_end(args);
}

/* A setting of a group; where it must be there and is not, that is found. */
static const config_setting_t *
find(const struct settings *settings, const char *key, bool required)
{
    const config_setting_t *member =
        config_setting_get_member(settings->setting, key);

    if (member == NULL && required)
        settings_refuse(settings, NULL, "%s needs the setting \"%s\"",
                        settings->name, key);
    return member;
}

/* Say that memory is short. */
static void
refuse_for_memory(const struct settings *settings)
{
    settings_refuse(settings, NULL, "no memory");
}

/* The text of a setting; NULL where it is not a text, or an empty one. */
static const char *
text_of(const struct settings *settings, const char *key,
        const config_setting_t *setting)
{
    const char *text = config_setting_get_string(setting);

    if (text != NULL && text[0] != '\0')
        return text;
    settings_refuse(settings, key,
                    "%s: \"%s\" must be a text in quotes, and not an empty one",
                    settings->name, key);
    return NULL;
}

char *
settings_text(const struct settings *settings, const char *key, bool required)
{
    const config_setting_t *setting = find(settings, key, required);
    const char *text = setting == NULL ? NULL : text_of(settings, key, setting);
    char *copy = NULL;

    if (text == NULL)
        return NULL;
    copy = strdup(text);
    if (copy == NULL)
        refuse_for_memory(settings);
    return copy;
}

char *
settings_checked_text(const struct settings *settings, const char *key,
                      bool required, bool (*is_valid)(const char *text),
                      const char *must)
{
    char *text = settings_text(settings, key, required);

    if (text != NULL && !is_valid(text)) {
        settings_refuse(settings, key, "%s: \"%s\" must be %s", settings->name,
                        key, must);
        free(text);
        text = NULL;
    }
    return text;
}

int
settings_integer(const struct settings *settings, const char *key,
                 const struct settings_range *range)
{
    const config_setting_t *setting = find(settings, key, false);
    int number;

    if (setting == NULL)
        return range->standard;
    number = config_setting_get_int(setting);
    if (config_setting_type(setting) != CONFIG_TYPE_INT
        || number < range->minimum || number > range->maximum) {
        settings_refuse(settings, key,
                        "%s: \"%s\" must be a whole number from %d to %d",
                        settings->name, key, range->minimum, range->maximum);
        return range->standard;
    }
    return number;
}

bool
settings_boolean(const struct settings *settings, const char *key)
{
    const config_setting_t *setting = find(settings, key, false);

    if (setting == NULL)
        return false;
    if (config_setting_type(setting) != CONFIG_TYPE_BOOL) {
        settings_refuse(settings, key, "%s: \"%s\" must be true or false",
                        settings->name, key);
        return false;
    }
    return config_setting_get_bool(setting) != 0;
}

/*
 * How many elements a setting has that must be an array or a list of at least
 * one; else that is found, and it is 0.
 */
static int
count_of(const struct settings *settings, const char *key,
         const config_setting_t *setting, const char *what)
{
    if ((config_setting_is_array(setting) || config_setting_is_list(setting))
        && config_setting_length(setting) > 0)
        return config_setting_length(setting);
    findings_add(settings->findings, line_of(setting),
                 "%s: \"%s\" must be %s, at least one", settings->name, key,
                 what);
    return 0;
}

/* Append the text of a setting to a list. */
static void
add_text(const struct settings *settings, const char *key,
         const config_setting_t *setting, struct text_list *list)
{
    const char *text = text_of(settings, key, setting);

    if (text != NULL && text_list_add(list, text) < 0)
        refuse_for_memory(settings);
}

void
settings_texts(const struct settings *settings, const char *key, bool required,
               struct text_list *list)
{
    const config_setting_t *setting = find(settings, key, required);
    int count =
        setting == NULL ? 0 : count_of(settings, key, setting, "texts in [ ]");
    int i;

    for (i = 0; i < count; i++)
        add_text(settings, key, element_of(setting, i), list);
}

void
settings_text_or_texts(const struct settings *settings, const char *key,
                       struct text_list *list)
{
    const config_setting_t *setting = find(settings, key, true);

    if (setting != NULL && config_setting_type(setting) == CONFIG_TYPE_STRING)
        add_text(settings, key, setting, list);
    else
        settings_texts(settings, key, false, list);
}

/* Read a text, a number or a boolean. Gives false for anything else. */
static bool
read_value(const config_setting_t *setting, struct claim *value)
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_STRING:
        value->type = CLAIM_STRING;
        value->string = strdup(config_setting_get_string(setting));
        return value->string != NULL;
    case CONFIG_TYPE_BOOL:
        value->type = CLAIM_BOOLEAN;
        value->boolean = config_setting_get_bool(setting) != 0;
        return true;
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        value->type = CLAIM_NUMBER;
        value->number = (double) config_setting_get_int64(setting);
        return value->number > -MAX_NUMBER && value->number < MAX_NUMBER;
    case CONFIG_TYPE_FLOAT:
        value->type = CLAIM_NUMBER;
        value->number = config_setting_get_float(setting);
        return value->number > -MAX_NUMBER && value->number < MAX_NUMBER;
    default:
        return false;
    }
}

void
settings_values(const struct settings *settings, const char *key,
                struct claim *array)
{
    const config_setting_t *setting = find(settings, key, true);
    int count = setting == NULL
                    ? 0
                    : count_of(settings, key, setting, "values in [ ] or ( )");
    int i;

    if (count == 0)
        return;
    array->type = CLAIM_ARRAY;
    array->children = calloc((size_t) count, sizeof *array->children);
    if (array->children == NULL) {
        refuse_for_memory(settings);
        return;
    }
    array->count = (size_t) count;
    for (i = 0; i < count; i++) {
        if (!read_value(element_of(setting, i), &array->children[i]))
            settings_refuse(settings, key,
                            "%s: \"%s\" must hold texts, true, false, and"
                            " numbers between -2^53 and 2^53",
                            settings->name, key);
    }
}

bool
settings_enter(const struct settings *outer, const char *key,
               struct settings *inner)
{
    inner->setting = find(outer, key, true);
    inner->name = key;
    inner->findings = outer->findings;
    if (inner->setting == NULL)
        return false;
    if (!config_setting_is_group(inner->setting)) {
        settings_refuse(outer, key, "\"%s\" must be a group in { }", key);
        return false;
    }
    return true;
}

void *
settings_groups(const struct settings *outer, const struct settings_list *list,
                size_t *count)
{
    const config_setting_t *setting = find(outer, list->key, list->required);
    struct settings inner = {.name = list->element,
                             .findings = outer->findings};
    char *elements;
    int length;
    int i;

    if (setting == NULL)
        return NULL;
    length = config_setting_length(setting);
    if (!config_setting_is_list(setting) || length == 0) {
        settings_refuse(outer, list->key,
                        "\"%s\" must be groups in ( ), at least one",
                        list->key);
        return NULL;
    }
    elements = calloc((size_t) length, list->size);
    if (elements == NULL) {
        refuse_for_memory(outer);
        return NULL;
    }
    for (i = 0; i < length; i++) {
        inner.setting = element_of(setting, i);
        if (config_setting_is_group(inner.setting))
            list->read(&inner, elements + (size_t) i * list->size);
        else
            settings_refuse(outer, list->key, "%s must be a group in { }",
                            list->element);
    }
    *count = (size_t) length;
    return elements;
}

void
settings_check_pairs(const struct settings *outer, const char *list,
                     const char *key,
                     bool (*clash)(const char *one, const char *other),
                     const char *what)
{
    const config_setting_t *setting = find(outer, list, false);
    int length = setting == NULL ? 0 : config_setting_length(setting);
    const char *one;
    const char *other;
    int i;
    int j;

    for (i = 0; i < length; i++) {
        if (!config_setting_lookup_string(element_of(setting, i), key, &one))
            continue;
        for (j = 0; j < i; j++) {
            if (config_setting_lookup_string(element_of(setting, j), key,
                                             &other)
                && clash(one, other))
                findings_add(outer->findings, line_of(element_of(setting, i)),
                             "%s: another one %s \"%s\"", list, what, key);
        }
    }
}

void
settings_version(char version[SETTINGS_VERSION_SIZE])
{
    snprintf(version, SETTINGS_VERSION_SIZE, "%d.%d.%d", LIBCONFIG_VER_MAJOR,
             LIBCONFIG_VER_MINOR, LIBCONFIG_VER_REVISION);
}
