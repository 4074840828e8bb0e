/*
 * check_sshd - sshd's configuration.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/check_sshd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/pam_service.h"
#include "admin/sshd.h"
#include "admin/sshd_connections.h"
#include "model/session_variables.h"

/* The PAM service of sshd. */
#define SERVICE "sshd"

/* Seconds that a user may take to answer, beside what STS may take. */
#define TIME_TO_ANSWER 30

/* The connections that wait to be authenticated by default, sshd_config(5):
   from the first on some are dropped, from the second on all. */
#define DEFAULT_STARTUPS 10

/* The methods that ask, as AuthenticationMethods names them. */
#define KEYBOARD_INTERACTIVE "keyboard-interactive"
#define PASSWORD             "password"

/* Variables by which a client could lead AWS's programs astray. */
static const char *const astray[] = {
    "AWS_PROFILE",      "AWS_CA_BUNDLE",
    "AWS_CONFIG_FILE",  "AWS_ENDPOINT_URL",
    "AWS_ROLE_ARN",     "AWS_ENDPOINT_URL_STS",
    "AWS_DATA_PATH",    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_SESSION_TOKEN"};

/* Settings, and for whom. */
struct view {
    struct check *check;
    const struct sshd_settings *settings;
    /* Of those of a connection: */
    const struct view *general; /* those without Match lines; or NULL */
    const char *where;          /* " (CONNECTION)" behind what is seen, or "" */
};

/* Whether a line is the Match line's own: the others were seen before. */
static bool
is_own(const struct view *view, const char *keyword, const char *value)
{
    const char *other;
    size_t i;

    if (view->general == NULL)
        return true;
    for (i = 0;
         (other = sshd_setting(view->general->settings, keyword, i)) != NULL;
         i++) {
        if (strcmp(value, other) == 0)
            return false;
    }
    return true;
}

/* The first value of a keyword, "" where it is not there. */
static const char *
value_of(const struct view *view, const char *keyword)
{
    const char *value = sshd_setting(view->settings, keyword, 0);

    return value == NULL ? "" : value;
}

/* Whether a setting is "yes". */
static bool
is_yes(const struct view *view, const char *keyword)
{
    return strcmp(value_of(view, keyword), "yes") == 0;
}

/* Whether a way of AuthenticationMethods has a method: "METHOD[:DEVICE]". */
static bool
way_has(const char *way, size_t length, const char *method)
{
    size_t size = strlen(method);
    size_t word;

    for (; length > 0; way += word, length -= word) {
        word = strcspn(way, ", ");
        if (word > length)
            word = length;
        if (word >= size && strncmp(way, method, size) == 0
            && (word == size || way[size] == ':'))
            return true;
        if (word < length)
            word++;
    }
    return false;
}

/* Whether some way of AuthenticationMethods has a method. */
static bool
methods_have(const struct view *view, const char *method)
{
    const char *ways = value_of(view, "authenticationmethods");
    size_t length;

    if (ways[0] == '\0' || strcmp(ways, "any") == 0)
        return true;
    for (; *ways != '\0'; ways += length) {
        ways += strspn(ways, " ");
        length = strcspn(ways, " ");
        if (way_has(ways, length, method))
            return true;
    }
    return false;
}

/* The better method by which sshd asks for a token; NULL where by none. */
static const char *
method_of(const struct view *view)
{
    if (!is_yes(view, "usepam"))
        return NULL;
    if (is_yes(view, "kbdinteractiveauthentication")
        && methods_have(view, KEYBOARD_INTERACTIVE))
        return KEYBOARD_INTERACTIVE;
    if (is_yes(view, "passwordauthentication") && methods_have(view, PASSWORD))
        return PASSWORD;
    return NULL;
}

/* Report the method by which sshd asks for a token. */
static void
report_method(const struct view *view, const char *method)
{
    struct report *report = &view->check->report;

    if (strcmp(method, KEYBOARD_INTERACTIVE) == 0)
        report_add(report, REPORT_SSHD_OK, "sshd asks for a token by %s%s",
                   method, view->where);
    else
        report_add(report, REPORT_SSHD_KEYBOARD_INTERACTIVE_WARN,
                   "sshd asks for a token by %s alone%s", method, view->where);
}

/* Report that sshd asks nobody for a token. */
static void
report_no_method(const struct view *view)
{
    struct report *report = &view->check->report;

    if (!is_yes(view, "usepam"))
        report_add(report, REPORT_SSHD_USE_PAM_FAIL, "UsePAM %s",
                   value_of(view, "usepam"));
    else if (is_yes(view, "kbdinteractiveauthentication")
             || is_yes(view, "passwordauthentication"))
        report_add(report, REPORT_SSHD_AUTHENTICATION_METHODS_FAIL,
                   "AuthenticationMethods %s",
                   value_of(view, "authenticationmethods"));
    else
        report_add(report, REPORT_SSHD_KEYBOARD_INTERACTIVE_FAIL,
                   "KbdInteractiveAuthentication %s",
                   value_of(view, "kbdinteractiveauthentication"));
}

/*
 * Report where a Match line changes how a token is asked for. Gives whether one
 * is asked for.
 */
static bool
check_match(const struct view *view)
{
    const char *method = method_of(view);
    const char *general = method_of(view->general);

    if (method == NULL && general != NULL)
        report_add(&view->check->report, REPORT_SSHD_MATCH_WARN,
                   "no token is asked for%s", view->where);
    if (method != NULL && (general == NULL || strcmp(method, general) != 0))
        report_method(view, method);
    return method != NULL;
}

/* Report how sshd asks, which it may do by some Match line alone. */
static void
check_methods(const struct view *view, bool asks_by_match)
{
    const char *method = method_of(view);

    if (method != NULL)
        report_method(view, method);
    else if (!asks_by_match)
        report_no_method(view);
}

/* Report whether a login is given the time that it may take. */
static void
check_grace_time(const struct view *view)
{
    const char *text = value_of(view, "logingracetime");
    long grace = strtol(text, NULL, 10);
    int timeout;

    if (view->check->configuration == NULL || grace == 0)
        return;
    timeout = view->check->configuration->sts.timeout;
    if (grace <= timeout)
        report_add(&view->check->report, REPORT_SSHD_LOGIN_GRACE_TIME_FAIL,
                   "LoginGraceTime %s, sts.timeout %d", text, timeout);
    else if (grace < timeout + TIME_TO_ANSWER)
        report_add(&view->check->report, REPORT_SSHD_LOGIN_GRACE_TIME_WARN,
                   "LoginGraceTime %s, sts.timeout %d", text, timeout);
}

/* Report whether as many can log in at a time as by default. */
static void
check_startups(const struct view *view)
{
    const char *text = value_of(view, "maxstartups");

    if (strtol(text, NULL, 10) < DEFAULT_STARTUPS)
        report_add(&view->check->report, REPORT_SSHD_MAX_STARTUPS_WARN,
                   "MaxStartups %s", text);
}

/* Whether a list of patterns, by commas, lets a variable through that could
   lead AWS's programs astray. */
static bool
lets_through(const char *pattern)
{
    size_t i;

    for (i = 0; i < sizeof astray / sizeof astray[0]; i++) {
        if (sshd_patterns_match(pattern, astray[i]))
            return true;
    }
    return strncmp(pattern, "AWS_", 4) == 0 || strstr(pattern, ",AWS_") != NULL;
}

/* Report what clients may set. */
static void
check_accept_env(const struct view *view)
{
    const char *value;
    size_t i;

    for (i = 0; (value = sshd_setting(view->settings, "acceptenv", i)) != NULL;
         i++) {
        if (is_own(view, "acceptenv", value) && lets_through(value))
            report_add(&view->check->report, REPORT_SSHD_ACCEPT_ENV_WARN,
                       "AcceptEnv %s%s", value, view->where);
    }
}

/* Whether a variable, "NAME=value", is one of a session's own. */
static bool
is_of_session(const char *variable)
{
    const char *name;
    size_t i;

    for (i = 0; i < SESSION_VARIABLE_COUNT; i++) {
        name = session_variable_name(i);
        if (strncmp(variable, name, strlen(name)) == 0
            && variable[strlen(name)] == '=')
            return true;
    }
    return false;
}

/* Report what sshd sets by itself; values are nobody's business. */
static void
check_set_env(const struct view *view)
{
    const char *value;
    size_t i;

    for (i = 0; (value = sshd_setting(view->settings, "setenv", i)) != NULL;
         i++) {
        if (!is_own(view, "setenv", value))
            continue;
        if (is_of_session(value))
            report_add(&view->check->report, REPORT_SSHD_SET_ENV_FAIL,
                       "SetEnv %.*s%s", (int) strcspn(value, "="), value,
                       view->where);
        else if (strncmp(value, "AWS_", 4) == 0)
            report_add(&view->check->report, REPORT_SSHD_SET_ENV_WARN,
                       "SetEnv %.*s%s", (int) strcspn(value, "="), value,
                       view->where);
    }
}

/* Report what users' files may set. */
static void
check_user_environment(const struct view *view)
{
    const char *value = value_of(view, "permituserenvironment");

    if (strcmp(value, "no") != 0
        && (strcmp(value, "yes") == 0 || lets_through(value)))
        report_add(&view->check->report,
                   REPORT_SSHD_PERMIT_USER_ENVIRONMENT_WARN,
                   "PermitUserEnvironment %s", value);
}

/* Report what gets into the log. */
static void
check_log_level(const struct view *view)
{
    const char *value = value_of(view, "loglevel");

    if (!is_own(view, "loglevel", value))
        return;
    if (strcmp(value, "DEBUG3") == 0)
        report_add(&view->check->report, REPORT_SSHD_LOG_LEVEL_FAIL,
                   "LogLevel %s%s", value, view->where);
    else if (strncmp(value, "DEBUG", 5) == 0)
        report_add(&view->check->report, REPORT_SSHD_LOG_LEVEL_WARN,
                   "LogLevel %s%s", value, view->where);
}

/* Look at what Match lines can change. */
static void
check_environment(const struct view *view)
{
    check_accept_env(view);
    check_set_env(view);
    check_log_level(view);
}

/*
 * Look at the settings of each Match line. Gives whether a token is asked for
 * by one of them.
 */
static bool
check_connections(struct check *check, const struct view *general)
{
    struct text_list connections = {0};
    struct sshd_settings settings;
    struct fault fault = {0};
    char where[512];
    bool asks = false;
    size_t i;

    if (sshd_connections_list(&connections, &fault) < 0)
        report_add(&check->report, REPORT_SSHD_FAIL, "%s", fault.text);
    for (i = 0; i < connections.count && !fault.raised; i++) {
        snprintf(where, sizeof where, " (%.500s)", connections.texts[i]);
        if (sshd_ask(connections.texts[i], &settings, &fault) < 0) {
            report_add(&check->report, REPORT_SSHD_FAIL, "%s%s", fault.text,
                       where);
        } else {
            const struct view view = {check, &settings, general, where};

            asks = check_match(&view) || asks;
            check_environment(&view);
            sshd_settings_clear(&settings);
        }
    }
    text_list_clear(&connections);
    return asks;
}

/* Whether sshd's PAM service asks for a token. */
static bool
asks_for_tokens(void)
{
    struct pam_service service = {0};
    struct fault fault = {0};
    bool result =
        pam_service_read(PAM_SERVICE_FOLDER, SERVICE, &service, &fault) == 0
        && pam_service_find_ours(&service, PAM_TYPE_AUTH) != NULL;

    pam_service_clear(&service);
    return result;
}

/* Ask sshd for the settings that no Match line changes. */
static int
ask_in_general(struct sshd_settings *settings, struct fault *fault)
{
    char *connection = sshd_connection_of(SSHD_NOBODY);
    int result = -1;

    if (connection == NULL)
        fault_raise(fault, REASON_MEMORY, "no memory");
    else
        result = sshd_ask(connection, settings, fault);
    free(connection);
    return result;
}

void
check_sshd(struct check *check)
{
    struct sshd_settings settings;
    struct fault fault = {0};
    const struct view view = {check, &settings, NULL, ""};

    if (!check->is_root || !asks_for_tokens())
        return;
    if (ask_in_general(&settings, &fault) < 0) {
        report_add(&check->report,
                   fault.reason == REASON_HELPER_MISSING
                       ? REPORT_SSHD_UNKNOWN_WARN
                       : REPORT_SSHD_FAIL,
                   "%s", fault.text);
        return;
    }
    check_grace_time(&view);
    check_startups(&view);
    check_user_environment(&view);
    check_environment(&view);
    check_methods(&view, check_connections(check, &view));
    sshd_settings_clear(&settings);
}
