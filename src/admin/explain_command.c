/*
 * explain_command - pam-aws-oidc explain: what a login would decide, and why,
 * without STS. SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/command.h"
#include "admin/explanation.h"
#include "admin/login_call.h"
#include "admin/options.h"
#include "admin/output.h"
#include "admin/requirements.h"
#include "model/timestamp.h"

/* A login that is looked at. */
struct examination {
    const struct login_request *request;
    struct explanation *explanation;
    char *role;      /* ARN of the rule that was chosen */
    bool is_unknown; /* whose the token is */
};

/* What steps are called; those without a name have nothing to say. */
static const char *const names[LOGIN_STEP_COUNT] = {
    [LOGIN_STEP_ASK] = "",
    [LOGIN_STEP_CONFIGURATION] = "configuration",
    [LOGIN_STEP_GROUPS] = "groups",
    [LOGIN_STEP_CONFINE] = "",
    [LOGIN_STEP_TRUST] = "trust",
    [LOGIN_STEP_ANSWER] = "",
    [LOGIN_STEP_ACCESS_TOKEN] = "access-token",
    [LOGIN_STEP_TOKEN] = "token",
    [LOGIN_STEP_PROVIDER] = "provider",
    [LOGIN_STEP_AUDIENCE] = "audience",
    [LOGIN_STEP_TIME] = "time",
    [LOGIN_STEP_USER] = "min-uid",
    [LOGIN_STEP_RULE] = "rules",
    [LOGIN_STEP_ROLE_SESSION] = "role-session",
    [LOGIN_STEP_STS] = "",
    [LOGIN_STEP_RESPONSE] = "",
    [LOGIN_STEP_IDENTITY] = "identity",
};

/* Say something of a step that passed. */
#define SAY(examination, step, ...)                                \
    explanation_add((examination)->explanation, names[step], NULL, \
                    EXPLANATION_GOOD, __VA_ARGS__)

/* The configuration. */
static void
say_configuration(struct examination *examination,
                  const struct login_view *view)
{
    SAY(examination, LOGIN_STEP_CONFIGURATION, "%s: providers %zu, rules %zu",
        examination->request->configuration_path,
        view->configuration->provider_count, view->configuration->rule_count);
}

/* Of the groups only those count that a rule names. */
static void
say_groups(struct examination *examination, const struct login_view *view)
{
    char *list = requirements_join(view->groups);

    SAY(examination, LOGIN_STEP_GROUPS, "of the rules' groups he is in: %s",
        list == NULL || list[0] == '\0' ? "none" : list);
    free(list);
}

/* Print the claims that AWS makes session tags and the source identity of. */
static void
say_tags(struct examination *examination, const struct claim *claims)
{
    const struct claim *claim;
    char *text;
    size_t i;

    for (i = 0; i < claims->count; i++) {
        claim = &claims->children[i];
        if (strncmp(claim->name, CLAIM_SESSION_TAGS, strlen(CLAIM_SESSION_TAGS))
                != 0
            && strcmp(claim->name, CLAIM_SOURCE_IDENTITY) != 0)
            continue;
        text = explanation_describe(claim);
        explanation_add(examination->explanation,
                        strcmp(claim->name, CLAIM_SOURCE_IDENTITY) == 0
                            ? "source-identity"
                            : "session-tags",
                        NULL, EXPLANATION_OPEN, "%s: %s", claim->name,
                        text == NULL ? "" : text);
        free(text);
    }
}

/* The token. */
static void
say_token(struct examination *examination, const struct login_view *view)
{
    if (view->token == NULL) {
        SAY(examination, LOGIN_STEP_TOKEN, "an access token, %zu characters",
            view->token_length);
        return;
    }
    SAY(examination, LOGIN_STEP_TOKEN,
        "an ID token, %zu characters, alg %s, sub \"%s\"", view->token_length,
        view->token->algorithm, view->token->subject);
    say_tags(examination, &view->token->claims);
}

/* The provider, and whom the token is for. */
static void
say_provider(struct examination *examination, const struct login_view *view)
{
    SAY(examination, LOGIN_STEP_PROVIDER, "%s: %s", view->provider->name,
        view->provider->issuer == NULL ? view->provider->provider_id
                                       : view->provider->issuer);
}

