/*
 * claim - what a token says, as a tree of values.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/claim.h"

#include <stdlib.h>
#include <string.h>

const struct claim *
claim_member(const struct claim *object, const char *name)
{
    size_t i;

    if (object->type != CLAIM_OBJECT)
        return NULL;
    for (i = 0; i < object->count; i++) {
        if (strcmp(object->children[i].name, name) == 0)
            return &object->children[i];
    }
    return NULL;
}

const char *
claim_string(const struct claim *object, const char *name)
{
    const struct claim *member = claim_member(object, name);

    if (member == NULL || member->type != CLAIM_STRING)
        return NULL;
    return member->string;
}

bool
claim_must_be_verified(const char *name)
{
    return strcmp(name, "email") == 0;
}

bool
claim_is_verified(const struct claim *claims, const char *name)
{
    const struct claim *verified;

    if (!claim_must_be_verified(name))
        return true;
    verified = claim_member(claims, "email_verified");
    return verified != NULL && verified->type == CLAIM_BOOLEAN
           && verified->boolean;
}

/* Recursion ends: parse/json limits how deep a tree can be. */
void
claim_clear(struct claim *claim) /* NOLINT(misc-no-recursion) */
{
    size_t i;

    for (i = 0; i < claim->count; i++)
        claim_clear(&claim->children[i]);
    free(claim->children);
    free(claim->name);
    free(claim->string);
    *claim = (struct claim){0};
}
