/*
 * login - the story of a login, from the question to the outcome.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "login/login.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "login/https.h"
#include "login/login_files.h"
#include "login/membership.h"
#include "login/response_check.h"
#include "login/sts.h"
#include "login/token_parts.h"
#include "model/timestamp.h"
#include "model/token.h"
#include "parse/configuration.h"
#include "parse/identity_map.h"
#include "parse/sts_response.h"
#include "parse/token.h"

/* Percent of the space for policies and tags that are worth a warning. */
#define PACKED_POLICY_SIZE_WARNING 90

/* All that a login gathers on its way. */
struct login {
    const struct login_request *request;
    const struct asker *asker;
    struct outcome *outcome;
    struct fault *fault;

    bool asked; /* the question was put, the answer not yet awaited */
    bool confined;
    struct login_files files;
    struct configuration configuration;
    struct text_list groups;   /* of the rules', those that the user is in */
    struct secret authorities; /* what ca_file holds */
    struct https *https;

    struct secret text; /* the token's exact bytes: sent as they stand here */
    struct token_arrival arrival;
    const struct provider *provider;
    struct token token; /* what an ID token says; nothing of an access token */
    const struct rule *rule;
    char *policy; /* the rule's, with the user in it; or NULL */
    struct role_session session;
    struct sts_response response;
};

/* Ask for the token, unless it is there already. */
static int
ask(struct login *login)
{
    if (login->request->presented->length > 0 || !login->request->may_ask)
        return 0;
    login->asked = true;
    return token_parts_ask(login->asker, login->fault);
}

/* Read the configuration; all that is wrong with it ends the login. */
static int
read_configuration(struct login *login)
{
    struct findings findings = {0};
    int result;

    login->files.path = login->request->configuration_path;
    result = login_files_read(login->request->configuration, &login->files,
                              &login->configuration, &findings, login->fault);
    findings_clear(&findings);
    return result;
}

/* Find out which of the rules' groups the user is in. */
static int
look_up_groups(struct login *login)
{
    if (membership_look_up(&login->configuration, login->request->user,
                           login->request->gid, &login->groups, login->fault)
        == 0)
        return 0;
    if (login->fault->reason == REASON_CONFIG)
        fault_prefix(login->fault, login->request->configuration_path);
    return -1;
}

/* From here on only files are read, and STS is spoken to. */
static int
confine(struct login *login)
{
    if (!login->confined && login->request->confine() < 0) {
        fault_raise(login->fault, REASON_SYSTEM,
                    "the sandbox cannot be entered");
        return -1;
    }
    login->confined = true;
    return 0;
}

/* Load what is needed to speak to STS. */
static int
prepare_https(struct login *login)
{
    login->https =
        login_files_begin_https(&login->files, &login->configuration.sts,
                                &login->authorities, login->fault);
    return login->https == NULL ? -1 : 0;
}

/* Take the token: the answers, or what was presented before. */
static int
take_token(struct login *login)
{
    const struct secret *presented = login->request->presented;

    if (login->asked) {
        login->asked = false;
        if (token_parts_take(login->asker, &login->text, &login->arrival,
                             login->fault)
            < 0)
            return -1;
    } else {
        login->arrival.cut_at = token_parts_limit(presented->length);
        if (secret_append(&login->text, presented->bytes, presented->length)
            < 0) {
            fault_raise(login->fault, REASON_MEMORY, "no memory for a token");
            return -1;
        }
    }
    if (token_trim(&login->text) < 0) {
        fault_raise(login->fault, REASON_MEMORY, "no memory for a token");
        return -1;
    }
    return 0;
}

/*
 * Where the login failed before the answer was needed, the user is still at it:
 * whoever asks him must not find us gone.
 */
static void
await_unused_answer(struct login *login)
{
    if (login->asked && confine(login) == 0)
        login->asker->answer(login->asker->self, &login->text, login->fault);
    login->asked = false;
}

/* Whether it is an access token, of which nobody here knows what it says. */
static bool
is_access_token(const struct login *login)
{
    return login->provider != NULL
           && provider_is_of_access_tokens(login->provider);
}

/* Note whose token it is. */
static void
set_provider(struct login *login, const struct provider *provider)
{
    login->provider = provider;
    outcome_note(login->outcome, AUDIT_PROVIDER, provider->name);
}

/*
 * See whether the answer is an access token: by how it begins. All else is
 * taken for an ID token, and never sent unless it is one.
 */
