/*
 * arguments - the words behind pam_aws_oidc.so in a file of /etc/pam.d.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/arguments.h"

#include <string.h>

/* What stands behind "key=" in a word, or NULL if it begins otherwise. */
static const char *
value_of(const char *word, const char *key)
{
    size_t length = strlen(key);

    return strncmp(word, key, length) == 0 ? word + length : NULL;
}

/* Read one word. Gives false where it is unknown, or lacks its value. */
static bool
read_word(struct arguments *arguments, const char *word)
{
    const char *value;

    if ((value = value_of(word, "conf=")) != NULL)
        arguments->configuration = value;
    else if ((value = value_of(word, "helper=")) != NULL)
        arguments->helper = value;
    else if ((value = value_of(word, "services=")) != NULL)
        arguments->services = value;
    else if (strcmp(word, "try_first_pass") == 0)
        arguments->try_first_pass = true;
    else if (strcmp(word, "use_first_pass") == 0)
        arguments->use_first_pass = true;
    else
        return false;
    return value == NULL || value[0] != '\0';
}

int
arguments_read(struct arguments *arguments, int argc, const char *const *argv,
               struct fault *fault)
{
    int i;

    *arguments = (struct arguments){
        .configuration = CONFIGURATION_PATH,
        .helper = HELPER_PATH,
    };
    for (i = 0; i < argc; i++) {
        if (!read_word(arguments, argv[i])) {
            fault_raise(fault, REASON_CONFIG,
                        "the argument \"%.64s\" of pam_aws_oidc.so is unknown "
                        "or incomplete",
                        argv[i]);
            return -1;
        }
    }
    return 0;
}

bool
arguments_serve(const struct arguments *arguments, const char *service)
{
    const char *next = arguments->services;
    size_t length = strlen(service);

    if (next == NULL)
        return true;
    for (;;) {
        if (strncmp(next, service, length) == 0
            && (next[length] == ',' || next[length] == '\0'))
            return true;
        next = strchr(next, ',');
        if (next == NULL)
            return false;
        next++;
    }
}
