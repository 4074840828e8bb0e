/*
 * login_command - pam-aws-oidc login: a whole login without PAM, and its
 * credentials. SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/command.h"
#include "admin/console.h"
#include "admin/login_call.h"
#include "admin/options.h"
#include "admin/output.h"
#include "admin/terminal_asker.h"
#include "login/federation.h"
#include "model/session_variables.h"
#include "parse/configuration.h"
#include "parse/json_writer.h"

/* A login that let somebody in, and what is wanted of it. */
struct session {
    const struct login_call *call;
    const struct outcome *outcome;
    const struct console_words *console;
};

/* One line of the summary, if there is something to say. */
static void
print_field(const char *name, const char *value)
{
    if (value[0] != '\0')
        output_line(stdout, "%-18s %s", name, value);
}

/* Print what was decided, and no secret. */
static int
print_summary(const struct session *session, struct fault *fault)
{
    const struct outcome *outcome = session->outcome;
    enum audit_field field;

    (void) fault;
    print_field("user", outcome->user);
    for (field = 0; field < AUDIT_FIELD_COUNT; field++)
        print_field(outcome_audit_key(field), outcome->audit[field]);
    print_field("region", outcome->region);
    print_field("secret_access_key", "********");
    print_field("session_token", "********");
    return 0;
}

/*
 * Print the variables of a session for a POSIX shell. None of them holds what a
 * shell could take for an order: credentials_check() has seen to that, and a
 * region is a host name's label.
 */
static int
print_variables(const struct session *session, struct fault *fault)
{
    struct session_variables variables;
    size_t i;

    (void) fault;
    session_variables_fill(&variables, &session->outcome->credentials,
                           session->outcome->region);
    for (i = 0; i < SESSION_VARIABLE_COUNT; i++) {
        if (variables.values[i] != NULL)
            printf("export %s='%s'\n", session_variable_name(i),
                   variables.values[i]);
    }
    return 0;
}

/* Write the credentials under the names that AWS gives them. */
static void
write_credentials(struct json_writer *json, const struct credentials *from)
{
    char expiration[TIMESTAMP_SIZE];

    timestamp_format(from->expiration, expiration);
    json_writer_text(json, "AccessKeyId", secret_text(&from->access_key_id));
    json_writer_text(json, "SecretAccessKey",
                     secret_text(&from->secret_access_key));
    json_writer_text(json, "SessionToken", secret_text(&from->session_token));
    json_writer_text(json, "Expiration", expiration);
}

/* Print a document. */
static int
print_document(struct json_writer *json, struct fault *fault)
{
    json_writer_end(json);
    if (output_json(json) == 0)
        return 0;
    fault_raise(fault, REASON_MEMORY, "no memory for JSON");
    return -1;
}

/* Print all that is known, as a document. */
static int
print_json(const struct session *session, struct fault *fault)
{
    const struct outcome *outcome = session->outcome;
    struct json_writer json = {0};
    enum audit_field field;

    json_writer_begin_object(&json, NULL);
    json_writer_number(&json, "version", 1);
    json_writer_text(&json, "user", outcome->user);
    for (field = 0; field < AUDIT_FIELD_COUNT; field++) {
        if (outcome->audit[field][0] != '\0')
            json_writer_text(&json, outcome_audit_key(field),
                             outcome->audit[field]);
    }
    if (outcome->region[0] != '\0')
        json_writer_text(&json, "region", outcome->region);
    json_writer_begin_object(&json, "credentials");
    write_credentials(&json, &outcome->credentials);
    json_writer_end(&json);
    return print_document(&json, fault);
}

/*
 * Print what the AWS SDKs take from a credential_process. Source: AWS SDKs and
 * Tools Reference Guide, "Process credential provider".
 */
static int
print_for_process(const struct session *session, struct fault *fault)
{
    struct json_writer json = {0};

    json_writer_begin_object(&json, NULL);
    json_writer_number(&json, "Version", 1);
    write_credentials(&json, &session->outcome->credentials);
    return print_document(&json, fault);
}

/* Print an address that signs in to the console. */
static int
print_console_url(const struct session *session, struct fault *fault)
{
    struct secret url = {0};
    int result = console_ask(session->console, session->call, session->outcome,
                             &url, fault);

    if (result == 0)
        printf("%s\n", secret_text(&url));
    secret_clear(&url);
    return result;
}

/* How a session can be printed. */
static const struct format {
    const char *name;
    int (*print)(const struct session *session, struct fault *fault);
} formats[] = {
    {"summary", print_summary},
    {"env", print_variables},
    {"json", print_json},
    {"credential-process", print_for_process},
    {"console-url", print_console_url},
};

/* Find a format. Gives NULL where there is none. */
static const struct format *
find_format(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    }
    return NULL;
}

/* Say why nobody is let in: for the user, and for the administrator. */
static void
print_refusal(const struct outcome *outcome)
{
    const char *words = outcome->words[0] != '\0'
                            ? outcome->words
                            : reason_words(outcome->reason);

    if (words[0] != '\0')
        output_line(stderr, "%s", words);
    output_line(stderr, "pam-aws-oidc: refused: %s: %s",
                reason_name(outcome->reason), outcome->text);
}

