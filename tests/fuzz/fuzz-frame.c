/*
 * Fuzzes ipc/frame, ipc/message and ipc/pack: the input is what a peer sends
 * before it closes its end. A message that can be read is written again, and
 * must come out as the bytes that came in.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "ipc/frame.h"
#include "ipc/message.h"

/* See that two payloads are the same. */
static void
must_equal(const struct secret *one, const struct secret *other)
{
    must(one->length == other->length
         && memcmp(one->bytes, other->bytes, one->length) == 0);
}

static void
try_hello(const struct secret *payload)
{
    struct hello hello = {0};
    struct secret again = {0};
    struct fault fault = {0};

    if (message_read_hello(payload, &hello, &fault) == 0) {
        must(message_write_hello(&hello, &again, &fault) == 0);
        must_equal(&again, payload);
    }
    message_clear_hello(&hello);
    secret_clear(&again);
}

static void
try_question(const struct secret *payload)
{
    struct question question;
    struct secret again = {0};
    struct fault fault = {0};

    if (message_read_question(payload, &question, &fault) == 0) {
        must(message_write_question(&question, &again, &fault) == 0);
        must_equal(&again, payload);
    }
    secret_clear(&again);
}

static void
try_answer(const struct secret *payload)
{
    struct secret answer = {0};
    struct secret again = {0};
    struct fault fault = {0};

    if (message_read_answer(payload, &answer, &fault) == 0) {
        must(message_write_answer(&answer, &again, &fault) == 0);
        must_equal(&again, payload);
    }
    secret_clear(&answer);
    secret_clear(&again);
}

static void
try_verdict(const struct secret *payload)
{
    static const char ok[] = "\0\0\0\2ok";
    struct outcome outcome = {0};
    struct secret again = {0};
    struct fault fault = {0};

    if (message_read_outcome(payload, &outcome, &fault) == 0) {
        must(message_write_outcome(&outcome, &again, &fault) == 0);
        if (outcome.reason == REASON_OK) {
            must(memcmp(payload->bytes, ok, sizeof ok - 1) == 0);
            must_equal(&again, payload);
        }
    } else {
        must(outcome.reason != REASON_OK);
    }
    outcome_clear(&outcome);
    secret_clear(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct deadline deadline = deadline_in(0);
    struct frame frame = {0};
    struct fault fault = {0};
    ssize_t sent;
    int sockets[2];

    must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
    /* What the socket does not hold is as if it had not been sent. */
    sent = send(sockets[0], data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    must(size == 0 || sent > 0);
    close(sockets[0]);
    while (frame_receive(sockets[1], &frame, &deadline, &fault)
           == FRAME_ARRIVED) {
        must(!fault.raised);
        switch (frame.label) {
        case FRAME_HELLO:
            try_hello(&frame.payload);
            break;
        case FRAME_ASK:
            try_question(&frame.payload);
            break;
        case FRAME_ANSWER:
            try_answer(&frame.payload);
            break;
        case FRAME_VERDICT:
            try_verdict(&frame.payload);
            break;
        }
    }
    frame_clear(&frame);
    close(sockets[1]);
    return 0;
}
