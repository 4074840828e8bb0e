/*
 * login - the story of a login, from the question to the outcome.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "login/login.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/trusted_file.h"
#include "login/https.h"
#include "login/response_check.h"
#include "login/sts.h"
#include "model/timestamp.h"
#include "model/token.h"
#include "parse/configuration.h"
#include "parse/identity_map.h"
#include "parse/sts_response.h"
#include "parse/token.h"

/* What the user is asked. Every user of every host reads the same. */
#define QUESTION "OpenID Connect token: "

/* Bytes that the file of trusted certificates may have. */
#define CA_FILE_MAX_SIZE 4194304

/* All that a login gathers on its way. */
struct login {
    const struct login_request *request;
    const struct asker *asker;
    struct outcome *outcome;
    struct fault *fault;

    bool asked;  /* the question was put, the answer not yet awaited */
    uid_t owner; /* who may own files, beside root: the configuration's */
    struct configuration configuration;
    struct secret authorities; /* what ca_file holds */
    struct https *https;

    struct secret text; /* the token's exact bytes: sent as they stand here */
    struct token token; /* what they say */
    const struct provider *provider;
    const struct rule *rule;
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
    return login->asker->ask(login->asker->self, QUESTION, login->fault);
}

/* Read a file that the configuration names. */
static int
read_named_file(const struct login *login, const char *path, size_t limit,
                struct secret *content)
{
    int fd = trusted_file_open(path, login->owner, TRUSTED_FILE_READ,
                               REASON_CONFIG, login->fault);
    int result;

    if (fd < 0)
        return -1;
    result = io_read_file(fd, limit, content);
    if (result < 0)
        fault_raise(login->fault, REASON_CONFIG, "%s: %s", path,
                    strerrordesc_np(errno));
    close(fd);
    return result;
}

/* Read the configuration; the first finding is why a login cannot go on. */
static int
read_configuration(struct login *login)
{
    const char *path = login->request->configuration_path;
    struct findings findings = {0};
    struct secret text = {0};
    struct stat stat;
    int result = -1;

    if (fstat(login->request->configuration, &stat) < 0
        || io_read_file(login->request->configuration, CONFIGURATION_MAX_SIZE,
                        &text)
               < 0) {
        fault_raise(login->fault, REASON_CONFIG, "%s: %s", path,
                    strerrordesc_np(errno));
        goto out;
    }
    login->owner = stat.st_uid;
    if (configuration_read(&text, &login->configuration, &findings) < 0) {
        fault_raise(login->fault, REASON_CONFIG, "%s:%d: %s", path,
                    findings.count == 0 ? 0 : findings.list[0].line,
                    findings.count == 0 ? "no memory" : findings.list[0].text);
        goto out;
    }
    result = 0;

out:
    findings_clear(&findings);
    secret_clear(&text);
    return result;
}

/* Load what is needed to speak to STS. */
static int
prepare_https(struct login *login)
{
    const char *ca_file = login->configuration.sts.ca_file;

    if (ca_file != NULL
        && read_named_file(login, ca_file, CA_FILE_MAX_SIZE,
                           &login->authorities)
               < 0)
        return -1;
    if (ca_file != NULL && login->authorities.length == 0) {
        fault_raise(login->fault, REASON_CONFIG, "%s: is empty", ca_file);
        return -1;
    }
    login->https = https_begin(&login->authorities, login->fault);
    return login->https == NULL ? -1 : 0;
}

