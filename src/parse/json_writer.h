/*
 * json_writer - JSON out, value by value.
 *
 * What fails once fails to the end: only json_writer_finish tells.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PARSE_JSON_WRITER_H
#define PARSE_JSON_WRITER_H

#include <stdbool.h>

#include "base/secret.h"
#include "base/text_list.h"
#include "model/claim.h"

struct json_t; /* jansson's */

/* How deep objects and arrays may stand in one another. */
#define JSON_WRITER_MAX_DEPTH 32

/* A zeroed writer has written nothing. */
struct json_writer {
    struct json_t *root;
    struct json_t *open[JSON_WRITER_MAX_DEPTH]; /* that have not ended yet */
    int depth;
    bool failed;
};

/*
 * Begin an object or an array: the outermost, with no name; a member of the
 * object that is open, by its name; or an element of the array that is open.
 */
void json_writer_begin_object(struct json_writer *writer, const char *name);
void json_writer_begin_array(struct json_writer *writer, const char *name);

/* End the one that was begun last. */
void json_writer_end(struct json_writer *writer);

/* Write a text; null for NULL. What is no UTF-8 has "?" in place of it. */
void json_writer_text(struct json_writer *writer, const char *name,
                      const char *value);

/* Write an array of texts. */
void json_writer_texts(struct json_writer *writer, const char *name,
                       const struct text_list *list);

void json_writer_number(struct json_writer *writer, const char *name,
                        long long value);

/* Write what a claim says. */
void json_writer_claim(struct json_writer *writer, const char *name,
                       const struct claim *claim);

/*
 * Give the text, indented by two and in ASCII, and free the rest; the writer is
 * a zeroed one again. Gives 0; or -1, where memory was short, or it is no whole
 * JSON text.
 */
int json_writer_finish(struct json_writer *writer, struct secret *text);

/* The same without any blank between the values, on one line. */
int json_writer_finish_compact(struct json_writer *writer, struct secret *text);

#endif