static int
recognise_access_token(struct login *login)
{
    const struct configuration *configuration = &login->configuration;
    const char *text = secret_text(&login->text);
    size_t i;

    for (i = 0; i < configuration->provider_count; i++) {
        if (provider_takes_answer(&configuration->providers[i], text)) {
            set_provider(login, &configuration->providers[i]);
            /* Nobody here knows whether it is whole. */
            if (login->arrival.cut_at > 0)
                return token_parts_refuse_cut(&login->arrival, login->fault);
            return access_token_check(&login->text, login->fault);
        }
    }
    return 0;
}

/* Say what became of the token on its way, where that is the cause. */
static int
blame_arrival(const struct login *login)
{
    if (login->arrival.cut_at > 0 && login->fault->reason != REASON_MEMORY)
        return token_parts_refuse_cut(&login->arrival, login->fault);
    if (login->arrival.repeated)
        fault_prefix(login->fault, "every question got the same answer, as"
                                   " sshd's password method gives it");
    return -1;
}

/* Decode an ID token. What it claims may refuse from here on, not grant. */
static int
read_token(struct login *login)
{
    if (is_access_token(login))
        return 0;
    if (token_read(&login->text, &login->token, login->fault) < 0)
        return blame_arrival(login);
    if ((login->arrival.cut_at > 0 || login->arrival.ended)
        && !token_has_whole_signature(&login->token))
        return token_parts_refuse_cut(&login->arrival, login->fault);
    outcome_note(login->outcome, AUDIT_SUB, login->token.subject);
    return token_check_algorithm(&login->token, login->fault);
}

/* Find the provider that an ID token names as its issuer. */
static int
find_provider(struct login *login)
{
    const struct configuration *configuration = &login->configuration;
    size_t i;

    if (is_access_token(login))
        return 0;
    for (i = 0; i < configuration->provider_count; i++) {
        if (provider_issued(&configuration->providers[i], &login->token)) {
            set_provider(login, &configuration->providers[i]);
            return 0;
        }
    }
    fault_raise(login->fault, REASON_UNKNOWN_ISSUER,
                "no provider has the issuer \"%.160s\"", login->token.issuer);
    return -1;
}

/* Refuse an ID token that is for somebody else. */
static int
check_audience(struct login *login)
{
    if (is_access_token(login))
        return 0;
    return provider_check_audience(login->provider, &login->token,
                                   login->fault);
}

/* Refuse an ID token that is not for now. */
static int
check_time(struct login *login)
{
    if (is_access_token(login))
        return 0;
    return token_check_time(&login->token, time(NULL), login->fault);
}

/* Refuse users whom no token lets in. */
static int
check_user(struct login *login)
{
    const struct login_request *request = login->request;

    if (request->user[0] == '\0') {
        fault_raise(login->fault, REASON_USER_REFUSED,
                    "the module refuses this user");
        return -1;
    }
    if (request->uid < login->configuration.min_uid) {
        fault_raise(login->fault, REASON_USER_REFUSED,
                    "uid %lu is below min_uid, %lu",
                    (unsigned long) request->uid,
                    (unsigned long) login->configuration.min_uid);
        return -1;
    }
    return 0;
}

/* Choose the first rule that is for this user with this token. */
static int
choose_rule(struct login *login)
{
    const struct configuration *configuration = &login->configuration;
    const struct rule_subject subject = {
        .user = login->request->user,
        .groups = &login->groups,
        .claims = &login->token.claims,
    };
    size_t i;

    for (i = 0; i < configuration->rule_count; i++) {
        if (rule_matches(&configuration->rules[i], &subject)) {
            login->rule = &configuration->rules[i];
            outcome_note(login->outcome, AUDIT_RULE, login->rule->name);
            outcome_note(login->outcome, AUDIT_ROLE, login->rule->role_arn);
            return 0;
        }
    }
    fault_raise(login->fault, REASON_NO_RULE,
                "no rule is for this user with this token");
    return -1;
}

/* Say what to ask STS for. */
static int
make_role_session(struct login *login)
{
    const struct session_wish wish = {
        .rule = login->rule,
        .provider = login->provider,
        .user = login->request->user,
    };

    return login_files_make_session(&login->files, &wish, &login->session,
                                    &login->policy, login->fault);
}

/* Have STS verify the token, and give credentials for it. */
static int
ask_sts(struct login *login)
{
    struct sts sts = {
        .https = login->https,
        .settings = &login->configuration.sts,
        .watched = login->asker->watched,
        .outcome = login->outcome,
    };

    if (sts_assume_role(&sts, &login->session, &login->text, &login->response,
                        login->fault)
        == 0)
        return 0;
    /* Only what ca_file holds is wrong with the configuration here. */
    if (login->fault->reason == REASON_CONFIG && sts.settings->ca_file != NULL)
        return login_files_blame(&login->files, sts.settings->ca_file,
                                 sts.settings->ca_file_line, login->fault);
    return -1;
}

