/*
 * explanation - what explain has to say of a login, decision by decision.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/explanation.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/command.h"
#include "admin/output.h"
#include "base/reason.h"

static const char *const results[] = {
    [EXPLANATION_GOOD] = "good",
    [EXPLANATION_REFUSES] = "refuses",
    [EXPLANATION_PASSED_OVER] = "passed-over",
    [EXPLANATION_OPEN] = "open",
};

/* The codes that libpam hears. */
static const char *const pam_codes[REASON_COUNT] = {
#define REASON(id, name, pam_code, words) [REASON_##id] = #pam_code,
#include "base/reasons.def"
#undef REASON
};

void
explanation_begin(struct explanation *explanation, bool as_json,
                  const char *user)
{
    *explanation = (struct explanation){.as_json = as_json};
    if (!as_json)
        return;
    json_writer_begin_object(&explanation->json, NULL);
    json_writer_number(&explanation->json, "version", 1);
    json_writer_text(&explanation->json, "user", user);
    json_writer_begin_array(&explanation->json, "decisions");
}

/* Add a decision for programs. */
static void
write_json(struct json_writer *json, const char *decision, const char *name,
           enum explanation_result result, const char *why)
{
    json_writer_begin_object(json, NULL);
    json_writer_text(json, "decision", decision);
    if (name != NULL)
        json_writer_text(json, "name", name);
    json_writer_text(json, "result", results[result]);
    json_writer_text(json, "why", why);
    json_writer_end(json);
}

void
explanation_add(struct explanation *explanation, const char *decision,
                const char *name, enum explanation_result result,
                const char *format, ...)
{
    char *why = NULL;
    char *about = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&why, format, args) < 0)
        why = NULL;
    va_end(args);
    if (asprintf(&about, "%s%s%s", decision, name == NULL ? "" : " ",
                 name == NULL ? "" : name)
        < 0)
        about = NULL;
    if (why == NULL || about == NULL)
        output_line(stderr, "pam-aws-oidc: no memory for a line");
    else if (explanation->as_json)
        write_json(&explanation->json, decision, name, result, why);
    else
        output_line(stdout, "%-11s  %-26s  %s", results[result], about, why);
    free(about);
    free(why);
}

void
explanation_add_fault(struct explanation *explanation, const char *decision,
                      const char *name, const struct fault *fault)
{
    explanation_add(explanation, decision, name, EXPLANATION_REFUSES, "%s: %s",
                    reason_name(fault->reason), fault->text);
}

void
explanation_refuse(struct explanation *explanation, const char *decision,
                   const struct fault *fault)
{
    explanation_add_fault(explanation, decision, NULL, fault);
    if (!explanation->refusal.raised)
        explanation->refusal = *fault;
}

/* End the document. */
static int
end_json(struct explanation *explanation, const char *otherwise)
{
    struct json_writer *json = &explanation->json;
    const struct fault *refusal = &explanation->refusal;

    json_writer_end(json);
    json_writer_begin_object(json, "verdict");
    json_writer_text(json, "result", refusal->raised ? "refused" : "open");
    if (refusal->raised) {
        json_writer_text(json, "reason", reason_name(refusal->reason));
        json_writer_text(json, "pam_code", pam_codes[refusal->reason]);
        json_writer_text(json, "words", fault_words(refusal));
    }
    json_writer_text(json, "why", refusal->raised ? refusal->text : otherwise);
    json_writer_end(json);
    json_writer_end(json);
    return output_json(json);
}

int
explanation_end(struct explanation *explanation, const char *otherwise)
{
    const struct fault *refusal = &explanation->refusal;
    int status = refusal->raised ? COMMAND_BAD : COMMAND_GOOD;

    if (explanation->as_json)
        return end_json(explanation, otherwise) == 0 ? status : COMMAND_BAD;
    if (!refusal->raised) {
        output_line(stdout, "%s", otherwise);
        return status;
    }
    output_line(stdout, "Refused, with %s (%s): %s",
                reason_name(refusal->reason), pam_codes[refusal->reason],
                refusal->text);
    if (fault_words(refusal)[0] != '\0')
        output_line(stdout, "The user reads: %s", fault_words(refusal));
    return status;
}

char *
explanation_describe(const struct claim *claim)
{
    struct json_writer writer = {0};
    struct secret text = {0};
    char *copy = NULL;

    /* The writer begins with an array or an object: its brackets go. */
    json_writer_begin_array(&writer, NULL);
    json_writer_claim(&writer, NULL, claim);
    json_writer_end(&writer);
    if (json_writer_finish_compact(&writer, &text) == 0)
        copy = strndup(text.bytes + 1, text.length - 2);
    secret_clear(&text);
    return copy;
}
