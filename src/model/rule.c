/*
 * rule - which role is for whom.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/rule.h"

#include <stdlib.h>

void
rule_clear(struct rule *rule)
{
    free(rule->name);
    free(rule->role_arn);
    free(rule->region);
    *rule = (struct rule){0};
}
