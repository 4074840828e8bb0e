/*
 * Shows how ipc/dialogue gets on with helpers, most of which misbehave: each
 * is a thread that speaks raw bytes at the other end of the socket.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/io.h"
#include "ipc/dialogue.h"
#include "ipc/frame.h"
#include "ipc/pack.h"
#include "unit.h"

/* A host that answers every question with the number of it. */
struct host {
    int questions;
    int refuse_at; /* the question that fails; 0 for none */
    size_t length; /* of the answer, where it is to be a long one */
    char last_question[MESSAGE_QUESTION_SIZE];
    bool echo;
};

static int
converse(void *self, const struct question *question, struct secret *answer,
         struct fault *fault)
{
    struct host *host = self;
    char number[16];

    host->questions++;
    host->echo = question->echo;
    strcpy(host->last_question, question->text);
    if (host->questions == host->refuse_at) {
        fault_raise(fault, REASON_CONVERSATION, "the user left");
        return -1;
    }
    snprintf(number, sizeof number, "%d", host->questions);
    secret_append(answer, number, strlen(number));
    while (answer->length < host->length)
        secret_append(answer, "x", 1);
    return 0;
}

/* What a helper does after it has read HELLO. It closes its end afterwards. */
struct helper {
    void (*act)(int socket);
    int socket;
    struct hello hello; /* as it arrived */
};

static void *
run_helper(void *arg)
{
    struct helper *helper = arg;
    struct frame frame = {0};
    struct fault fault = {0};

    if (frame_receive(helper->socket, &frame, NULL, &fault) == FRAME_ARRIVED
        && frame.label == FRAME_HELLO
        && message_read_hello(&frame.payload, &helper->hello, &fault) == 0)
        helper->act(helper->socket);
    close(helper->socket);
    frame_clear(&frame);
    return NULL;
}

/* Run the dialogue against a helper that acts so. */
static int
run(void (*act)(int socket), struct host *host, struct outcome *outcome,
    struct fault *fault)
{
    struct hello hello = {.user = "alice",
                          .uid = 1000,
                          .gid = 1001,
                          .may_ask = true};
    struct dialogue_host dialogue_host = {converse, host};
    struct helper helper = {.act = act};
    pthread_t thread;
    int sockets[2];
    int result;

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    helper.socket = sockets[1];
    hello.answer = secret_from("presented");
    assert_int_equal(pthread_create(&thread, NULL, run_helper, &helper), 0);
    result = dialogue_run(sockets[0], &hello, &dialogue_host, outcome, fault);
    close(sockets[0]);
    pthread_join(thread, NULL);

    assert_int_equal(result, fault->raised ? -1 : 0);
    assert_string_equal(helper.hello.user, "alice");
    assert_int_equal(helper.hello.uid, 1000);
    assert_int_equal(helper.hello.gid, 1001);
    assert_string_equal(secret_text(&helper.hello.answer), "presented");
    message_clear_hello(&helper.hello);
    message_clear_hello(&hello);
    return result;
}

/* See that the dialogue with such a helper fails, and lets nobody in. */
static void
assert_fails(void (*act)(int socket), const char *words)
{
    struct host host = {0};
    struct outcome outcome = {.reason = REASON_OK, .user = "alice"};
    struct fault fault = {0};

    outcome.credentials.session_token = secret_from("old");
    assert_int_equal(run(act, &host, &outcome, &fault), -1);
    expect(fault_is(&fault, REASON_SYSTEM, words), fault.text);
    assert_int_equal(outcome.reason, REASON_SYSTEM);
    assert_string_equal(outcome.user, "");
    assert_null(outcome.credentials.session_token.bytes);
}

/* What helpers say. */

static void
say(int socket, const void *bytes, size_t length)
{
    io_send(socket, bytes, length, NULL);
}

/* A frame with whatever header and payload. */
static void
say_frame(int socket, enum frame_label label, const struct secret *payload)
{
    struct pack header = {0};

    pack_u32(&header, (uint32_t) payload->length);
    pack_u8(&header, FRAME_VERSION);
    pack_u8(&header, (uint8_t) label);
    say(socket, header.bytes.bytes, header.bytes.length);
    say(socket, payload->bytes, payload->length);
    pack_clear(&header);
}

static void
say_question(int socket, const char *text)
{
    struct question question = {.echo = true};
    struct secret payload = {0};
    struct fault fault = {0};

    strcpy(question.text, text);
    message_write_question(&question, &payload, &fault);
    say_frame(socket, FRAME_ASK, &payload);
    secret_clear(&payload);
}

static void
say_verdict(int socket, enum reason reason)
{
    struct outcome outcome = {.reason = reason, .user = "alice"};
    struct secret payload = {0};
    struct fault fault = {0};

    outcome.credentials.access_key_id = secret_from("ASIA234567890123");
    message_write_outcome(&outcome, &payload, &fault);
    say_frame(socket, FRAME_VERDICT, &payload);
    outcome_clear(&outcome);
    secret_clear(&payload);
}

