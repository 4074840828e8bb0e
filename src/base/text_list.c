/*
 * text_list - some texts, in their order.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "base/text_list.h"

#include <stdlib.h>
#include <string.h>

int
text_list_add(struct text_list *list, const char *text)
{
    char *copy = strdup(text);
    char **texts =
        realloc(list->texts, (list->count + 1) * sizeof *list->texts);

    if (texts != NULL)
        list->texts = texts;
    if (copy == NULL || texts == NULL) {
        free(copy);
        return -1;
    }
    list->texts[list->count++] = copy;
    return 0;
}

bool
text_list_has(const struct text_list *list, const char *text)
{
    size_t i;

    for (i = 0; i < list->count; i++) {
        if (strcmp(list->texts[i], text) == 0)
            return true;
    }
    return false;
}

void
text_list_clear(struct text_list *list)
{
    size_t i;

    for (i = 0; i < list->count; i++)
        free(list->texts[i]);
    free(list->texts);
    *list = (struct text_list){0};
}