/* Note what STS says beside the credentials. */
static void
note_response(struct login *login)
{
    const struct sts_response *response = &login->response;
    char percent[16];

    outcome_note(login->outcome, AUDIT_ASSUMED, response->assumed_role_arn);
    outcome_note(login->outcome, AUDIT_SOURCE_IDENTITY,
                 response->source_identity);
    if (is_access_token(login))
        outcome_note(login->outcome, AUDIT_SUB, response->subject);
    if (response->packed_policy_size < 0)
        return;
    snprintf(percent, sizeof percent, "%d", response->packed_policy_size);
    outcome_note(login->outcome, AUDIT_PACKED_POLICY_SIZE, percent);
    if (response->packed_policy_size >= PACKED_POLICY_SIZE_WARNING)
        outcome_warn(login->outcome,
                     "policies and tags take %s percent of their space",
                     percent);
}

/* See that STS speaks of this token and of the role session asked for. */
static int
check_response(struct login *login)
{
    const struct sts_response *response = &login->response;
    const struct question_to_sts question = {
        .session = &login->session,
        .provider = login->provider,
        .token = is_access_token(login) ? NULL : &login->token,
    };
    char expires[TIMESTAMP_SIZE];

    note_response(login);
    if (response_check(response, &question, time(NULL), login->fault) < 0)
        return -1;
    timestamp_format(response->credentials.expiration, expires);
    outcome_note(login->outcome, AUDIT_EXPIRES, expires);
    outcome_note(login->outcome, AUDIT_KEY_ID,
                 secret_text(&response->credentials.access_key_id));
    return 0;
}

/* Whether the map file lists the value for the user. */
static int
find_in_map(struct login *login, const char *value, bool *listed)
{
    const struct identity_mapping *mapping = &login->provider->user;
    struct secret map = {0};
    int result = -1;

    if (login_files_read_map(&login->files, mapping, &map, login->fault) < 0)
        goto out;
    if (identity_map_find(&map, value, login->request->user, listed,
                          login->fault)
        < 0) {
        login_files_blame(&login->files, mapping->map_file,
                          mapping->map_file_line, login->fault);
        goto out;
    }
    result = 0;

out:
    secret_clear(&map);
    return result;
}

/*
 * Tie the verified identity to the user. The token's claims count only now:
 * STS has accepted the very bytes that they were decoded from. What an access
 * token says is what STS says of it.
 */
static int
check_identity(struct login *login)
{
    const struct identity_mapping *mapping = &login->provider->user;
    const char *value = login->response.subject;
    bool is_user = false;

    if (!is_access_token(login))
        value = identity_value(mapping, &login->token.claims, login->fault);
    if (value == NULL)
        return -1;
    if (mapping->is != NULL)
        is_user = identity_is_user(mapping->is, login->request->user, value);
    else if (find_in_map(login, value, &is_user) < 0)
        return -1;
    if (!is_user) {
        fault_raise(login->fault, REASON_NOT_YOUR_TOKEN,
                    "the token's %s, \"%.160s\", is not this user",
                    mapping->claim, value);
        return -1;
    }
    return 0;
}

/* Every check was passed: make the outcome an acceptance. */
static void
accept(struct login *login)
{
    const char *region = login->rule->region != NULL
                             ? login->rule->region
                             : login->configuration.sts.endpoint.region;

    snprintf(login->outcome->user, sizeof login->outcome->user, "%s",
             login->request->user);
    if (region != NULL)
        snprintf(login->outcome->region, sizeof login->outcome->region, "%s",
                 region);
    credentials_move(&login->outcome->credentials,
                     &login->response.credentials);
    login->outcome->reason = REASON_OK;
}

/* Free all that was gathered. */
static void
clear(struct login *login)
{
    sts_response_clear(&login->response);
    free(login->policy);
    token_clear(&login->token);
    secret_clear(&login->text);
    https_end(login->https);
    secret_clear(&login->authorities);
    text_list_clear(&login->groups);
    configuration_clear(&login->configuration);
}

/* What steps need of those before them, and give. */
enum result {
    ANSWER = 1 << 0,        /* there is something to look at */
    CONFIGURATION = 1 << 1, /* it was read */
    TOKEN = 1 << 2,         /* it is one */
    PROVIDER = 1 << 3,      /* its issuer is known */
    RULE = 1 << 4,          /* one was chosen */
    STS = 1 << 5,           /* it is asked: never where a login is examined */
};