static void
say_audience(struct examination *examination, const struct login_view *view)
{
    char *text;

    if (view->token == NULL)
        return;
    text = explanation_describe(view->token->aud);
    SAY(examination, LOGIN_STEP_AUDIENCE, "aud %s%s%s",
        text == NULL ? "" : text, view->token->azp == NULL ? "" : ", azp ",
        view->token->azp == NULL ? "" : view->token->azp);
    free(text);
}

/* When the token is good. */
static void
say_time(struct examination *examination, const struct login_view *view)
{
    char expires[TIMESTAMP_SIZE];

    if (view->token == NULL)
        return;
    timestamp_format(timestamp_from_number(view->token->expires), expires);
    SAY(examination, LOGIN_STEP_TIME, "until %s", expires);
}

/* The user. */
static void
say_user(struct examination *examination, const struct login_view *view)
{
    SAY(examination, LOGIN_STEP_USER, "uid %lu, min_uid %lu",
        (unsigned long) examination->request->uid,
        (unsigned long) view->configuration->min_uid);
}

/* Each rule, up to the one that is chosen. */
static void
say_rules(struct examination *examination, const struct login_view *view)
{
    static const struct claim nothing = {0};
    const struct rule_subject subject = {
        .user = examination->request->user,
        .groups = view->groups,
        .claims = view->token == NULL ? &nothing : &view->token->claims,
    };
    const struct rule *rule;
    size_t i;

    for (i = 0; i < view->configuration->rule_count; i++) {
        rule = &view->configuration->rules[i];
        if (rule == view->rule) {
            explanation_add(examination->explanation, "rule", rule->name,
                            EXPLANATION_GOOD, "%s", rule->role_arn);
            free(examination->role);
            examination->role = strdup(rule->role_arn);
            return;
        }
        requirements_explain_rule(examination->explanation, rule, &subject);
    }
}

/* What STS would be sent, but for the token itself. */
static void
say_session(struct examination *examination, const struct login_view *view)
{
    char room[ENDPOINT_URL_SIZE];
    char token[48];
    struct fault ignored = {0};
    const char *url =
        endpoint_resolve(&view->configuration->sts.endpoint, room, &ignored);

    explanation_add(examination->explanation, "endpoint", NULL,
                    EXPLANATION_GOOD, "%s", url == NULL ? "" : url);
    snprintf(token, sizeof token, "(%zu characters)", view->token_length);
    requirements_explain_session(examination->explanation, EXPLANATION_GOOD,
                                 view->session, token);
}

/* Whose the token is: STS has the last word of that. */
static void
say_identity(struct examination *examination, const struct login_view *view)
{
    const struct identity_mapping *mapping = &view->provider->user;
    struct fault ignored = {0};
    const char *value;

    if (view->token == NULL) {
        examination->is_unknown = true;
        requirements_explain_subject(examination->explanation,
                                     examination->request->user, view);
        return;
    }
    value = identity_value(mapping, &view->token->claims, &ignored);
    SAY(examination, LOGIN_STEP_IDENTITY, "%s \"%s\" is %s, by %s",
        mapping->claim, value == NULL ? "" : value, examination->request->user,
        mapping->is == NULL ? mapping->map_file : mapping->is);
}

/* Say what a step has found. */
static void
say(struct examination *examination, enum login_step step,
    const struct login_view *view)
{
    static void (*const sayings[LOGIN_STEP_COUNT])(
        struct examination * examination, const struct login_view *view) = {
        [LOGIN_STEP_CONFIGURATION] = say_configuration,
        [LOGIN_STEP_GROUPS] = say_groups,
        [LOGIN_STEP_TOKEN] = say_token,
        [LOGIN_STEP_PROVIDER] = say_provider,
        [LOGIN_STEP_AUDIENCE] = say_audience,
        [LOGIN_STEP_TIME] = say_time,
        [LOGIN_STEP_USER] = say_user,
        [LOGIN_STEP_ROLE_SESSION] = say_session,
        [LOGIN_STEP_IDENTITY] = say_identity,
    };

    if (sayings[step] != NULL)
        sayings[step](examination, view);
}

