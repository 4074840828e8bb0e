/*
 * requirements - what a token would have to contain, for a user to get in.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/requirements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "login/login_files.h"
#include "login/sts.h"
#include "model/template.h"
#include "parse/identity_map.h"
#include "parse/json.h"
#include "parse/json_writer.h"

/* Values of a map that are named; of more, only how many there are. */
#define MAX_VALUES 20

/* Join texts, with something between them, and a quote on either side of each.
 */
static char *
join(const struct text_list *list, const char *between, const char *quote)
{
    char *text = strdup("");
    char *longer;
    size_t i;

    for (i = 0; text != NULL && i < list->count; i++) {
        if (asprintf(&longer, "%s%s%s%s%s", text, i == 0 ? "" : between, quote,
                     list->texts[i], quote)
            < 0)
            longer = NULL;
        free(text);
        text = longer;
    }
    return text;
}

char *
requirements_join(const struct text_list *list)
{
    return join(list, ", ", "");
}

/* Name a claim that a condition is about, with what it lies in. */
static char *
name_claim(const struct claim_condition *condition)
{
    return join(&condition->path, " > ", "");
}

/* Explain a condition, and what a token says that does not meet it. */
static void
explain_condition(struct explanation *explanation, const struct rule *rule,
                  const struct claim_condition *condition,
                  const struct claim *claims)
{
    const struct claim *claim = rule_find_claim(condition, claims);
    char *name = name_claim(condition);
    char *said = claim == NULL ? NULL : explanation_describe(claim);
    char *wanted = explanation_describe(&condition->any);

    explanation_add(explanation, "rule", rule->name, EXPLANATION_PASSED_OVER,
                    "%s is %s, and none of %s", name == NULL ? "" : name,
                    said == NULL ? "missing, or not verified" : said,
                    wanted == NULL ? "" : wanted);
    free(wanted);
    free(said);
    free(name);
}

/* Say whom a rule is for. */
static void
explain_users(struct explanation *explanation, const struct rule *rule)
{
    char *users = requirements_join(&rule->users);
    char *groups = requirements_join(&rule->groups);

    explanation_add(explanation, "rule", rule->name, EXPLANATION_PASSED_OVER,
                    "it is for users %s; for groups %s",
                    users == NULL || users[0] == '\0' ? "none" : users,
                    groups == NULL || groups[0] == '\0' ? "none" : groups);
    free(users);
    free(groups);
}

void
requirements_explain_rule(struct explanation *explanation,
                          const struct rule *rule,
                          const struct rule_subject *subject)
{
    size_t i;

    if (!rule_has_user(rule, subject)) {
        explain_users(explanation, rule);
        return;
    }
    for (i = 0; i < rule->claim_count; i++) {
        if (!rule_condition_is_met(&rule->claims[i], subject->claims))
            explain_condition(explanation, rule, &rule->claims[i],
                              subject->claims);
    }
}

/* Find the values of a user in a map's text, as far as a token can have them.
   Gives 0, or -1 and the fault. */
static int
find_values(const struct secret *map, const char *user,
            struct text_list *values, struct fault *fault)
{
    struct map_entry entry = {0};
    char *value;
    int result;

    while ((result = identity_map_next(map, &entry, fault)) == 1) {
        if (entry.user.length != strlen(user)
            || memcmp(entry.user.start, user, entry.user.length) != 0
            || !json_takes_string(entry.value.start, entry.value.length))
            continue;
        value = strndup(entry.value.start, entry.value.length);
        if (value == NULL || text_list_add(values, value) < 0)
            fault_raise(fault, REASON_MEMORY, "no memory for its values");
        free(value);
        if (fault->raised)
            return -1;
    }
    return result;
}

/* Read the map of a mapping, and find them. */
static int
read_values(const struct login_view *view,
            const struct identity_mapping *mapping, const char *user,
            struct text_list *values, struct fault *fault)
{
    struct secret map = {0};
    int result = login_files_read_map(view->files, mapping, &map, fault);

