/*
 * trust_document - a trust policy as the JSON that IAM takes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/trust_document.h"

#include <stddef.h>
#include <string.h>

#include "parse/json.h"

/* The language of policies, the only one with variables. */
#define LANGUAGE "2012-10-17"

/* Write one value as a text, several as an array. */
static void
write_values(struct json_writer *writer, const char *name,
             const struct text_list *values)
{
    if (values->count == 1)
        json_writer_text(writer, name, values->texts[0]);
    else
        json_writer_texts(writer, name, values);
}

/* Write the conditions of an operator, where there are any. */
static void
write_conditions(struct json_writer *writer, const char *operator,
                 const struct trust_statement * statement, bool are_patterns)
{
    const struct trust_condition *condition;
    bool any = false;
    size_t i;

    for (i = 0; i < statement->condition_count; i++) {
        condition = &statement->conditions[i];
        if (condition->is_pattern != are_patterns)
            continue;
        if (!any)
            json_writer_begin_object(writer, operator);
        any = true;
        write_values(writer, condition->key, &condition->values);
    }
    if (any)
        json_writer_end(writer);
}

/* Write what a statement allows. */
static void
write_actions(struct json_writer *writer, const struct trust_policy *policy)
{
    static const char assume[] = "sts:AssumeRoleWithWebIdentity";

    if (!policy->tags && !policy->source_identity) {
        json_writer_text(writer, "Action", assume);
        return;
    }
    json_writer_begin_array(writer, "Action");
    json_writer_text(writer, NULL, assume);
    if (policy->tags)
        json_writer_text(writer, NULL, "sts:TagSession");
    if (policy->source_identity)
        json_writer_text(writer, NULL, "sts:SetSourceIdentity");
    json_writer_end(writer);
}

/* Write a statement. */
static void
write_statement(struct json_writer *writer, const struct trust_policy *policy,
                const struct trust_statement *statement)
{
    json_writer_begin_object(writer, NULL);
    json_writer_text(writer, "Effect", "Allow");
    json_writer_begin_object(writer, "Principal");
    json_writer_text(writer, "Federated", statement->principal);
    json_writer_end(writer);
    write_actions(writer, policy);
    json_writer_begin_object(writer, "Condition");
    write_conditions(writer, "StringEquals", statement, false);
    write_conditions(writer, "StringLike", statement, true);
    json_writer_end(writer);
    json_writer_end(writer);
}

void
trust_document_write(struct json_writer *writer, const char *name,
                     const struct trust_policy *policy)
{
    size_t i;

    json_writer_begin_object(writer, name);
    json_writer_text(writer, "Version", LANGUAGE);
    json_writer_begin_array(writer, "Statement");
    for (i = 0; i < policy->statement_count; i++)
        write_statement(writer, policy, &policy->statements[i]);
    json_writer_end(writer);
    json_writer_end(writer);
}

/* Whether JSON can say all texts of a statement that others have written. */
static bool
can_be_written(const struct trust_statement *statement)
{
    const struct trust_condition *condition;
    const char *text;
    size_t i;
    size_t j;

    for (i = 0; i < statement->condition_count; i++) {
        condition = &statement->conditions[i];
        if (!json_takes_string(condition->key, strlen(condition->key)))
            return false;
        for (j = 0; j < condition->values.count; j++) {
            text = condition->values.texts[j];
            if (!json_takes_string(text, strlen(text)))
                return false;
        }
    }
    return true;
}

int
trust_document_make(const struct trust_policy *policy, bool is_compact,
                    struct secret *text, struct fault *fault)
{
    struct json_writer writer = {0};
    size_t i;

    for (i = 0; i < policy->statement_count; i++) {
        if (!can_be_written(&policy->statements[i])) {
            fault_raise(fault, REASON_CONFIG,
                        "the configuration says who somebody is with a text"
                        " that is no UTF-8, which no token can have");
            return -1;
        }
    }
    trust_document_write(&writer, NULL, policy);
    if ((is_compact ? json_writer_finish_compact(&writer, text)
                    : json_writer_finish(&writer, text))
        == 0)
        return 0;
    fault_raise(fault, REASON_MEMORY, "no memory for a trust policy");
    return -1;
}