/* Log in, and print what comes of it. */
static int
log_in(const struct login_call *call, const struct console_words *console,
       const struct format *format)
{
    struct terminal terminal = {0};
    const struct asker asker = terminal_asker(&terminal);
    struct outcome outcome = {0};
    const struct session session = {call, &outcome, console};
    struct fault fault = {0};
    int status = COMMAND_BAD;

    login_run(&call->request, &asker, &outcome);
    terminal_close(&terminal);
    if (outcome.reason != REASON_OK)
        print_refusal(&outcome);
    else if (format->print(&session, &fault) == 0)
        status = COMMAND_GOOD;
    else
        output_fault(&fault);
    outcome_clear(&outcome);
    return status;
}

/* Do what the words say. */
static int
run(const struct login_words *words, const struct console_words *console,
    const struct format *format)
{
    struct login_call call;
    struct fault fault = {0};
    int status = COMMAND_BAD;

    if (login_call_begin(words, &call, &fault) == 0
        && login_call_prepare(words, &call, &fault) == 0)
        status = log_in(&call, console, format);
    else
        output_fault(&fault);
    login_call_clear(&call);
    return status;
}

/* Say how the command is called. */
static void
print_usage(void)
{
    puts("Usage: pam-aws-oidc login [--user USER] [--service SERVICE]"
         " [--config FILE]\n"
         "           [--token-file FILE] [--format FORMAT]"
         " [--session-duration SECONDS]\n"
         "           [--federation-endpoint URL] [--destination URL]\n\n"
         "Logs in as PAM would have it, and prints the credentials. Asks for a"
         " token on the\nterminal, unless a file has it.\n\n"
         "  --user USER          who logs in; only root can name another than"
         " himself\n"
         "  --service SERVICE    by whose line in /etc/pam.d, in place of"
         " sshd's\n"
         "  --config FILE        another configuration than that line says\n"
         "  --token-file FILE    has the token; \"-\" is standard input\n"
         "  --format FORMAT      summary, which is the default and masks"
         " secrets; env, for\n"
         "                       a shell's eval; json; credential-process, for"
         " the AWS SDKs;\n"
         "                       console-url, an address that signs in to the"
         " AWS console\n\n"
         "Of console-url:\n\n"
         "  --session-duration SECONDS  how long the console's session may"
         " last\n"
         "  --destination URL           the page to begin with\n"
         "  --federation-endpoint URL   whom to ask, in place of AWS's");
}

/* Read the duration of a console's session. Gives whether it is one. */
static bool
read_duration(const char *text, int *duration)
{
    char *end = NULL;
    long seconds;

    errno = 0;
    seconds = strtol(text, &end, 10);
    *duration = (int) seconds;
    return errno == 0 && end != text && *end == '\0'
           && seconds >= FEDERATION_MIN_DURATION
           && seconds <= FEDERATION_MAX_DURATION;
}

int
login_command(int argc, char **argv)
{
    enum {
        USER,
        SERVICE,
        CONFIG,
        TOKEN_FILE,
        FORMAT,
        SESSION_DURATION,
        DESTINATION,
        FEDERATION_ENDPOINT,
        HELP,
        COUNT
    };
    static const struct option words[] = {
        [USER] = {"user", required_argument, NULL, 0},
        [SERVICE] = {"service", required_argument, NULL, 0},
        [CONFIG] = {"config", required_argument, NULL, 0},
        [TOKEN_FILE] = {"token-file", required_argument, NULL, 0},
        [FORMAT] = {"format", required_argument, NULL, 0},
        [SESSION_DURATION] = {"session-duration", required_argument, NULL, 0},
        [DESTINATION] = {"destination", required_argument, NULL, 0},
        [FEDERATION_ENDPOINT] = {"federation-endpoint", required_argument, NULL,
                                 0},
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
    struct console_words console = {
        .federation_endpoint = values[FEDERATION_ENDPOINT],
        .destination = values[DESTINATION],
    };
    const struct format *format =
        find_format(values[FORMAT] == NULL ? "summary" : values[FORMAT]);

    if (status != OPTIONS_READ)
        return status;
    if (format == NULL)
        return output_usage("login", "there is no format \"%.64s\"",
                            values[FORMAT]);
    if (values[SESSION_DURATION] != NULL
        && !read_duration(values[SESSION_DURATION], &console.session_duration))
        return output_usage("login", "--session-duration is from %d to %d",
                            FEDERATION_MIN_DURATION, FEDERATION_MAX_DURATION);
    if ((console.federation_endpoint != NULL
         && !configuration_takes_url(console.federation_endpoint))
        || (console.destination != NULL
            && strncmp(console.destination, "https://", 8) != 0))
        return output_usage("login", "a URL begins with https://");
    return run(&login_words, &console, format);
}