    if (result == 0) {
        result = find_values(&map, user, values, fault);
        if (result < 0)
            login_files_blame(view->files, mapping->map_file,
                              mapping->map_file_line, fault);
    }
    secret_clear(&map);
    return result;
}

/*
 * Find what the claim would have to be that tells who somebody is. Leaves the
 * list empty where no value is this user's, or there is a fault.
 */
static void
expect_values(const struct login_view *view,
              const struct identity_mapping *mapping, const char *user,
              struct text_list *values, struct fault *fault)
{
    char *expected;

    if (mapping->is == NULL) {
        if (read_values(view, mapping, user, values, fault) < 0)
            text_list_clear(values);
        return;
    }
    expected = template_expand(mapping->is, user);
    if (expected == NULL
        || (json_takes_string(expected, strlen(expected))
            && text_list_add(values, expected) < 0))
        fault_raise(fault, REASON_MEMORY, "no memory for a claim");
    free(expected);
}

/* Name values, in quotes; of many, only the first. */
static char *
name_values(const struct text_list *values)
{
    const struct text_list first = {
        .texts = values->texts,
        .count = values->count < MAX_VALUES ? values->count : MAX_VALUES,
    };
    char *text = join(&first, ", ", "\"");
    char *longer = NULL;

    if (text == NULL || first.count == values->count)
        return text;
    if (asprintf(&longer, "%s and %zu more", text, values->count - first.count)
        < 0)
        longer = NULL;
    free(text);
    return longer;
}

/* Which tokens can be the user's. */
struct expected {
    struct claim *tokens; /* of each provider of ID tokens: what they have */
    size_t count;
    bool access_tokens; /* whose claims nobody knows, nor rules ask for */
    struct fault fault; /* the first, of a map or a role session */
};

/* Expect a provider's tokens: with its issuer, and one of these values. */
static void
expect_token(struct expected *expected, const struct provider *provider,
             const struct text_list *values)
{
    static const struct claim yes = {.type = CLAIM_BOOLEAN, .boolean = true};
    struct claim *token = &expected->tokens[expected->count];
    struct json_writer writer = {0};
    struct secret text = {0};
    struct fault ignored = {0};

    if (provider_is_of_access_tokens(provider)) {
        expected->access_tokens = true;
        return;
    }
    expected->count++;
    /* Of what cannot be written nothing is known: it may have any claim. */
    json_writer_begin_object(&writer, NULL);
    json_writer_text(&writer, "iss", provider->issuer);
    json_writer_texts(&writer, provider->user.claim, values);
    if (claim_must_be_verified(provider->user.claim))
        json_writer_claim(&writer, "email_verified", &yes);
    json_writer_end(&writer);
    if (json_writer_finish_compact(&writer, &text) == 0)
        (void) json_read_object(&text, token, &ignored);
    secret_clear(&text);
}

/* Whether a token can meet the conditions of a rule, as far as is known. */
static bool
can_meet(const struct claim *token, const struct rule *rule)
{
    const struct claim_condition *condition;
    size_t i;

    for (i = 0; i < rule->claim_count; i++) {
        condition = &rule->claims[i];
        if (condition->path.count == 1
            && claim_member(token, condition->path.texts[0]) != NULL
            && !rule_condition_is_met(condition, token))
            return false;
    }
    return true;
}

/* Whether one of the tokens can, or there is none to speak of. */
static bool
can_be_met(const struct expected *expected, const struct rule *rule)
{
    size_t i;

    if (rule->claim_count == 0)
        return true;
    for (i = 0; i < expected->count; i++) {
        if (can_meet(&expected->tokens[i], rule))
            return true;
    }
    return expected->count == 0 && !expected->access_tokens;
}

