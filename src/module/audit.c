/*
 * audit - one line in the host's log for each attempt to log in.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "module/audit.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include <security/pam_ext.h>

#include "module/item.h"

/*
 * Characters that a value takes at most, escaped and without its quotes, so
 * that a user's name of any length leaves room for what comes behind it.
 */
#define VALUE_SIZE 512

/* Bytes of a line: room for every field at its longest. */
#define LINE_SIZE 10240

/* Characters that need no quotes around a value. */
#define PLAIN                                                        \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" \
    "_+=,.@-:/|"

/* A line that is being written. */
struct line {
    char text[LINE_SIZE];
    size_t length;
};

/* Append a text as it is; what does not fit is cut off. */
static void
append(struct line *line, const char *text)
{
    size_t room = sizeof line->text - 1 - line->length;
    size_t length = strnlen(text, room);

    memcpy(line->text + line->length, text, length);
    line->length += length;
}

/* Append a value in quotes, with all escaped that is not printable ASCII. */
static void
append_quoted(struct line *line, const char *value)
{
    size_t end = line->length + VALUE_SIZE;
    char escaped[5];

    append(line, "\"");
    for (; *value != '\0' && line->length < end; value++) {
        if (*value == '"' || *value == '\\')
            snprintf(escaped, sizeof escaped, "\\%c", *value);
        else if (*value >= ' ' && *value <= '~')
            snprintf(escaped, sizeof escaped, "%c", *value);
        else
            snprintf(escaped, sizeof escaped, "\\x%02x",
                     (unsigned int) (unsigned char) *value);
        append(line, escaped);
    }
    append(line, "\"");
}

/* Append " key=value"; nothing where the value is not known. */
static void
append_field(struct line *line, const char *key, const char *value)
{
    size_t length;

    if (value == NULL || value[0] == '\0')
        return;
    if (line->length > 0)
        append(line, " ");
    append(line, key);
    append(line, "=");
    length = strnlen(value, VALUE_SIZE + 1);
    if (length <= VALUE_SIZE && strspn(value, PLAIN) == length)
        append(line, value);
    else
        append_quoted(line, value);
}

/* Append a text item of PAM. */
static void
append_item(struct line *line, const char *key, pam_handle_t *pamh, int item)
{
    append_field(line, key, item_of(pamh, item));
}

/* How loud the line is: what the administrator must mend is an error. */
static int
priority_of(enum reason reason)
{
    switch ((int) reason) {
    case REASON_OK:
        return LOG_INFO;
    case REASON_SERVICE_NOT_SERVED:
        return LOG_DEBUG;
    case REASON_SYSTEM:
    case REASON_MEMORY:
    case REASON_CONFIG:
    case REASON_HELPER_MISSING:
        return LOG_ERR;
    default:
        return LOG_NOTICE;
    }
}

/* The first word of the line. */
static const char *
result_of(enum reason reason)
{
    if (reason == REASON_OK)
        return "accepted";
    return reason == REASON_SERVICE_NOT_SERVED ? "ignored" : "refused";
}

/*
 * Write the line. Meanwhile no end of a child interrupts the sending: syslog(3)
 * tries twice, and then the line is lost.
 */
static void
write_line(pam_handle_t *pamh, int priority, const struct line *line)
{
    sigset_t child;
    sigset_t before;

    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &child, &before);
    pam_syslog(pamh, LOG_AUTHPRIV | priority, "%s", line->text);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void
audit_attempt(pam_handle_t *pamh, const struct outcome *outcome,
              int milliseconds)
{
    struct line line = {0};
    char number[16];
    int priority = priority_of(outcome->reason);
    int i;

    snprintf(number, sizeof number, "%d", milliseconds);
    append_field(&line, "result", result_of(outcome->reason));
    append_field(&line, "reason", reason_name(outcome->reason));
    if (outcome->reason == REASON_OK)
        append_field(&line, "user", outcome->user);
    else
        append_item(&line, "user", pamh, PAM_USER);
    append_item(&line, "service", pamh, PAM_SERVICE);
    append_item(&line, "rhost", pamh, PAM_RHOST);
    append_field(&line, "ms", number);
    for (i = 0; i < AUDIT_FIELD_COUNT; i++)
        append_field(&line, outcome_audit_key((enum audit_field) i),
                     outcome->audit[i]);
    append_field(&line, "what", outcome->text);
    if (outcome->reason == REASON_OK
        && outcome->audit[AUDIT_WARNING][0] != '\0')
        priority = LOG_WARNING;
    write_line(pamh, priority, &line);
}

void
audit_session(pam_handle_t *pamh, const struct fault *fault)
{
    struct line line = {0};

    append_field(&line, "session", "without_credentials");
    append_item(&line, "user", pamh, PAM_USER);
    append_item(&line, "service", pamh, PAM_SERVICE);
    append_item(&line, "rhost", pamh, PAM_RHOST);
    append_field(&line, "what", fault->text);
    write_line(pamh, priority_of(fault->reason), &line);
}
