/*
 * template - a text of the configuration with the PAM user in it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/template.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

bool
template_is_well_formed(const char *text)
{
    const char *percent = strchr(text, '%');

    while (percent != NULL) {
        if (percent[1] != 'u' && percent[1] != '%')
            return false;
        percent = strchr(percent + 2, '%');
    }
    return true;
}

bool
template_has_user(const char *text)
{
    const char *percent = strchr(text, '%');

    while (percent != NULL && percent[1] != 'u')
        percent = strchr(percent + 2, '%');
    return percent != NULL;
}

char *
template_expand(const char *text, const char *user)
{
    size_t user_length = strlen(user);
    size_t size = strlen(text) + 1;
    const char *next;
    char *expanded;
    char *end;

    for (next = text; *next != '\0'; next++) {
        if (*next == '%')
            size += user_length;
    }
    expanded = malloc(size);
    if (expanded == NULL)
        return NULL;
    end = expanded;
    for (next = text; *next != '\0'; next++) {
        if (next[0] == '%' && next[1] == 'u') {
            memcpy(end, user, user_length);
            end += user_length;
            next++;
        } else {
            if (next[0] == '%' && next[1] == '%')
                next++;
            *end++ = *next;
        }
    }
    *end = '\0';
    return expanded;
}
