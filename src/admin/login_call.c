/*
 * login_call - a login that the command line asks for: whose, by which
 * configuration, with which token. SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/login_call.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin/host_user.h"
#include "admin/pam_service.h"
#include "admin/privileges.h"
#include "base/trusted_file.h"

#define READ_SIZE 4096

/* Keep a copy of a text. */
static int
keep(char **copy, const char *text, struct fault *fault)
{
    *copy = strdup(text);
    if (*copy != NULL)
        return 0;
    fault_raise(fault, REASON_MEMORY, "no memory");
    return -1;
}

/* Settle who it is about: root may ask for everybody. */
static int
name_user(struct login_call *call, const char *name, struct fault *fault)
{
    const struct passwd *entry;

    if (geteuid() != 0) {
        entry = host_user_find_id(getuid());
        if (entry == NULL
            || (name != NULL && strcmp(entry->pw_name, name) != 0)) {
            fault_raise(fault, REASON_USER_REFUSED,
                        "only root can ask for another user");
            return -1;
        }
        name = entry->pw_name;
    } else if (name == NULL) {
        fault_raise(fault, REASON_USER_REFUSED,
                    "no token lets in root: name a user with --user");
        return -1;
    }
    return keep(&call->user, name, fault);
}

/* Find the user, unless it is one whom no token lets in. */
static int
find_user(struct login_call *call, struct fault *fault)
{
    const struct passwd *entry;

    if (host_user_check(call->user, fault) < 0)
        return -1;
    entry = host_user_find(call->user);
    if (entry == NULL) {
        fault_raise(fault, REASON_UNKNOWN_USER, "the user went away");
        return -1;
    }
    call->request.user = call->user;
    call->request.uid = entry->pw_uid;
    call->request.gid = entry->pw_gid;
    return 0;
}

/* Take the configuration that the service's line of the module names. */
static int
ask_service(struct login_call *call, const char *name, struct fault *fault)
{
    struct pam_service service = {0};
    const struct pam_service_line *line;
    struct arguments arguments;
    int result = -1;

    if (pam_service_read(PAM_SERVICE_FOLDER, name, &service, fault) < 0)
        return -1;
    line = pam_service_find_ours(&service, PAM_TYPE_AUTH);
    if (line == NULL) {
        fault_raise(
            fault, REASON_CONFIG,
            "service %s: no auth line of %s is meant for it: add one, or"
            " name a configuration with --config",
            name, PAM_SERVICE_OUR_MODULE);
    } else if (pam_service_read_arguments(line, &arguments, fault) < 0) {
        fault_prefix(fault, line->file);
    } else {
        result =
            keep(&call->configuration_path, arguments.configuration, fault);
    }
    pam_service_clear(&service);
    return result;
}

/* Open the configuration, as the module does. */
static int
open_configuration(struct login_call *call, const struct login_words *words,
                   struct fault *fault)
{
    const char *service =
        words->service == NULL ? LOGIN_CALL_SERVICE : words->service;

    if ((words->configuration == NULL
             ? ask_service(call, service, fault)
             : keep(&call->configuration_path, words->configuration, fault))
        < 0)
        return -1;
    call->request.configuration_path = call->configuration_path;
    call->request.configuration =
        trusted_file_open(call->configuration_path, geteuid(),
                          TRUSTED_FILE_READ, REASON_CONFIG, fault);
    return call->request.configuration < 0 ? -1 : 0;
}

/* Read what there is, a pipe's too, up to more than a token can have: to refuse
   that is the login's. */
static int
read_token(int fd, struct secret *token)
{
    char bytes[READ_SIZE];
    ssize_t got;

    do {
        got = read(fd, bytes, sizeof bytes);
        if (got > 0 && secret_append(token, bytes, (size_t) got) < 0) {
            errno = ENOMEM;
            got = -1;
        }
    } while ((got > 0 && token->length < LOGIN_CALL_MAX_TOKEN)
             || (got < 0 && errno == EINTR));
    explicit_bzero(bytes, sizeof bytes);
    return got < 0 ? -1 : 0;
}

/* Take the token from its file, which is the caller's to read. */
static int
take_token(struct login_call *call, const char *path, struct fault *fault)
{
    bool is_input = strcmp(path, "-") == 0;
    int fd = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    int result = fd < 0 ? -1 : read_token(fd, &call->token);

    if (result < 0)
        fault_raise(fault, REASON_NO_TOKEN, "%s: %s",
                    is_input ? "standard input" : path, strerrordesc_np(errno));
    if (fd >= 0 && !is_input)
        close(fd);
    return result;
}

/* There is nothing that the look-up of groups needs and the rest does not. */
static int
stay(void)
{
    return 0;
}

int
login_call_begin(const struct login_words *words, struct login_call *call,
                 struct fault *fault)
{
    *call = (struct login_call){0};
    call->request.configuration = -1;
    call->request.presented = &call->token;
    call->request.may_ask = words->token_file == NULL;
    call->request.confine = stay;
    privileges_guard();
    if (name_user(call, words->user, fault) < 0)
        return -1;
    return words->token_file == NULL
               ? 0
               : take_token(call, words->token_file, fault);
}

int
login_call_prepare(const struct login_words *words, struct login_call *call,
                   struct fault *fault)
{
    if (open_configuration(call, words, fault) < 0
        || find_user(call, fault) < 0)
        return -1;
    return privileges_drop(fault);
}

void
login_call_clear(struct login_call *call)
{
    if (call->request.configuration >= 0)
        close(call->request.configuration);
    free(call->configuration_path);
    free(call->user);
    secret_clear(&call->token);
    *call = (struct login_call){.request = {.configuration = -1}};
}
