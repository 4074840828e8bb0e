/*
 * json - JSON text into claims. The one place that knows jansson.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/json.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

/* The recursion ends at JSON_MAX_DEPTH. NOLINTBEGIN(misc-no-recursion) */

static int copy_value(json_t *value, int depth, struct claim *claim);

/* Make room for so many children. */
static int
make_children(struct claim *claim, size_t count)
{
    claim->children = calloc(count == 0 ? 1 : count, sizeof *claim->children);
    return claim->children == NULL ? -1 : 0;
}

/* Copy the members of an object, in their order. */
static int
copy_members(json_t *object, int depth, struct claim *claim)
{
    void *member;
    struct claim *child;

    claim->type = CLAIM_OBJECT;
    if (make_children(claim, json_object_size(object)) < 0)
        return -1;
    for (member = json_object_iter(object); member != NULL;
         member = json_object_iter_next(object, member)) {
        child = &claim->children[claim->count++];
        child->name = strdup(json_object_iter_key(member));
        if (child->name == NULL
            || copy_value(json_object_iter_value(member), depth, child) < 0)
            return -1;
    }
    return 0;
}

/* Copy the elements of an array. */
static int
copy_elements(const json_t *array, int depth, struct claim *claim)
{
    size_t i;

    claim->type = CLAIM_ARRAY;
    if (make_children(claim, json_array_size(array)) < 0)
        return -1;
    for (i = 0; i < json_array_size(array); i++) {
        claim->count++;
        if (copy_value(json_array_get(array, i), depth, &claim->children[i])
            < 0)
            return -1;
    }
    return 0;
}

/*
 * Copy a value with all below it. Gives -1 when it is too deep or memory is
 * short; what was copied until then is in the claim, to be cleared.
 */
static int
copy_value(json_t *value, int depth, struct claim *claim)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return depth == JSON_MAX_DEPTH ? -1
                                       : copy_members(value, depth + 1, claim);
    case JSON_ARRAY:
        return depth == JSON_MAX_DEPTH ? -1
                                       : copy_elements(value, depth + 1, claim);
    case JSON_STRING:
        claim->type = CLAIM_STRING;
        claim->string = strdup(json_string_value(value));
        return claim->string == NULL ? -1 : 0;
    case JSON_INTEGER: /* does not come: an integer may be of any length */
    case JSON_REAL:
        claim->type = CLAIM_NUMBER;
        claim->number = json_number_value(value);
        return 0;
    case JSON_TRUE:
    case JSON_FALSE:
        claim->type = CLAIM_BOOLEAN;
        claim->boolean = json_is_true(value);
        return 0;
    case JSON_NULL:
        claim->type = CLAIM_NULL;
        return 0;
    }
    return -1;
}

/* NOLINTEND(misc-no-recursion) */

/* Parse a text. Gives what must be released, or NULL unless it is an object. */
static json_t *
parse_object(const struct secret *text, int *line)
{
    json_error_t error = {.line = 1};
    json_t *value = NULL;

    if (text->length > 0)
        value = json_loadb(text->bytes, text->length,
                           JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL,
                           &error);
    *line = error.line < 1 ? 1 : error.line;
    if (json_is_object(value))
        return value;
    json_decref(value);
    return NULL;
}

bool
json_holds_object(const struct secret *text, int *line)
{
    json_t *object = parse_object(text, line);
    bool is_object = object != NULL;

    json_decref(object);
    return is_object;
}

int
json_read_object(const struct secret *text, struct claim *object,
                 struct fault *fault)
{
    int line;
    json_t *value = parse_object(text, &line);
    int result = -1;

    *object = (struct claim){0};
    if (value == NULL) {
        fault_raise(fault, REASON_BAD_CLAIMS,
                    "it is not one JSON object without duplicate members");
        goto out;
    }
    if (copy_value(value, 0, object) < 0) {
        fault_raise(fault, REASON_BAD_CLAIMS,
                    "its JSON is deeper than %d levels, or memory is short",
                    JSON_MAX_DEPTH);
        claim_clear(object);
        goto out;
    }
    result = 0;

out:
    json_decref(value);
    return result;
}

bool
json_takes_string(const char *bytes, size_t length)
{
    json_t *string = NULL;
    bool is_string;

    if (memchr(bytes, '\0', length) == NULL)
        string = json_stringn(bytes, length);
    is_string = string != NULL;
    json_decref(string);
    return is_string;
}

const char *
json_version(void)
{
    return jansson_version_str();
}
