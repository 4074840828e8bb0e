/*
 * rule - which role is for whom.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/rule.h"

#include <stdlib.h>
#include <string.h>

bool
rule_has_user(const struct rule *rule, const struct rule_subject *subject)
{
    size_t i;

    if (rule->users.count == 0 && rule->groups.count == 0)
        return true;
    for (i = 0; i < rule->groups.count; i++) {
        if (text_list_has(subject->groups, rule->groups.texts[i]))
            return true;
    }
    return text_list_has(&rule->users, subject->user);
}

/* Whether two values are the same string, number or boolean. */
static bool
equals(const struct claim *one, const struct claim *other)
{
    if (one->type != other->type)
        return false;
    switch (one->type) {
    case CLAIM_STRING:
        return strcmp(one->string, other->string) == 0;
    case CLAIM_NUMBER:
        return one->number == other->number;
    case CLAIM_BOOLEAN:
        return one->boolean == other->boolean;
    case CLAIM_NULL:
    case CLAIM_ARRAY:
    case CLAIM_OBJECT:
        break;
    }
    return false;
}

/* Whether a value is among those of an array. */
static bool
is_among(const struct claim *value, const struct claim *array)
{
    size_t i;

    for (i = 0; i < array->count; i++) {
        if (equals(value, &array->children[i]))
            return true;
    }
    return false;
}

const struct claim *
rule_find_claim(const struct claim_condition *condition,
                const struct claim *claims)
{
    const struct claim *claim = claims;
    size_t i;

    if (condition->path.count == 1
        && !claim_is_verified(claims, condition->path.texts[0]))
        return NULL;
    for (i = 0; claim != NULL && i < condition->path.count; i++)
        claim = claim_member(claim, condition->path.texts[i]);
    return claim;
}

bool
rule_condition_is_met(const struct claim_condition *condition,
                      const struct claim *claims)
{
    const struct claim *claim = rule_find_claim(condition, claims);
    size_t i;

    if (claim == NULL)
        return false;
    if (claim->type != CLAIM_ARRAY)
        return is_among(claim, &condition->any);
    for (i = 0; i < claim->count; i++) {
        if (is_among(&claim->children[i], &condition->any))
            return true;
    }
    return false;
}

bool
rule_matches(const struct rule *rule, const struct rule_subject *subject)
{
    size_t i;

    if (!rule_has_user(rule, subject))
        return false;
    for (i = 0; i < rule->claim_count; i++) {
        if (!rule_condition_is_met(&rule->claims[i], subject->claims))
            return false;
    }
    return true;
}

void
rule_clear(struct rule *rule)
{
    size_t i;

    free(rule->name);
    text_list_clear(&rule->users);
    text_list_clear(&rule->groups);
    for (i = 0; i < rule->claim_count; i++) {
        text_list_clear(&rule->claims[i].path);
        claim_clear(&rule->claims[i].any);
    }
    free(rule->claims);
    free(rule->role_arn);
    text_list_clear(&rule->policy_arns);
    free(rule->policy);
    free(rule->policy_file);
    free(rule->region);
    *rule = (struct rule){0};
}
