/*
 * claim - what a token says, as a tree of values.
 *
 * The JSON types of RFC 8259, with members in the order in which they stood.
 * The payload of a token is one claim of type CLAIM_OBJECT.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_CLAIM_H
#define MODEL_CLAIM_H

#include <stdbool.h>
#include <stddef.h>

enum claim_type {
    CLAIM_NULL,
    CLAIM_BOOLEAN,
    CLAIM_NUMBER,
    CLAIM_STRING,
    CLAIM_ARRAY,
    CLAIM_OBJECT,
};

struct claim {
    char *name; /* NULL for the payload itself and in an array */
    enum claim_type type;
    bool boolean;           /* of CLAIM_BOOLEAN */
    double number;          /* of CLAIM_NUMBER; whole numbers up to 2^53 */
    char *string;           /* of CLAIM_STRING, UTF-8, without NUL bytes */
    struct claim *children; /* of CLAIM_ARRAY and CLAIM_OBJECT */
    size_t count;
};

/*
 * The claims that AWS makes session tags and the source identity of. Source:
 * IAM User Guide, "Pass session tags in AWS STS" and "Monitor and control
 * actions taken with assumed roles".
 */
#define CLAIM_SESSION_TAGS    "https://aws.amazon.com/tags"
#define CLAIM_SOURCE_IDENTITY "https://aws.amazon.com/source_identity"

/* The member of that name; NULL where there is none, or it is no object. */
const struct claim *claim_member(const struct claim *object, const char *name);

/* The string that a member holds; NULL where it is missing or no string. */
const char *claim_string(const struct claim *object, const char *name);

/*
 * Whether a claim of that name may have been typed by anyone, unless
 * "email_verified" is the boolean true: "email" (OpenID Connect Core, 5.1).
 */
bool claim_must_be_verified(const char *name);

/*
 * Whether a claim of that name may tell who somebody is. All may but one that
 * must be verified and is not.
 */
bool claim_is_verified(const struct claim *claims, const char *name);

/* Free what the claim owns, with all below it. */
void claim_clear(struct claim *claim);

#endif
