/*
 * dialogue - the module's side of a login.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "ipc/dialogue.h"

#include "base/deadline.h"
#include "ipc/frame.h"

/* Wait for the helper's next frame; its end is a fault here. */
static int
next_frame(int socket, struct frame *frame, struct fault *fault)
{
    struct deadline deadline = deadline_in(DIALOGUE_MAX_SILENCE);
    enum frame_arrival arrival;

    arrival = frame_receive(socket, frame, &deadline, fault);
    if (arrival == FRAME_ENDED)
        fault_raise(fault, REASON_SYSTEM, "the helper ended without a verdict");
    return arrival == FRAME_ARRIVED ? 0 : -1;
}

/* Put the question of a frame to the user, and send his answer. */
static int
relay_question(int socket, const struct frame *frame,
               const struct dialogue_host *host, struct fault *fault)
{
    struct deadline deadline;
    struct question question;
    struct secret answer = {0};
    struct secret payload = {0};
    int result = -1;

    if (message_read_question(&frame->payload, &question, fault) < 0
        || host->converse(host->self, &question, &answer, fault) < 0)
        goto out;
    if (message_write_answer(&answer, &payload, fault) < 0)
        goto out;
    deadline = deadline_in(DIALOGUE_MAX_SILENCE);
    result = frame_send(socket, FRAME_ANSWER, &payload, &deadline, fault);

out:
    secret_clear(&answer);
    secret_clear(&payload);
    return result;
}

/* See that the helper ends after its verdict, without another byte. */
static int
await_goodbye(int socket, struct fault *fault)
{
    struct deadline deadline = deadline_in(DIALOGUE_MAX_GOODBYE);
    struct frame frame = {0};
    enum frame_arrival arrival;

    arrival = frame_receive(socket, &frame, &deadline, fault);
    if (arrival == FRAME_ARRIVED)
        frame_refuse_turn(&frame, fault);
    if (arrival != FRAME_ENDED)
        fault_prefix(fault, "after the verdict");
    frame_clear(&frame);
    return arrival == FRAME_ENDED ? 0 : -1;
}

/* Relay questions until the frame is a verdict. */
static int
relay_until_verdict(int socket, struct frame *frame,
                    const struct dialogue_host *host, struct fault *fault)
{
    int questions = 0;

    for (;;) {
        if (next_frame(socket, frame, fault) < 0)
            return -1;
        if (frame->label == FRAME_VERDICT)
            return 0;
        if (frame->label != FRAME_ASK) {
            frame_refuse_turn(frame, fault);
            return -1;
        }
        if (++questions > DIALOGUE_MAX_QUESTIONS) {
            fault_raise(fault, REASON_SYSTEM,
                        "the helper asked more than %d questions",
                        DIALOGUE_MAX_QUESTIONS);
            return -1;
        }
        if (relay_question(socket, frame, host, fault) < 0)
            return -1;
    }
}

int
dialogue_run(int socket, const struct hello *hello,
             const struct dialogue_host *host, struct outcome *outcome,
             struct fault *fault)
{
    struct deadline deadline = deadline_in(DIALOGUE_MAX_SILENCE);
    struct frame frame = {0};
    struct secret payload = {0};
    int result = -1;

    outcome_clear(outcome);
    if (message_write_hello(hello, &payload, fault) < 0
        || frame_send(socket, FRAME_HELLO, &payload, &deadline, fault) < 0
        || relay_until_verdict(socket, &frame, host, fault) < 0
        || await_goodbye(socket, fault) < 0
        || message_read_outcome(&frame.payload, outcome, fault) < 0)
        goto out;
    result = 0;

out:
    frame_clear(&frame);
    secret_clear(&payload);
    return result;
}