/* See a step. */
static void
see(void *self, enum login_step step, const struct login_view *view,
    const struct fault *fault)
{
    struct examination *examination = self;

    if (step == LOGIN_STEP_RULE)
        say_rules(examination, view);
    if (fault != NULL)
        explanation_refuse(examination->explanation, names[step], fault);
    else
        say(examination, step, view);
    /* Behind this step nothing else is known without a token. */
    if (step == LOGIN_STEP_USER && examination->request->presented == NULL)
        requirements_explain(examination->explanation,
                             examination->request->user, view);
}

/* Explain a login. */
static int
explain(const struct login_call *call, struct explanation *explanation,
        bool has_token)
{
    struct login_request request = call->request;
    struct examination examination = {.request = &request,
                                      .explanation = explanation};
    const struct login_observer observer = {.see = see, .self = &examination};
    char *otherwise = NULL;
    int status;

    if (!has_token)
        request.presented = NULL;
    login_examine(&request, &observer);
    if (asprintf(&otherwise, "%s %s%s%s%s", request.user,
                 has_token ? "gets in as " : "can get in, with such a token",
                 examination.role == NULL ? "" : examination.role,
                 has_token ? ", if STS accepts the token" : "",
                 examination.is_unknown ? " and says that it is his" : "")
        < 0)
        otherwise = NULL;
    status = explanation_end(explanation, otherwise == NULL ? "" : otherwise);
    free(otherwise);
    free(examination.role);
    return status;
}

/* Do what the words say. */
static int
run(const struct login_words *words, bool as_json)
{
    struct login_call call;
    struct explanation explanation;
    struct fault fault = {0};
    int status = COMMAND_BAD;

    if (login_call_begin(words, &call, &fault) < 0) {
        output_fault(&fault);
        goto out;
    }
    explanation_begin(&explanation, as_json, call.user);
    if (login_call_prepare(words, &call, &fault) == 0) {
        status = explain(&call, &explanation, words->token_file != NULL);
    } else {
        explanation_refuse(&explanation, "call", &fault);
        status = explanation_end(&explanation, "");
    }

out:
    login_call_clear(&call);
    return status;
}

/* Say how the command is called. */
static void
print_usage(void)
{
    puts(
        "Usage: pam-aws-oidc explain [--user USER] [--service SERVICE]"
        " [--config FILE]\n"
        "           [--token-file FILE] [--json]\n\n"
        "What a login would decide, and why; STS is not asked. Without a token,"
        " what one\nwould have to contain.\n\n"
        "  --user USER        who logs in; only root can name another than"
        " himself\n"
        "  --service SERVICE  by whose line in /etc/pam.d, in place of sshd's\n"
        "  --config FILE      another configuration than that line says\n"
        "  --token-file FILE  has the token; \"-\" is standard input\n"
        "  --json             print one JSON document");
}

int
explain_command(int argc, char **argv)
{
    enum {
        USER,
        SERVICE,
        CONFIG,
        TOKEN_FILE,
        JSON,
        HELP,
        COUNT
    };
    static const struct option words[] = {
        [USER] = {"user", required_argument, NULL, 0},
        [SERVICE] = {"service", required_argument, NULL, 0},
        [CONFIG] = {"config", required_argument, NULL, 0},
        [TOKEN_FILE] = {"token-file", required_argument, NULL, 0},
        [JSON] = {"json", no_argument, NULL, 0},
        [HELP] = {"help", no_argument, NULL, OPTIONS_HELP},
        [COUNT] = {NULL, 0, NULL, 0},
    };
    char *values[COUNT] = {NULL};
    int status = options_read(argc, argv, words, values, print_usage);
    const struct login_words login_words = {
        .user = values[USER],
        .service = values[SERVICE],
        .configuration = values[CONFIG],
        .token_file = values[TOKEN_FILE],
    };

    return status == OPTIONS_READ ? run(&login_words, values[JSON] != NULL)
                                  : status;
}
