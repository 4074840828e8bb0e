/*
 * login_call - a login that the command line asks for: whose, by which
 * configuration, with which token.
 *
 * What PAM and the module settle in a login that sshd serves is settled here.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_LOGIN_CALL_H
#define ADMIN_LOGIN_CALL_H

#include <stdbool.h>

#include "base/fault.h"
#include "base/secret.h"
#include "login/login.h"

/* Bytes after which a file with a token is read no further: more than STS
   takes, 20,000 characters, with room for blanks. */
#define LOGIN_CALL_MAX_TOKEN 32768

/* The service by whose line of the module it goes, unless another is named. */
#define LOGIN_CALL_SERVICE "sshd"

/* What was asked for; NULL where it was not. */
struct login_words {
    const char *user;          /* the caller */
    const char *service;       /* LOGIN_CALL_SERVICE */
    const char *configuration; /* what the service's line says */
    const char *token_file;    /* a path, or "-" */
};

struct login_call {
    struct login_request request;
    char *configuration_path;
    char *user;
    struct secret token; /* what the file held, or "" */
};

/*
 * Take what the caller brings: whose login it is, and the token if a file has
 * it. Before this nothing secret is in the process, and after it no other of
 * the caller's can look into it.
 *
 * Gives:  0; or -1 and the fault, which is no login's: somebody who is not root
 *         asks for another user, root names none, or the file cannot be read.
 *         In both cases it must be cleared.
 */
int login_call_begin(const struct login_words *words, struct login_call *call,
                     struct fault *fault);

/*
 * Get the rest ready, and give up what root has more than the login helper: the
 * configuration is opened before.
 *
 * Gives:  0, and the request, which may ask where no file has the token; or -1
 *         and the fault, with which a login would end.
 */
int login_call_prepare(const struct login_words *words, struct login_call *call,
                       struct fault *fault);

/* Wipe, close and free. */
void login_call_clear(struct login_call *call);

#endif
