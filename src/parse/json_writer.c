/*
 * json_writer - JSON out, value by value.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/json_writer.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

/* Up to this doubles have every whole number: 2^53. */
#define MAX_WHOLE 9007199254740992.0

/* Add a value to what is open; it belongs to the writer from here on. */
static void
add(struct json_writer *writer, const char *name, json_t *value)
{
    json_t *open = writer->depth > 0 ? writer->open[writer->depth - 1] : NULL;
    int result = -1;

    if (open == NULL && writer->root == NULL && value != NULL) {
        writer->root = value;
        return;
    }
    if (json_is_object(open) && name != NULL)
        result = json_object_set_new(open, name, value);
    else if (json_is_array(open) && name == NULL)
        result = json_array_append_new(open, value);
    else
        json_decref(value);
    if (result < 0)
        writer->failed = true;
}

/* Add an object or an array, and leave it open. */
static void
begin(struct json_writer *writer, const char *name, json_t *value)
{
    if (writer->depth == JSON_WRITER_MAX_DEPTH) {
        json_decref(value);
        value = NULL;
    }
    add(writer, name, value);
    if (value == NULL || writer->failed) {
        writer->failed = true;
        return;
    }
    writer->open[writer->depth++] = value;
}

void
json_writer_begin_object(struct json_writer *writer, const char *name)
{
    begin(writer, name, json_object());
}

void
json_writer_begin_array(struct json_writer *writer, const char *name)
{
    begin(writer, name, json_array());
}

void
json_writer_end(struct json_writer *writer)
{
    if (writer->depth > 0)
        writer->depth--;
    else
        writer->failed = true;
}

/* Make a text of what is no UTF-8: its ASCII, with "?" for each other byte. */
static json_t *
make_ascii(const char *value)
{
    char *ascii = strdup(value);
    json_t *text = NULL;
    char *next;

    if (ascii == NULL)
        return NULL;
    for (next = ascii; *next != '\0'; next++) {
        if ((unsigned char) *next >= 0x80)
            *next = '?';
    }
    text = json_string(ascii);
    free(ascii);
    return text;
}

void
json_writer_text(struct json_writer *writer, const char *name,
                 const char *value)
{
    json_t *text;

    if (value == NULL) {
        add(writer, name, json_null());
        return;
    }
    text = json_string(value);
    add(writer, name, text == NULL ? make_ascii(value) : text);
}

void
json_writer_texts(struct json_writer *writer, const char *name,
                  const struct text_list *list)
{
    size_t i;

    json_writer_begin_array(writer, name);
    for (i = 0; i < list->count; i++)
        json_writer_text(writer, NULL, list->texts[i]);
    json_writer_end(writer);
}

void
json_writer_number(struct json_writer *writer, const char *name,
                   long long value)
{
    add(writer, name, json_integer(value));
}

/* Make a number, a whole one without a fraction as far as doubles have all. */
static json_t *
make_number(double number)
{
    if (number >= -MAX_WHOLE && number <= MAX_WHOLE
        && number == (double) (long long) number)
        return json_integer((long long) number);
    return json_real(number);
}

/* The recursion ends at JSON_MAX_DEPTH. NOLINTBEGIN(misc-no-recursion) */

void
json_writer_claim(struct json_writer *writer, const char *name,
                  const struct claim *claim)
{
    size_t i;

    switch (claim->type) {
    case CLAIM_NULL:
        json_writer_text(writer, name, NULL);
        return;
    case CLAIM_BOOLEAN:
        add(writer, name, json_boolean(claim->boolean));
        return;
    case CLAIM_NUMBER:
        add(writer, name, make_number(claim->number));
        return;
    case CLAIM_STRING:
        json_writer_text(writer, name, claim->string);
        return;
    case CLAIM_ARRAY:
        json_writer_begin_array(writer, name);
        break;
    case CLAIM_OBJECT:
        json_writer_begin_object(writer, name);
        break;
    }
    for (i = 0; i < claim->count && !writer->failed; i++)
        json_writer_claim(writer, claim->children[i].name, &claim->children[i]);
    json_writer_end(writer);
}

/* NOLINTEND(misc-no-recursion) */

/* Give the text in a form of jansson's, and free the rest. */
static int
finish(struct json_writer *writer, size_t form, struct secret *text)
{
    char *dumped = NULL;
    int result = -1;

    if (!writer->failed && writer->depth == 0)
        dumped = json_dumps(writer->root, form | JSON_ENSURE_ASCII);
    if (dumped != NULL) {
        result = secret_append(text, dumped, strlen(dumped));
        explicit_bzero(dumped, strlen(dumped));
    }
    free(dumped);
    json_decref(writer->root);
    *writer = (struct json_writer){0};
    return result;
}

int
json_writer_finish(struct json_writer *writer, struct secret *text)
{
    return finish(writer, JSON_INDENT(2), text);
}

int
json_writer_finish_compact(struct json_writer *writer, struct secret *text)
{
    return finish(writer, JSON_COMPACT, text);
}