/* Say what a token of a provider has to be, with one of these values. */
static void
explain_token(struct explanation *explanation, const struct provider *provider,
              const struct text_list *list)
{
    const char *claim = provider->user.claim;
    char *values = name_values(list);
    char *audience = requirements_join(&provider->audience);

    if (provider_is_of_access_tokens(provider))
        explanation_add(explanation, "provider", provider->name,
                        EXPLANATION_OPEN,
                        "an access token that begins with %s, for the"
                        " ProviderId %s, of which STS says the audience %s and"
                        " the subject %s",
                        provider->token_prefix, provider->provider_id,
                        audience == NULL ? "" : audience,
                        values == NULL ? "" : values);
    else
        explanation_add(
            explanation, "provider", provider->name, EXPLANATION_OPEN,
            "an ID token that has not expired, with iss %s, aud (or azp, if it"
            " has one) of %s, and %s %s%s",
            provider->issuer, audience == NULL ? "" : audience, claim,
            values == NULL ? "" : values,
            claim_must_be_verified(claim) ? ", email_verified true" : "");
    free(audience);
    free(values);
}

/* Explain a provider, and expect its tokens where they can be the user's. */
static void
explain_provider(struct explanation *explanation, const char *user,
                 const struct login_view *view, const struct provider *provider,
                 struct expected *expected)
{
    const struct identity_mapping *mapping = &provider->user;
    struct fault fault = {0};
    struct text_list values = {0};

    expect_values(view, mapping, user, &values, &fault);
    if (values.count > 0) {
        explain_token(explanation, provider, &values);
        expect_token(expected, provider, &values);
    } else if (fault.raised) {
        explanation_add_fault(explanation, "provider", provider->name, &fault);
        if (!expected->fault.raised)
            expected->fault = fault;
    } else {
        explanation_add(explanation, "provider", provider->name,
                        EXPLANATION_PASSED_OVER, "no %s is this user's in %s",
                        mapping->claim,
                        mapping->is == NULL ? mapping->map_file : mapping->is);
    }
    text_list_clear(&values);
}

void
requirements_explain_subject(struct explanation *explanation, const char *user,
                             const struct login_view *view)
{
    const struct provider *provider = view->provider;
    struct fault fault = {0};
    struct text_list list = {0};
    char *values;
    char *audience = requirements_join(&provider->audience);

    expect_values(view, &provider->user, user, &list, &fault);
    values = name_values(&list);
    if (list.count > 0) {
        explanation_add(explanation, "identity", NULL, EXPLANATION_OPEN,
                        "an access token, of which STS must say the audience %s"
                        " and the subject %s",
                        audience == NULL ? "" : audience,
                        values == NULL ? "" : values);
    } else {
        fault_raise(&fault, REASON_NOT_YOUR_TOKEN,
                    "no token of this provider can be this user's");
        explanation_refuse(explanation, "identity", &fault);
    }
    free(audience);
    free(values);
    text_list_clear(&list);
}

/* Where parameters go, and what is said of them. */
struct parameters {
    struct explanation *explanation;
    enum explanation_result result;
};

/* Add a parameter of a request to the explanation. */
static int
add_parameter(void *self, const char *name, const char *value,
              struct fault *fault)
{
    const struct parameters *parameters = self;

    (void) fault;
    explanation_add(parameters->explanation, "parameter", name,
                    parameters->result, "%s", value);
    return 0;
}

void
requirements_explain_session(struct explanation *explanation,
                             enum explanation_result result,
                             const struct role_session *session,
                             const char *token)
{
    struct parameters parameters = {explanation, result};
    const struct sts_writer writer = {.write = add_parameter,
                                      .self = &parameters};
    struct fault ignored = {0};

    /* The writer refuses nothing. */
    (void) sts_write_parameters(session, token, &writer, &ignored);
}

/* Explain what STS would be asked for by a rule. Gives whether it can be, or
   the fault. */
static bool
explain_wish(struct explanation *explanation, const char *user,
             const struct login_view *view, const struct rule *rule,
             struct fault *fault)
{
    const struct session_wish wish = {.rule = rule, .user = user};
    struct role_session session = {0};
    struct fault cause = {0};
    char *policy = NULL;

