/*
 * rule - which role is for whom. The first one that matches counts.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_RULE_H
#define MODEL_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text_list.h"
#include "model/claim.h"
#include "model/role_session.h"

/* What a token must say. */
struct claim_condition {
    struct text_list
        path;         /* the claim's name; more of them lead into objects */
    struct claim any; /* an array of strings, numbers and booleans */
};

struct rule {
    char *name;                     /* for the audit line */
    int line;                       /* of the configuration, its name's */
    struct text_list users;         /* of this host */
    struct text_list groups;        /* of this host */
    struct claim_condition *claims; /* all of them must match */
    size_t claim_count;

    char *role_arn;
    struct role role; /* what role_arn says */
    int duration;     /* seconds; 0 leaves it to STS */
    struct text_list policy_arns;
    char *policy;      /* an inline policy, as a template; or NULL */
    char *policy_file; /* the path of such a text; or NULL */
    int policy_line;   /* of the configuration, where either stands */
    char *region;      /* AWS_REGION in the session; NULL for that of STS */
};

/* Who wants a role. */
struct rule_subject {
    const char *user;
    const struct text_list *groups; /* those of the rules' that he is in */
    const struct claim *claims;     /* of an ID token; else of no object */
};

/* Whether he is one of the rule's users or in one of its groups, where it has
   any. */
bool rule_has_user(const struct rule *rule, const struct rule_subject *subject);

/*
 * What claims say of the one that a condition is about; NULL where that does
 * not count, or is not there. "email" counts only where it is verified, as
 * claim_is_verified says.
 */
const struct claim *rule_find_claim(const struct claim_condition *condition,
                                    const struct claim *claims);

/*
 * Whether claims meet a condition: a string, number or boolean does if it
 * equals one of the condition's values and has the same type; an array, if one
 * of its elements does.
 */
bool rule_condition_is_met(const struct claim_condition *condition,
                           const struct claim *claims);

/*
 * Whether a rule is for somebody: it has him as a user, and what his token says
 * meets every condition.
 */
bool rule_matches(const struct rule *rule, const struct rule_subject *subject);

/* Free what the rule owns. */
void rule_clear(struct rule *rule);

#endif
