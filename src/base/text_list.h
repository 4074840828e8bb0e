/*
 * text_list - some texts, in their order.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_TEXT_LIST_H
#define BASE_TEXT_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* A zeroed list is an empty one. */
struct text_list {
    char **texts;
    size_t count;
};

/* Append a copy. Gives 0, or -1 without memory, and the list as it was. */
int text_list_add(struct text_list *list, const char *text);

/* Whether one of the texts is this one, byte for byte. */
bool text_list_has(const struct text_list *list, const char *text);

/* Free what it owns; the list is empty and can be used again. */
void text_list_clear(struct text_list *list);

#endif
