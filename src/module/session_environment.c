/*
 * session_environment - the AWS variables of a session.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "module/session_environment.h"

#include <stdlib.h>
#include <string.h>

#include "model/session_variables.h"
#include "module/item.h"

/* Under this name libpam keeps the user for whom variables were published. */
#define PUBLISHED_NOTE "pam_aws_oidc_published"

/* Whether a line names a method; sshd puts a device or a key behind it. */
static bool
line_names(const char *line, const char *method)
{
    size_t length = strlen(method);

    return strncmp(line, method, length) == 0
           && strchr("/ \n", line[length]) != NULL;
}

bool
session_environment_is_earned(pam_handle_t *pamh)
{
    const char *line = pam_getenv(pamh, "SSH_AUTH_INFO_0");

    if (line == NULL)
        return true;
    for (;;) {
        if (line_names(line, "keyboard-interactive")
            || line_names(line, "password"))
            return true;
        line = strchr(line, '\n');
        if (line == NULL)
            return false;
        line++;
    }
}

/* Put one variable into the PAM environment. */
static int
put(pam_handle_t *pamh, const char *name, const char *value)
{
    struct secret variable = {0};
    int result = -1;

    if (secret_append(&variable, name, strlen(name)) == 0
        && secret_append(&variable, "=", 1) == 0
        && secret_append(&variable, value, strlen(value)) == 0
        && pam_putenv(pamh, variable.bytes) == PAM_SUCCESS)
        result = 0;
    secret_clear(&variable);
    return result;
}

/* Remove whatever of the variables is set. */
static void
remove_all(pam_handle_t *pamh)
{
    size_t i;

    for (i = 0; i < SESSION_VARIABLE_COUNT; i++) {
        if (pam_getenv(pamh, session_variable_name(i)) != NULL)
            pam_putenv(pamh, session_variable_name(i));
    }
}

/* Called by libpam when the note goes. */
static void
free_note(pam_handle_t *pamh, void *note, int status)
{
    (void) pamh;
    (void) status;
    free(note);
}

/* The user for whom variables were published; NULL where they were not. */
static const char *
published_for(pam_handle_t *pamh)
{
    const void *note = NULL;

    if (pam_get_data(pamh, PUBLISHED_NOTE, &note) != PAM_SUCCESS)
        return NULL;
    return note;
}

int
session_environment_publish(pam_handle_t *pamh, const struct handoff *handoff,
                            struct fault *fault)
{
    struct session_variables variables;
    char *note = NULL;
    size_t i;

    session_variables_fill(&variables, &handoff->credentials, handoff->region);
    for (i = 0; i < SESSION_VARIABLE_COUNT; i++) {
        if (variables.values[i] != NULL
            && put(pamh, session_variable_name(i), variables.values[i]) < 0)
            goto fail;
    }
    note = strdup(item_of(pamh, PAM_USER));
    if (note == NULL
        || pam_set_data(pamh, PUBLISHED_NOTE, note, free_note) != PAM_SUCCESS)
        goto fail;
    return 0;

fail:
    free(note);
    remove_all(pamh);
    fault_raise(fault, REASON_SYSTEM, "the PAM environment cannot be written");
    return -1;
}

void
session_environment_withdraw(pam_handle_t *pamh)
{
    if (published_for(pamh) == NULL)
        return;
    remove_all(pamh);
    pam_set_data(pamh, PUBLISHED_NOTE, NULL, NULL);
}

void
session_environment_change_user(pam_handle_t *pamh)
{
    const char *user = published_for(pamh);

    if (user != NULL && strcmp(user, item_of(pamh, PAM_USER)) != 0)
        session_environment_withdraw(pamh);
}
