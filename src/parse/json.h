/*
 * json - JSON text into claims. The one place that knows jansson.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PARSE_JSON_H
#define PARSE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/secret.h"
#include "model/claim.h"

/* How deep objects and arrays may stand in one another. */
#define JSON_MAX_DEPTH 16

/*
 * Read one JSON object (RFC 8259). Refused are: anything but one object, two
 * members of one name, text that is no UTF-8, a NUL inside a string, and more
 * than JSON_MAX_DEPTH levels.
 *
 * Gives 0, and the claim must be cleared; or -1 and REASON_BAD_CLAIMS, which
 * names no part of the text.
 */
int json_read_object(const struct secret *text, struct claim *object,
                     struct fault *fault);

/*
 * Whether a text is one JSON object, without two members of one name. If not,
 * *line is the line up to which it was, from 1.
 */
bool json_holds_object(const struct secret *text, int *line);

/* Whether bytes can be a string of a claim: UTF-8 without a NUL. */
bool json_takes_string(const char *bytes, size_t length);

/* The version of jansson that is in use. */
const char *json_version(void);

#endif
