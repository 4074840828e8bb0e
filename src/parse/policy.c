/*
 * policy - the text of a session policy.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/policy.h"

#include <stdlib.h>
#include <string.h>

#include "model/sts_parameter.h"
#include "model/template.h"
#include "parse/json.h"

int
policy_check(const struct secret *text, struct fault *fault)
{
    int line = 0;

    if (strlen(secret_text(text)) != text->length
        || sts_parameter_latin_length(secret_text(text)) < 0)
        fault_raise(fault, REASON_CONFIG,
                    "holds a character that STS takes in no policy");
    else if (!json_holds_object(text, &line))
        fault_raise(fault, REASON_CONFIG,
                    "line %d: is not one JSON object without duplicate members",
                    line);
    else if (!template_is_well_formed(secret_text(text)))
        fault_raise(fault, REASON_CONFIG,
                    "a percent sign must be written %%%% (or be that of %%u)");
    else
        return 0;
    return -1;
}

char *
policy_expand(const char *policy, const char *user, struct fault *fault)
{
    char *expanded = template_expand(policy, user);
    struct secret text = {0};
    int line;

    if (expanded == NULL
        || secret_append(&text, expanded, strlen(expanded)) < 0) {
        fault_raise(fault, REASON_MEMORY, "no memory for a policy");
        goto fail;
    }
    if (!json_holds_object(&text, &line)) {
        fault_raise(fault, REASON_CONFIG,
                    "line %d: with the user in it, it has duplicate members",
                    line);
        goto fail;
    }
    secret_clear(&text);
    return expanded;

fail:
    secret_clear(&text);
    free(expanded);
    return NULL;
}
