/*
 * check_online - STS and the issuers, over the network.
 *
 * Asks them what anybody may ask: nothing that is secret is sent.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/check_online.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "login/discovery.h"
#include "login/https.h"
#include "login/sts.h"
#include "model/endpoint.h"
#include "model/token.h"
#include "parse/sts_response.h"

#define MILLISECONDS 1000

/* Seconds that a clock may be off without being worth a word. */
#define CLOCK_TOLERANCE 5

/* One thing that is asked, and those who are asked for it. */
struct online {
    struct check *check;
    struct https *https;
    struct secret authorities;
};

/* When to give up on one server. */
static struct deadline
limit(const struct online *online)
{
    return deadline_in(online->check->configuration->sts.timeout
                       * MILLISECONDS);
}

/* Compare this host's clock with that of a server. */
static void
check_clock(struct check *check, const char *url,
            const struct https_reply *reply)
{
    long long off = (long long) time(NULL) - (long long) reply->date;
    long long size = llabs(off);
    enum report_line line = REPORT_CLOCK_OK;

    if (reply->date == 0)
        return;
    if (size > TOKEN_CLOCK_SKEW)
        line = REPORT_CLOCK_FAIL;
    else if (size > CLOCK_TOLERANCE)
        line = REPORT_CLOCK_WARN;
    report_add(&check->report, line,
               "this host's clock is %lld seconds %s that of %s", size,
               off < 0 ? "behind" : "ahead of", url);
}

/* The line for how far a request to STS came. */
static enum report_line
line_of(enum https_stage stage)
{
    switch (stage) {
    case HTTPS_STAGE_NAME:
        return REPORT_STS_NAME_FAIL;
    case HTTPS_STAGE_PROXY:
        return REPORT_PROXY_FAIL;
    case HTTPS_STAGE_CONNECT:
        return REPORT_STS_CONNECT_FAIL;
    case HTTPS_STAGE_TLS:
        return REPORT_STS_TLS_FAIL;
    case HTTPS_STAGE_REPLY:
        break;
    }
    return REPORT_STS_ANSWER_FAIL;
}

/*
 * Ask STS for credentials with no parameter but the action: whoever answers as
 * STS does says in XML what is missing.
 */
static void
check_sts(struct online *online)
{
    struct check *check = online->check;
    char room[ENDPOINT_URL_SIZE];
    struct fault fault = {0};
    struct secret form = {0};
    struct https_reply reply = {0};
    struct sts_response response = {0};
    struct https_request request = {
        .url =
            endpoint_resolve(&check->configuration->sts.endpoint, room, &fault),
        .form = &form,
        .limit = STS_RESPONSE_MAX_SIZE,
        .deadline = limit(online),
        .connect_time = check->configuration->sts.timeout * MILLISECONDS,
        .watched = -1,
    };

    if (sts_begin_form(&form, &fault) < 0
        || https_send(online->https, &request, &reply, &fault) < 0
        || sts_response_read(&reply.body, &response, &fault) < 0)
        report_add(&check->report, line_of(reply.stage), "%s: %s", request.url,
                   fault.text);
    else
        report_add(&check->report, REPORT_STS_OK, "%s answers from %s",
                   request.url, reply.address);
    check_clock(check, request.url, &reply);
    sts_response_clear(&response);
    secret_clear(&reply.body);
    secret_clear(&form);
}

/* Whether STS takes tokens that are signed in one of these ways. */
static bool
has_algorithm(const struct text_list *algorithms)
{
    /* Source: AWS STS API Reference, AssumeRoleWithWebIdentity,
       WebIdentityToken: signatures of RSA and ECDSA keys. */
    static const char *const taken[] = {"RS256", "RS384", "RS512",
                                        "ES256", "ES384", "ES512"};
    size_t i;

    for (i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        if (text_list_has(algorithms, taken[i]))
            return true;
    }
    return false;
}

/* Look at the keys of a provider. */
static void
check_keys(struct online *online, const struct provider *provider,
           const char *jwks_uri)
{
    struct report *report = &online->check->report;
    struct discovery discovery = {online->https, limit(online), {0}};
    struct provider_keys keys;
    struct fault fault = {0};

    if (discovery_ask_keys(&discovery, jwks_uri, &keys, &fault) < 0)
        report_add(report, REPORT_ISSUER_KEYS_FAIL, "provider %s: %s",
                   provider->name, fault.text);
    else if (keys.rsa + keys.ec == 0)
        report_add(report, REPORT_ISSUER_KEYS_FAIL,
                   "provider %s: %s: no key of RSA or EC, others %zu",
                   provider->name, jwks_uri, keys.others);
    else
        report_add(report, REPORT_ISSUER_OK,
                   "provider %s: %s, keys of RSA %zu, of EC %zu",
                   provider->name, provider->issuer, keys.rsa, keys.ec);
}

/* Compare what a provider publishes with what is configured. */
static void
check_metadata(struct online *online, const struct provider *provider,
               const struct provider_metadata *metadata)
{
    struct report *report = &online->check->report;

    if (strcmp(metadata->issuer, provider->issuer) != 0)
        report_add(report, REPORT_ISSUER_NAME_FAIL,
                   "provider %s: it calls itself \"%.160s\", the configuration"
                   " \"%.160s\"",
                   provider->name, metadata->issuer, provider->issuer);
    else if (!has_algorithm(&metadata->algorithms))
        report_add(report, REPORT_ISSUER_ALGORITHMS_FAIL,
                   "provider %s: it signs ID tokens in no way that STS takes",
                   provider->name);
    else
        check_keys(online, provider, metadata->jwks_uri);
}

/* Ask an issuer. */
static void
check_issuer(struct online *online, const struct provider *provider)
{
    struct report *report = &online->check->report;
    struct discovery discovery = {online->https, limit(online), {0}};
    struct provider_metadata metadata = {0};
    struct fault fault = {0};

    /* Of access tokens: there is nobody to ask. */
    if (provider->issuer == NULL)
        return;
    if (discovery_ask(&discovery, provider->issuer, &metadata, &fault) == 0)
        check_metadata(online, provider, &metadata);
    else if (discovery.reply.status != 0)
        report_add(report, REPORT_ISSUER_DISCOVERY_FAIL, "provider %s: %s",
                   provider->name, fault.text);
    else
        report_add(report, REPORT_ISSUER_UNREACHABLE_WARN, "provider %s: %s",
                   provider->name, fault.text);
    provider_metadata_clear(&metadata);
}

void
check_online(struct check *check)
{
    const struct configuration *configuration = check->configuration;
    struct online online = {.check = check};
    struct https_settings settings = {.authorities = &online.authorities};
    struct fault fault = {0};
    size_t i;

    if (configuration == NULL)
        return;
    settings.ca_path = configuration->sts.ca_path;
    settings.proxy = configuration->sts.proxy;
    /* What is wrong with the certificates, check_files has said. */
    if (login_files_read_authorities(&check->files, &configuration->sts,
                                     &online.authorities, &fault)
        < 0)
        return;
    online.https = https_begin(&settings, &fault);
    if (online.https == NULL) {
        report_add(&check->report, REPORT_STS_CONNECT_FAIL, "%s", fault.text);
        goto out;
    }
    check_sts(&online);
    for (i = 0; i < configuration->provider_count; i++)
        check_issuer(&online, &configuration->providers[i]);

out:
    https_end(online.https);
    secret_clear(&online.authorities);
}
