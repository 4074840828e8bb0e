/*
 * module_asker - asks the user through the module, over the socket.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "helper/module_asker.h"

#include <stdio.h>

#include "ipc/frame.h"
#include "ipc/message.h"

/* Send a question; what is typed is not shown. */
static int
ask(void *self, const char *text, struct fault *fault)
{
    const int *socket = self;
    struct question question = {.echo = false};
    struct secret payload = {0};
    int result = -1;

    snprintf(question.text, sizeof question.text, "%s", text);
    if (message_write_question(&question, &payload, fault) == 0)
        result = frame_send(*socket, FRAME_ASK, &payload, NULL, fault);
    secret_clear(&payload);
    return result;
}

/* Wait for the answer. */
static int
answer(void *self, struct secret *text, struct fault *fault)
{
    const int *socket = self;
    struct frame frame = {0};
    int result = -1;

    switch (frame_receive(*socket, &frame, NULL, fault)) {
    case FRAME_ARRIVED:
        if (frame.label == FRAME_ANSWER)
            result = message_read_answer(&frame.payload, text, fault);
        else
            frame_refuse_turn(&frame, fault);
        break;
    case FRAME_ENDED:
        fault_raise(fault, REASON_CONVERSATION, "the module ended");
        break;
    case FRAME_FAILED:
        break;
    }
    frame_clear(&frame);
    return result;
}

struct asker
module_asker(int *socket)
{
    return (struct asker){
        .ask = ask,
        .answer = answer,
        .self = socket,
        .watched = *socket,
    };
}