/* Wait for ANSWER; whether it begins with this text. */
static bool
hear_answer(int socket, const char *text)
{
    struct secret answer = {0};
    struct frame frame = {0};
    struct fault fault = {0};
    bool heard = frame_receive(socket, &frame, NULL, &fault) == FRAME_ARRIVED
                 && frame.label == FRAME_ANSWER
                 && message_read_answer(&frame.payload, &answer, &fault) == 0
                 && strncmp(secret_text(&answer), text, strlen(text)) == 0;

    frame_clear(&frame);
    secret_clear(&answer);
    return heard;
}

/* Helpers that behave. */

static void
accept_at_once(int socket)
{
    say_verdict(socket, REASON_OK);
}

static void
ask_twice_and_refuse(int socket)
{
    say_question(socket, "First: ");
    if (!hear_answer(socket, "1"))
        return;
    say_question(socket, "Second: ");
    if (hear_answer(socket, "2"))
        say_verdict(socket, REASON_NO_RULE);
}

static void
ask_as_often_as_one_may(int socket)
{
    int i;

    for (i = 0; i < DIALOGUE_MAX_QUESTIONS; i++) {
        say_question(socket, "Again: ");
        if (!hear_answer(socket, ""))
            return;
    }
    say_verdict(socket, REASON_OK);
}

static void
ask_once(int socket)
{
    say_question(socket, "Token: ");
    if (hear_answer(socket, "1"))
        say_verdict(socket, REASON_OK);
}

static void
a_verdict_is_handed_on(void **state)
{
    struct host host = {0};
    struct outcome outcome = {0};
    struct fault fault = {0};

    assert_int_equal(run(accept_at_once, &host, &outcome, &fault), 0);
    assert_int_equal(outcome.reason, REASON_OK);
    assert_string_equal(outcome.user, "alice");
    assert_string_equal(secret_text(&outcome.credentials.access_key_id),
                        "ASIA234567890123");
    assert_int_equal(host.questions, 0);
    outcome_clear(&outcome);
}

static void
questions_are_relayed_and_answered_in_turn(void **state)
{
    struct host host = {0};
    struct outcome outcome = {0};
    struct fault fault = {0};

    assert_int_equal(run(ask_twice_and_refuse, &host, &outcome, &fault), 0);
    assert_int_equal(outcome.reason, REASON_NO_RULE);
    assert_int_equal(host.questions, 2);
    assert_string_equal(host.last_question, "Second: ");
    assert_true(host.echo);
    outcome_clear(&outcome);
}

static void
sixty_four_questions_are_relayed(void **state)
{
    struct host host = {0};
    struct outcome outcome = {0};
    struct fault fault = {0};

    assert_int_equal(run(ask_as_often_as_one_may, &host, &outcome, &fault), 0);
    assert_int_equal(outcome.reason, REASON_OK);
    assert_int_equal(host.questions, 64);
    outcome_clear(&outcome);
}

static void
an_answer_of_20001_characters_arrives(void **state)
{
    struct host host = {.length = MESSAGE_MAX_ANSWER};
    struct outcome outcome = {0};
    struct fault fault = {0};

    assert_int_equal(run(ask_once, &host, &outcome, &fault), 0);
    assert_int_equal(outcome.reason, REASON_OK);
    outcome_clear(&outcome);
}

static void
a_conversation_that_fails_ends_the_dialogue(void **state)
{
    struct host host = {.refuse_at = 2};
    struct outcome outcome = {.reason = REASON_OK};
    struct fault fault = {0};

    assert_int_equal(run(ask_twice_and_refuse, &host, &outcome, &fault), -1);
    assert_true(fault_is(&fault, REASON_CONVERSATION, "the user left"));
    assert_int_equal(outcome.reason, REASON_SYSTEM);
    assert_int_equal(host.questions, 2);
}

/* Helpers that do not. */

static void
end_at_once(int socket)
{
}

static void
end_after_a_question(int socket)
{
    say_question(socket, "Token: ");
    hear_answer(socket, "1");
}

static void
say_nothing_known(int socket)
{
    say(socket, "HTTP/1.1 200 OK\r\n\r\n", 19);
}

static void
speak_another_version(int socket)
{
    say(socket, "\0\0\0\0\1\4", 6);
}

static void
use_an_unknown_label(int socket)
{
    say(socket, "\0\0\0\0\2\5", 6);
}

static void
promise_too_much(int socket)
{
    say(socket, "\xff\xff\xff\xff\2\4", 6);
}

static void
end_within_a_verdict(int socket)
{
    say(socket, "\0\0\0\5\2\4abcd", 10);
}

static void
say_hello(int socket)
{
    struct secret payload = {0};

    say_frame(socket, FRAME_HELLO, &payload);
}

static void
say_answer(int socket)
{
    struct secret payload = {0};

    say_frame(socket, FRAME_ANSWER, &payload);
}

