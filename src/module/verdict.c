/*
 * verdict - the one place where a refusal becomes acceptance.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "module/verdict.h"

#include <string.h>

#include <security/pam_modules.h>

#include "model/endpoint.h"

/* Pass on the helper's refusal; it may not answer with what is ours to say. */
static void
raise_refusal(const struct outcome *outcome, struct fault *fault)
{
    if (outcome->reason == REASON_SERVICE_NOT_SERVED) {
        fault_raise(fault, REASON_SYSTEM,
                    "the helper gave a reason that is not its own to give");
        return;
    }
    fault_raise(fault, outcome->reason, "%s", outcome->text);
    if (outcome->words[0] != '\0')
        fault_set_words(fault, "%s", outcome->words);
}

int
verdict_check(const struct outcome *outcome, const struct local_user *user,
              time_t now, struct fault *fault)
{
    if (outcome->reason != REASON_OK) {
        raise_refusal(outcome, fault);
        return -1;
    }
    if (user->name[0] == '\0' || strcmp(outcome->user, user->name) != 0) {
        fault_raise(fault, REASON_SYSTEM,
                    "the helper's verdict is about another user");
        return -1;
    }
    if (outcome->region[0] != '\0'
        && !endpoint_region_is_valid(outcome->region)) {
        fault_raise(fault, REASON_SYSTEM,
                    "the region of the helper's verdict is malformed");
        return -1;
    }
    if (credentials_check(&outcome->credentials, now, REASON_SYSTEM, fault)
        < 0) {
        fault_prefix(fault, "the helper's verdict");
        return -1;
    }
    return 0;
}

int
verdict_pam_code(enum reason reason)
{
    static const int codes[REASON_COUNT] = {
#define REASON(id, name, pam_code, words) [REASON_##id] = (pam_code),
#include "base/reasons.def"
#undef REASON
    };

    if ((size_t) reason >= REASON_COUNT)
        return PAM_SYSTEM_ERR;
    return codes[reason];
}
