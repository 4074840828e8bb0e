/*
 * console - a sign-in address of the AWS Management Console.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/console.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "login/federation.h"
#include "login/login_files.h"

#define MILLISECONDS 1000

/* Room for the URL of one of the console's hosts, and the NUL. */
#define HOST_URL_SIZE 128

/* Find the hosts of the console that the rule's role belongs to. */
static const struct console_hosts *
find_hosts(const struct configuration *configuration, const char *rule)
{
    size_t i;

    for (i = 0; i < configuration->rule_count; i++) {
        if (strcmp(configuration->rules[i].name, rule) == 0)
            return endpoint_console_hosts(
                configuration->rules[i].role.partition);
    }
    return NULL;
}

/* How long the console's session may last: as the credentials, if it can. */
static int
find_duration(const struct console_words *words,
              const struct credentials *credentials)
{
    time_t left = credentials->expiration - time(NULL);

    if (words->session_duration != 0)
        return words->session_duration;
    if (left < FEDERATION_MIN_DURATION)
        return FEDERATION_MIN_DURATION;
    return left > FEDERATION_MAX_DURATION ? FEDERATION_MAX_DURATION
                                          : (int) left;
}

/* Where the address is asked for, and where it leads. */
struct console {
    struct configuration configuration;
    char endpoint[HOST_URL_SIZE];
    char destination[HOST_URL_SIZE];
    struct federation federation;
};

/* Find out where to ask. */
static int
find_federation(struct console *console, const struct console_words *words,
                const struct outcome *outcome, struct fault *fault)
{
    const struct console_hosts *hosts =
        find_hosts(&console->configuration, outcome->audit[AUDIT_RULE]);

    console->federation = (struct federation){
        .endpoint = words->federation_endpoint,
        .destination = words->destination,
        .session_duration = find_duration(words, &outcome->credentials),
        .deadline =
            deadline_in(console->configuration.sts.timeout * MILLISECONDS),
    };
    if (console->federation.endpoint == NULL && hosts != NULL) {
        snprintf(console->endpoint, sizeof console->endpoint,
                 "https://%s/federation", hosts->sign_in);
        console->federation.endpoint = console->endpoint;
    }
    if (console->federation.destination == NULL && hosts != NULL) {
        snprintf(console->destination, sizeof console->destination,
                 "https://%s/", hosts->console);
        console->federation.destination = console->destination;
    }
    if (console->federation.endpoint != NULL
        && console->federation.destination != NULL)
        return 0;
    fault_raise(fault, REASON_CONFIG,
                "no address of this partition's console is known: name it with"
                " --federation-endpoint and --destination");
    return -1;
}

int
console_ask(const struct console_words *words, const struct login_call *call,
            const struct outcome *outcome, struct secret *url,
            struct fault *fault)
{
    struct login_files files = {.path = call->request.configuration_path};
    struct console console = {0};
    struct findings findings = {0};
    struct secret authorities = {0};
    int result = -1;

    if (login_files_read(call->request.configuration, &files,
                         &console.configuration, &findings, fault)
            < 0
        || find_federation(&console, words, outcome, fault) < 0)
        goto out;
    console.federation.https =
        login_files_begin_https(&files, &console.configuration.sts,
                                &authorities, fault);
    if (console.federation.https != NULL)
        result = federation_ask(&console.federation, &outcome->credentials, url,
                                fault);

out:
    https_end(console.federation.https);
    secret_clear(&authorities);
    findings_clear(&findings);
    configuration_clear(&console.configuration);
    return result;
}
