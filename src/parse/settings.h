/*
 * settings - groups of settings, read key by key. The one place that knows
 * libconfig.
 *
 * What is wrong with a value is added to the findings, with the line it stands
 * on, and a harmless one is given in its place: so that one reading finds
 * everything. SPDX-License-Identifier: Apache-2.0
 */
#ifndef PARSE_SETTINGS_H
#define PARSE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/secret.h"
#include "base/text_list.h"
#include "model/claim.h"
#include "parse/findings.h"

struct config_setting_t; /* libconfig's */

/* A group of settings that is read, and the place for what is wrong. */
struct settings {
    const struct config_setting_t *setting;
    const char *name; /* for the findings: "sts", "a rule", … */
    struct findings *findings;
};

/*
 * Read a text, and hand its outermost settings to a reader. What libconfig does
 * not take, or would misunderstand, is found, and nothing is handed on.
 */
void settings_read(const struct secret *text, struct findings *findings,
                   void (*read)(const struct settings *file, void *result),
                   void *result);

/* Find each setting that is not among the names, which end with NULL. */
void settings_check_keys(const struct settings *settings,
                         const char *const *names);

/* Whether a setting is there, whatever its value. */
bool settings_have(const struct settings *settings, const char *key);

/* The line that a setting stands on; 0 where it is not there. */
int settings_line(const struct settings *settings, const char *key);

/* Add a finding about a setting; about the group where the key is NULL. */
void settings_refuse(const struct settings *settings, const char *key,
                     const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Read a text that is not empty. Gives what must be freed; NULL where there is
 * none, which is found if it is required, or where something is wrong.
 */
char *settings_text(const struct settings *settings, const char *key,
                    bool required);

/* Read a text of which something more must be true: "KEY must be MUST". */
char *settings_checked_text(const struct settings *settings, const char *key,
                            bool required, bool (*is_valid)(const char *text),
                            const char *must);

/* What an integer may be. */
struct settings_range {
    int minimum;
    int maximum;
    int standard; /* where the setting is missing, or wrong */
};

int settings_integer(const struct settings *settings, const char *key,
                     const struct settings_range *range);

/* Read true or false; false where there is none. */
bool settings_boolean(const struct settings *settings, const char *key);

/* Read an array or a list of texts, at least one. */
void settings_texts(const struct settings *settings, const char *key,
                    bool required, struct text_list *list);

/* Read such an array or list, or a single text; it must be there. */
void settings_text_or_texts(const struct settings *settings, const char *key,
                            struct text_list *list);

/*
 * Read an array or a list of texts, numbers and booleans, at least one, into an
 * array of claims. Numbers are between -2^53 and 2^53, exclusive: those that a
 * claim can be compared with.
 */
void settings_values(const struct settings *settings, const char *key,
                     struct claim *array);

/* Enter a group that must be there. Gives whether it is. */
bool settings_enter(const struct settings *outer, const char *key,
                    struct settings *inner);

/* A list of groups. */
struct settings_list {
    const char *key;
    const char *element; /* for the findings: "a provider", … */
    bool required;
    size_t size; /* bytes of what one of them is read into */
    void (*read)(const struct settings *settings, void *element);
};

/* Read a list; gives its elements, to be freed, or NULL, and the count. */
void *settings_groups(const struct settings *outer,
                      const struct settings_list *list, size_t *count);

/*
 * Find two groups of a list whose texts for a key must not stand together:
 * "LIST: another one WHAT KEY".
 */
void settings_check_pairs(const struct settings *outer, const char *list,
                          const char *key,
                          bool (*clash)(const char *one, const char *other),
                          const char *what);

/* Room for the version of libconfig, and the NUL. */
#define SETTINGS_VERSION_SIZE 32

/* Write the version of libconfig's headers: it does not tell its own. */
void settings_version(char version[SETTINGS_VERSION_SIZE]);

#endif