/*
 * The story. Each step may refuse; none but the last is followed by acceptance.
 *
 * The question goes out before anything is read: what takes time happens while
 * the user answers. If it fails, he has been asked in vain, and nothing that he
 * sees differs.
 */
static const struct step {
    int (*take)(struct login *login);
    unsigned int needs;
    unsigned int gives;
} steps[LOGIN_STEP_COUNT] = {
    /* the question goes out */
    [LOGIN_STEP_ASK] = {ask, ANSWER, 0},
    /* while the user answers */
    [LOGIN_STEP_CONFIGURATION] = {read_configuration, 0, CONFIGURATION},
    [LOGIN_STEP_GROUPS] = {look_up_groups, CONFIGURATION, 0},
    /* before the first byte of his */
    [LOGIN_STEP_CONFINE] = {confine, 0, 0},
    /* while the user answers */
    [LOGIN_STEP_TRUST] = {prepare_https, CONFIGURATION, 0},
    /* he has answered */
    [LOGIN_STEP_ANSWER] = {take_token, ANSWER, 0},
    /* by how it begins */
    [LOGIN_STEP_ACCESS_TOKEN] = {recognise_access_token, ANSWER | CONFIGURATION,
                                 0},
    /* locally decoded claims may refuse */
    [LOGIN_STEP_TOKEN] = {read_token, ANSWER | CONFIGURATION, TOKEN},
    /* by the issuer */
    [LOGIN_STEP_PROVIDER] = {find_provider, TOKEN, PROVIDER},
    [LOGIN_STEP_AUDIENCE] = {check_audience, PROVIDER, 0},
    [LOGIN_STEP_TIME] = {check_time, TOKEN, 0},
    /* root, system users, unknown users */
    [LOGIN_STEP_USER] = {check_user, CONFIGURATION, 0},
    /* the first that matches */
    [LOGIN_STEP_RULE] = {choose_rule, TOKEN, RULE},
    /* its role, duration and policies */
    [LOGIN_STEP_ROLE_SESSION] = {make_role_session, RULE | PROVIDER, 0},
    /* who verifies the signature */
    [LOGIN_STEP_STS] = {ask_sts, STS, 0},
    /* of this token, this role session */
    [LOGIN_STEP_RESPONSE] = {check_response, STS, 0},
    /* this token is this user's */
    [LOGIN_STEP_IDENTITY] = {check_identity, PROVIDER, 0},
};

void
login_run(const struct login_request *request, const struct asker *asker,
          struct outcome *outcome)
{
    struct fault fault = {0};
    struct login login = {
        .request = request,
        .asker = asker,
        .outcome = outcome,
        .fault = &fault,
    };
    int taken = 0;

    outcome_clear(outcome);
    while (taken < LOGIN_STEP_COUNT && steps[taken].take(&login) == 0)
        taken++;
    if (taken == LOGIN_STEP_COUNT) {
        accept(&login);
    } else {
        await_unused_answer(&login);
        outcome_refuse(outcome, &fault);
    }
    clear(&login);
}

/* Whether a step has nothing to look at before STS has said whose it is. */
static bool
waits_for_sts(const struct login *login, enum login_step step)
{
    return step == LOGIN_STEP_IDENTITY && is_access_token(login);
}

/* Take one step, and tell who looks on. Gives what the step gives. */
static unsigned int
examine_step(struct login *login, enum login_step step,
             const struct login_observer *observer)
{
    struct login_view view = {.configuration = &login->configuration};
    bool passed;

    *login->fault = (struct fault){0};
    passed = waits_for_sts(login, step) || steps[step].take(login) == 0;
    view.files = &login->files;
    view.groups = &login->groups;
    view.provider = login->provider;
    view.token = login->token.issuer == NULL ? NULL : &login->token;
    view.token_length = login->text.length;
    view.rule = login->rule;
    view.session = login->session.role_arn == NULL ? NULL : &login->session;
    observer->see(observer->self, step, &view, passed ? NULL : login->fault);
    return passed ? steps[step].gives : 0;
}

void
login_examine(const struct login_request *request,
              const struct login_observer *observer)
{
    struct outcome outcome = {0}; /* stays a refusal, and goes nowhere */
    struct fault fault = {0};     /* of one step */
    struct login login = {
        .request = request,
        .outcome = &outcome,
        .fault = &fault,
    };
    unsigned int found = request->presented == NULL ? 0 : ANSWER;
    int step;

    for (step = 0; step < LOGIN_STEP_COUNT; step++) {
        if ((steps[step].needs & ~found) == 0)
            found |= examine_step(&login, (enum login_step) step, observer);
    }
    clear(&login);
    outcome_clear(&outcome);
}