static void
ask_malformed(int socket)
{
    struct secret payload = secret_from("\2\0\0\0");

    say_frame(socket, FRAME_ASK, &payload);
    secret_clear(&payload);
}

static void
judge_malformed(int socket)
{
    struct secret payload = secret_of("\0\0\0\2ok", 6);

    say_frame(socket, FRAME_VERDICT, &payload);
    secret_clear(&payload);
}

static void
add_a_byte_to_the_verdict(int socket)
{
    say_verdict(socket, REASON_OK);
    say(socket, "", 1);
}

static void
judge_twice(int socket)
{
    say_verdict(socket, REASON_NO_RULE);
    say_verdict(socket, REASON_OK);
}

static void
ask_after_the_verdict(int socket)
{
    say_verdict(socket, REASON_OK);
    say_question(socket, "And another thing: ");
}

static void
ask_too_often(int socket)
{
    int i;

    for (i = 0; i <= DIALOGUE_MAX_QUESTIONS; i++) {
        say_question(socket, "Again: ");
        if (!hear_answer(socket, ""))
            return;
    }
    say_verdict(socket, REASON_OK);
}

static void
ask_without_listening(int socket)
{
    int i;

    for (i = 0; i < 10000; i++)
        say_question(socket, "Flood: ");
    say_verdict(socket, REASON_OK);
}

static void
flood(int socket)
{
    static const char bytes[1024 * 1024];

    say(socket, bytes, sizeof bytes);
}

static void
a_helper_that_misbehaves_is_refused(void **state)
{
    assert_fails(end_at_once, "ended without a verdict");
    assert_fails(end_after_a_question, "ended without a verdict");
    assert_fails(say_nothing_known, "version");
    assert_fails(speak_another_version, "version 1");
    assert_fails(use_an_unknown_label, "label 5");
    assert_fails(promise_too_much, "longer than");
    assert_fails(end_within_a_verdict, "within a frame 4");
    assert_fails(say_hello, "frame 1 arrived out of turn");
    assert_fails(say_answer, "frame 3 arrived out of turn");
    assert_fails(ask_malformed, "the ASK is malformed");
    assert_fails(judge_malformed, "the VERDICT is malformed");
    assert_fails(flood, "version 0");
}

static void
nothing_may_follow_a_verdict(void **state)
{
    assert_fails(add_a_byte_to_the_verdict, "within a frame");
    assert_fails(judge_twice, "frame 4 arrived out of turn");
    assert_fails(ask_after_the_verdict, "frame 2 arrived out of turn");
}

static void
the_sixty_fifth_question_is_refused(void **state)
{
    struct host host = {0};
    struct outcome outcome = {0};
    struct fault fault = {0};

    assert_int_equal(run(ask_too_often, &host, &outcome, &fault), -1);
    assert_true(fault_is(&fault, REASON_SYSTEM, "more than 64 questions"));
    assert_int_equal(host.questions, 64);

    host.questions = 0;
    fault = (struct fault){0};
    assert_int_equal(run(ask_without_listening, &host, &outcome, &fault), -1);
    assert_true(fault_is(&fault, REASON_SYSTEM, "more than 64 questions"));
    assert_int_equal(host.questions, 64);
}

static void
an_answer_too_long_for_a_frame_ends_the_dialogue(void **state)
{
    struct host host = {.length = 40000};
    struct outcome outcome = {0};
    struct fault fault = {0};

    assert_int_equal(run(ask_once, &host, &outcome, &fault), -1);
    assert_true(fault_is(&fault, REASON_SYSTEM, "too long"));
}

static void
a_helper_that_is_gone_before_hello_is_a_fault(void **state)
{
    struct hello hello = {.user = "alice"};
    struct host host = {0};
    struct dialogue_host dialogue_host = {converse, &host};
    struct outcome outcome = {.reason = REASON_OK};
    struct fault fault = {0};
    int sockets[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    close(sockets[1]);
    assert_int_equal(dialogue_run(sockets[0], &hello, &dialogue_host, &outcome,
                                  &fault),
                     -1);
    assert_true(fault_is(&fault, REASON_SYSTEM, "could not be sent"));
    assert_int_equal(outcome.reason, REASON_SYSTEM);
    close(sockets[0]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verdict_is_handed_on),
        cmocka_unit_test(questions_are_relayed_and_answered_in_turn),
        cmocka_unit_test(sixty_four_questions_are_relayed),
        cmocka_unit_test(an_answer_of_20001_characters_arrives),
        cmocka_unit_test(a_conversation_that_fails_ends_the_dialogue),
        cmocka_unit_test(a_helper_that_misbehaves_is_refused),
        cmocka_unit_test(nothing_may_follow_a_verdict),
        cmocka_unit_test(the_sixty_fifth_question_is_refused),
        cmocka_unit_test(an_answer_too_long_for_a_frame_ends_the_dialogue),
        cmocka_unit_test(a_helper_that_is_gone_before_hello_is_a_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
