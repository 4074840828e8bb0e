/*
 * arguments - the words behind pam_aws_oidc.so in a file of /etc/pam.d.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_ARGUMENTS_H
#define MODEL_ARGUMENTS_H

#include <stdbool.h>

#include "base/fault.h"

struct arguments {
    const char *configuration; /* conf=, else the path compiled in */
    const char *helper;        /* helper=, else the path compiled in */
    const char *services;      /* services=, a list with commas; or NULL */
    bool try_first_pass;       /* take PAM_AUTHTOK for the token, else ask */
    bool use_first_pass;       /* take PAM_AUTHTOK, and never ask */
};

/*
 * Read the arguments that libpam hands over; they must outlive the struct.
 * Gives 0; or -1 and REASON_CONFIG, which names the first unknown word.
 */
int arguments_read(struct arguments *arguments, int argc,
                   const char *const *argv, struct fault *fault);

/* Whether the line is meant for a PAM service: services= names it, or none. */
bool arguments_serve(const struct arguments *arguments, const char *service);

#endif
