/*
 * conversation - what the module asks and tells, through the host.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "module/conversation.h"

#include <stdlib.h>
#include <string.h>

#include <security/pam_ext.h>

/* Copy a text without what could drive a terminal. size counts the NUL. */
static void
copy_printable(const char *text, char *copy, size_t size)
{
    size_t length = 0;

    for (; *text != '\0' && length + 1 < size; text++) {
        if (*text == '\n' || (*text >= ' ' && *text <= '~'))
            copy[length++] = *text;
    }
    copy[length] = '\0';
}

int
conversation_ask(pam_handle_t *pamh, const struct question *question,
                 struct secret *answer, struct fault *fault)
{
    char text[MESSAGE_QUESTION_SIZE];
    char *response = NULL;
    size_t length;
    int code;
    int result = -1;

    copy_printable(question->text, text, sizeof text);
    code = pam_prompt(pamh,
                      question->echo ? PAM_PROMPT_ECHO_ON : PAM_PROMPT_ECHO_OFF,
                      &response, "%s", text);
    if (code != PAM_SUCCESS) {
        /* Not in words, which pam_strerror() has in the caller's language. */
        fault_raise(fault, REASON_CONVERSATION,
                    "the conversation failed with the PAM code %d", code);
        goto out;
    }
    length = response == NULL ? 0 : strlen(response);
    if (length > MESSAGE_MAX_ANSWER)
        length = MESSAGE_MAX_ANSWER;
    if (secret_append(answer, response, length) < 0) {
        fault_raise(fault, REASON_MEMORY, "no memory for an answer");
        goto out;
    }
    result = 0;

out:
    if (response != NULL)
        explicit_bzero(response, strlen(response));
    free(response);
    return result;
}

void
conversation_tell(pam_handle_t *pamh, bool error, const char *words)
{
    char text[MESSAGE_QUESTION_SIZE];

    copy_printable(words, text, sizeof text);
    if (text[0] != '\0')
        pam_prompt(pamh, error ? PAM_ERROR_MSG : PAM_TEXT_INFO, NULL, "%s",
                   text);
}
