/*
 * console - a sign-in address of the AWS Management Console.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_CONSOLE_H
#define ADMIN_CONSOLE_H

#include "admin/login_call.h"
#include "base/fault.h"
#include "base/secret.h"
#include "model/outcome.h"

/* What was asked for; NULL or 0 where it was not. */
struct console_words {
    const char *federation_endpoint; /* URL, in place of the partition's */
    const char *destination;         /* URL of the page to begin with */
    int session_duration;            /* seconds; or what the credentials have */
};

/*
 * Ask the federation endpoint for an address, with the credentials of a login
 * that let somebody in, and by the way that STS is asked.
 *
 * Gives 0, and the address is appended to the empty url; or -1 and the fault.
 */
int console_ask(const struct console_words *words,
                const struct login_call *call, const struct outcome *outcome,
                struct secret *url, struct fault *fault);

#endif