    if (login_files_make_session(view->files, &wish, &session, &policy, &cause)
        == 0)
        requirements_explain_session(explanation, EXPLANATION_OPEN, &session,
                                     "(the token)");
    else
        explanation_add_fault(explanation, "role-session", NULL, &cause);
    if (cause.raised && !fault->raised)
        *fault = cause;
    free(policy);
    return !cause.raised;
}

/* Whether a condition is about a claim that must be verified. */
static bool
is_of_verified(const struct claim_condition *condition)
{
    return condition->path.count == 1
           && claim_must_be_verified(condition->path.texts[0]);
}

/* Explain a rule whose users or groups have the user. */
static void
explain_open_rule(struct explanation *explanation, const struct rule *rule)
{
    char *name;
    char *wanted;
    size_t i;

    if (rule->claim_count == 0)
        explanation_add(explanation, "rule", rule->name, EXPLANATION_OPEN,
                        "for any token of his that no rule above is for: %s",
                        rule->role_arn);
    for (i = 0; i < rule->claim_count; i++) {
        name = name_claim(&rule->claims[i]);
        wanted = explanation_describe(&rule->claims[i].any);
        explanation_add(explanation, "rule", rule->name, EXPLANATION_OPEN,
                        "%s %s of %s%s: %s",
                        i == 0 ? "for a token with" : "and also with",
                        name == NULL ? "" : name, wanted == NULL ? "" : wanted,
                        is_of_verified(&rule->claims[i])
                            ? ", email_verified true"
                            : "",
                        rule->role_arn);
        free(wanted);
        free(name);
    }
}

/*
 * Explain the rules, up to one that takes any token. Gives whether one is open;
 * where none is, perhaps with a fault.
 */
static bool
explain_rules(struct explanation *explanation, const char *user,
              const struct login_view *view, struct expected *expected)
{
    const struct rule_subject subject = {.user = user, .groups = view->groups};
    const struct rule *rule;
    bool is_possible = false;
    size_t i;

    for (i = 0; i < view->configuration->rule_count; i++) {
        rule = &view->configuration->rules[i];
        if (!rule_has_user(rule, &subject)) {
            explain_users(explanation, rule);
            continue;
        }
        if (!can_be_met(expected, rule)) {
            explanation_add(explanation, "rule", rule->name,
                            EXPLANATION_PASSED_OVER,
                            "no token that can be his has the claims that it"
                            " asks for");
            continue;
        }
        explain_open_rule(explanation, rule);
        if (explain_wish(explanation, user, view, rule, &expected->fault))
            is_possible = true;
        if (rule->claim_count == 0)
            break;
    }
    return is_possible;
}

void
requirements_explain(struct explanation *explanation, const char *user,
                     const struct login_view *view)
{
    const struct configuration *configuration = view->configuration;
    struct expected expected = {
        .tokens =
            calloc(configuration->provider_count, sizeof *expected.tokens),
    };
    struct fault *fault = &expected.fault;
    size_t i;

    if (expected.tokens == NULL)
        fault_raise(fault, REASON_MEMORY, "no memory for providers");
    for (i = 0; expected.tokens != NULL && i < configuration->provider_count;
         i++)
        explain_provider(explanation, user, view, &configuration->providers[i],
                         &expected);
    if (expected.count == 0 && !expected.access_tokens
        && !explanation->refusal.raised) {
        /* Where a map could not be read, that is why. */
        fault_raise(fault, REASON_NOT_YOUR_TOKEN,
                    "no provider's token can be this user's");
        explanation_refuse(explanation, "identity", fault);
    }
    *fault = (struct fault){0};
    if (!explain_rules(explanation, user, view, &expected)
        && !explanation->refusal.raised) {
        fault_raise(fault, REASON_NO_RULE, "no rule is for this user");
        explanation_refuse(explanation, "rules", fault);
    }
    for (i = 0; i < expected.count; i++)
        claim_clear(&expected.tokens[i]);
    free(expected.tokens);
}