/* Take the token: the answer, or what was presented before. */
static int
take_token(struct login *login)
{
    const struct secret *presented = login->request->presented;

    if (login->asked) {
        login->asked = false;
        if (login->asker->answer(login->asker->self, &login->text, login->fault)
            < 0)
            return -1;
    } else if (secret_append(&login->text, presented->bytes, presented->length)
               < 0) {
        fault_raise(login->fault, REASON_MEMORY, "no memory for a token");
        return -1;
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
    if (login->asked)
        login->asker->answer(login->asker->self, &login->text, login->fault);
    login->asked = false;
}

/* Decode the token. What it claims may refuse from here on, not grant. */
static int
read_token(struct login *login)
{
    if (token_read(&login->text, &login->token, login->fault) < 0)
        return -1;
    outcome_note(login->outcome, AUDIT_SUB, login->token.subject);
    return token_check_algorithm(&login->token, login->fault);
}

/* Find the provider that the token names as its issuer. */
static int
find_provider(struct login *login)
{
    const struct configuration *configuration = &login->configuration;
    size_t i;

    for (i = 0; i < configuration->provider_count; i++) {
        if (provider_issued(&configuration->providers[i], &login->token)) {
            login->provider = &configuration->providers[i];
            outcome_note(login->outcome, AUDIT_PROVIDER, login->provider->name);
            return 0;
        }
    }
    fault_raise(login->fault, REASON_UNKNOWN_ISSUER,
                "no provider has the issuer \"%.160s\"", login->token.issuer);
    return -1;
}

/* Refuse a token that is for somebody else, or not for now. */
static int
check_token(struct login *login)
{
    if (provider_check_audience(login->provider, &login->token, login->fault)
        < 0)
        return -1;
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

/* Choose the role: the first rule that matches. */
static int
choose_role_session(struct login *login)
{
    login->rule = &login->configuration.rules[0];
    login->session = (struct role_session){
        .role_arn = login->rule->role_arn,
        .role = &login->rule->role,
        .name = login->request->user,
        .duration = login->rule->duration,
    };
    outcome_note(login->outcome, AUDIT_RULE, login->rule->name);
    outcome_note(login->outcome, AUDIT_ROLE, login->rule->role_arn);
    return 0;
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

    return sts_assume_role(&sts, &login->session, &login->text,
                           &login->response, login->fault);
}

/* See that STS speaks of this token and of the role session asked for. */
static int
check_response(struct login *login)
{
    const struct sts_response *response = &login->response;
    char expires[TIMESTAMP_SIZE];

    outcome_note(login->outcome, AUDIT_ASSUMED, response->assumed_role_arn);
    outcome_note(login->outcome, AUDIT_SOURCE_IDENTITY,
                 response->source_identity);
    if (response_check(response, &login->token, &login->session, time(NULL),
                       login->fault)
        < 0)
        return -1;
    timestamp_format(response->credentials.expiration, expires);
    outcome_note(login->outcome, AUDIT_EXPIRES, expires);
    outcome_note(login->outcome, AUDIT_KEY_ID,
                 secret_text(&response->credentials.access_key_id));
    return 0;
}

/* Whether the map file lists the value for the user. */
static int
find_in_map(struct login *login, const char *path, const char *value,
            bool *listed)
{
    struct secret map = {0};
    int result = -1;

    if (read_named_file(login, path, IDENTITY_MAP_MAX_SIZE, &map) < 0)
        goto out;
    if (identity_map_find(&map, value, login->request->user, listed,
                          login->fault)
        < 0) {
        fault_prefix(login->fault, path);
        goto out;
    }
    result = 0;

out:
    secret_clear(&map);
    return result;
}

/*
 * Tie the verified identity to the user. The token's claims count only now:
 * STS has accepted the very bytes that they were decoded from.
 */
static int
check_identity(struct login *login)
{
    const struct identity_mapping *mapping = &login->provider->user;
    const char *value =
        identity_value(mapping, &login->token.claims, login->fault);
    bool is_user = false;

    if (value == NULL)
        return -1;
    if (mapping->is != NULL)
        is_user = identity_is_user(mapping->is, login->request->user, value);
    else if (find_in_map(login, mapping->map_file, value, &is_user) < 0)
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
                             : login->configuration.sts.region;

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
    token_clear(&login->token);
    secret_clear(&login->text);
    https_end(login->https);
    secret_clear(&login->authorities);
    configuration_clear(&login->configuration);
}

/*
 * The story. Each step may refuse; none but the last is followed by acceptance.
 *
 * The question goes out before anything is read: what takes time happens while
 * the user answers. If it fails, he has been asked in vain, and nothing that he
 * sees differs.
 */
static int (*const steps[])(struct login *login) = {
    ask,                 /* the question goes out */
    read_configuration,  /* while the user answers */
    prepare_https,       /* while the user answers */
    take_token,          /* he has answered */
    read_token,          /* locally decoded claims may refuse */
    find_provider,       /* by the issuer */
    check_token,         /* audience and time */
    check_user,          /* root, system users, unknown users */
    choose_role_session, /* by the rules */
    ask_sts,             /* who verifies the signature */
    check_response,      /* of this token, this role session */
    check_identity,      /* this token is this user's */
};

#define STEP_COUNT (sizeof steps / sizeof steps[0])

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
    size_t taken = 0;

    outcome_clear(outcome);
    while (taken < STEP_COUNT && steps[taken](&login) == 0)
        taken++;
    if (taken == STEP_COUNT) {
        accept(&login);
    } else {
        await_unused_answer(&login);
        outcome_refuse(outcome, &fault);
    }
    clear(&login);
}
