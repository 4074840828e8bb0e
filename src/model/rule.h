/*
 * rule - which role is for whom. The first one that matches counts.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_RULE_H
#define MODEL_RULE_H

#include "model/role_session.h"

struct rule {
    char *name; /* for the audit line */
    char *role_arn;
    struct role role; /* what role_arn says */
    int duration;     /* seconds; 0 leaves it to STS */
    char *region;     /* AWS_REGION in the session; NULL for that of STS */
};

/* Free what the rule owns. */
void rule_clear(struct rule *rule);

#endif
