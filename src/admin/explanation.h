/*
 * explanation - what explain has to say of a login, decision by decision.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_EXPLANATION_H
#define ADMIN_EXPLANATION_H

#include <stdbool.h>

#include "base/fault.h"
#include "model/claim.h"
#include "parse/json_writer.h"

/* What a decision came to. */
enum explanation_result {
    EXPLANATION_GOOD,
    EXPLANATION_REFUSES,
    EXPLANATION_PASSED_OVER, /* of a rule: it is not for him */
    EXPLANATION_OPEN,        /* it depends on a token, or on STS */
};

struct explanation {
    bool as_json;
    struct json_writer json; /* of the decisions so far, where it is JSON */
    struct fault refusal;    /* the first; a login ends with it */
};

/* Begin: as text, printed as it comes, or as one JSON document. */
void explanation_begin(struct explanation *explanation, bool as_json,
                       const char *user);

/*
 * Add a decision: what it is about, with the name of the rule, provider or
 * parameter, or NULL; what it came to; and why.
 */
void explanation_add(struct explanation *explanation, const char *decision,
                     const char *name, enum explanation_result result,
                     const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Add one that refuses by itself, though the login may go on without it. */
void explanation_add_fault(struct explanation *explanation,
                           const char *decision, const char *name,
                           const struct fault *fault);

/* Add one that refuses. The first of them is what the login ends with. */
void explanation_refuse(struct explanation *explanation, const char *decision,
                        const struct fault *fault);

/*
 * End it: with the refusal, or else with this as what can become of the login.
 * Gives COMMAND_GOOD, or COMMAND_BAD where something refuses.
 */
int explanation_end(struct explanation *explanation, const char *otherwise);

/* What a claim says, as JSON on one line. Gives what must be freed, or NULL. */
char *explanation_describe(const struct claim *claim);

#endif
