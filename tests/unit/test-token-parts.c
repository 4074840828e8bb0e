/*
 * Shows that login/token_parts asks by the lengths of the answers alone, and
 * that a cut is told.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdio.h>

#include "login/token_parts.h"
#include "model/token.h"
#include "unit.h"

#define MAX_QUESTIONS 64

#define TEN_PARTS 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000

/* A user who gives one answer after another, and what he is asked. */
struct user {
    const char *text; /* what he has; NULL where every answer is the same */
    const size_t *lengths; /* of his answers; the last one ends with 0 */
    size_t answered;
    size_t questions;
    size_t fails_at; /* the answer at which he hangs up, from 1; 0 for none */
    char question[MAX_QUESTIONS][128];

    /* What came of it. */
    struct secret answer;
    struct token_arrival arrival;
    struct fault fault;
};

static char many[32000];

static int
take_question(void *self, const char *question, struct fault *fault)
{
    struct user *user = self;

    (void) fault;
    assert_true(user->questions < MAX_QUESTIONS);
    snprintf(user->question[user->questions++], sizeof user->question[0], "%s",
             question);
    return 0;
}

static int
give_answer(void *self, struct secret *answer, struct fault *fault)
{
    struct user *user = self;
    size_t length = user->lengths[user->answered++];

    assert_int_equal(user->answered, user->questions);
    if (user->answered == user->fails_at) {
        fault_raise(fault, REASON_CONVERSATION, "he is gone");
        return -1;
    }
    assert_int_equal(answer->length, 0);
    assert_int_equal(secret_append(answer,
                                   user->text == NULL ? many : user->text,
                                   length),
                     0);
    if (user->text != NULL)
        user->text += length;
    return 0;
}

/* Ask a user, and take his token. */
static int
ask(struct user *user)
{
    struct asker asker = {.ask = take_question,
                          .answer = give_answer,
                          .self = user,
                          .watched = -1};

    assert_int_equal(token_parts_ask(&asker, &user->fault), 0);
    return token_parts_take(&asker, &user->answer, &user->arrival,
                            &user->fault);
}

/* What is asked. */

static const struct row {
    const char *title;
    size_t lengths[32];
    size_t questions;
    size_t total;
    size_t cut_at;
} rows[] = {
    {"an empty answer", {0}, 1, 0, 0},
    {"a short one", {1}, 1, 1, 0},
    {"one character less than a part", {999}, 1, 999, 0},
    {"a part and nothing", {1000, 0}, 2, 1000, 0},
    {"a part and one character", {1000, 1}, 2, 1001, 0},
    {"one character more than a part", {1001}, 1, 1001, 0},
    {"two parts and nothing", {1000, 1000, 0}, 3, 2000, 0},
    {"as long as two parts", {2000}, 1, 2000, 0},
    {"parts and a longer end", {1000, 1500}, 2, 2500, 0},
    {"what the ssh client keeps", {1023}, 1, 1023, 1023},
    {"what the ssh client keeps behind a part", {1000, 1023}, 2, 2023, 1023},
    {"what a terminal keeps", {4095}, 1, 4095, 4095},
    {"what sudo takes", {511}, 1, 511, 511},
    {"neighbours of the limits", {1022}, 1, 1022, 0},
    {"neighbours of the limits", {1024}, 1, 1024, 0},
    {"neighbours of the limits", {4094}, 1, 4094, 0},
    {"neighbours of the limits", {510}, 1, 510, 0},
    {"all at once", {20000}, 1, 20000, 0},
    {"too much at once", {20001}, 1, 20001, 0},
    {"as many parts as there can be, and nothing",
     {TEN_PARTS, TEN_PARTS, 0},
     21,
     20000,
     0},
    {"a part too many", {TEN_PARTS, TEN_PARTS, 1000, 0}, 21, 21000, 0},
};

/* Fill the room for answers with characters that do not repeat by parts. */
static void
fill(void)
{
    size_t i;

    for (i = 0; i < sizeof many; i++)
        many[i] = (char) ('a' + (i + i / TOKEN_PART_LENGTH) % 26);
}

static void
what_is_asked_depends_on_the_lengths_of_the_answers(void **state)
{
    size_t i;
    size_t j;

    fill();
    for (i = 0; i < COUNT(rows); i++) {
        struct user user = {.text = many, .lengths = rows[i].lengths};
        char question[128];
        size_t total = rows[i].lengths[0];

        assert_int_equal(ask(&user), 0);
        expect(user.questions == rows[i].questions
                   && user.answered == rows[i].questions
                   && user.answer.length == rows[i].total
                   && user.arrival.cut_at == rows[i].cut_at
                   && !user.arrival.repeated,
               rows[i].title);
        expect(memcmp(secret_text(&user.answer), many, user.answer.length) == 0,
               rows[i].title);
        assert_string_equal(user.question[0], "OpenID Connect token: ");
        for (j = 1; j < user.questions; j++) {
            snprintf(question, sizeof question,
                     "OpenID Connect token (%zu characters so far; Enter if"
                     " that was all): ",
                     total);
            assert_string_equal(user.question[j], question);
            total += rows[i].lengths[j];
        }
        secret_clear(&user.answer);
    }
}

static void
the_same_answer_to_every_question_is_taken_once(void **state)
{
    static const size_t lengths[] = {TEN_PARTS, TEN_PARTS, 1000, 0};
    struct user user = {.lengths = lengths};

    fill();
    assert_int_equal(ask(&user), 0);
    assert_true(user.arrival.repeated);
    assert_int_equal(user.questions, TOKEN_PARTS_MAX);
    assert_int_equal(user.answer.length, TOKEN_PART_LENGTH);
    assert_memory_equal(user.answer.bytes, many, TOKEN_PART_LENGTH);
    secret_clear(&user.answer);
}

static void
the_same_answers_with_another_at_the_end_are_no_repetition(void **state)
{
    static const size_t lengths[] = {1000, 1000, 17, 0};
    struct user user = {.lengths = lengths};

    fill();
    assert_int_equal(ask(&user), 0);
    assert_false(user.arrival.repeated);
    assert_int_equal(user.answer.length, 2017);
    secret_clear(&user.answer);
}

static void
who_hangs_up_between_parts_ends_it(void **state)
{
    static const size_t lengths[] = {1000, 1000, 1000, 0};
    struct user user = {.text = many, .lengths = lengths, .fails_at = 3};

    assert_int_equal(ask(&user), -1);
    assert_int_equal(user.fault.reason, REASON_CONVERSATION);
    assert_int_equal(user.questions, 3);
    secret_clear(&user.answer);
}

/* Where it was cut. */

static void
a_cut_is_told_with_what_helps(void **state)
{
    static const struct {
        size_t length;
        const char *client;
        const char *remedy;
    } cuts[] = {{511, "sudo", "cannot be given there"},
                {1023, "the ssh client", "aws-oidc-ssh"},
                {4095, "a terminal", "parts of 1000 characters"}};

    char number[32];
    size_t i;

    for (i = 0; i < COUNT(cuts); i++) {
        struct token_arrival arrival = {.cut_at = cuts[i].length};
        struct fault fault = {0};

        fault_raise(&fault, REASON_NOT_A_TOKEN, "what is found first");
        assert_int_equal(token_parts_refuse_cut(&arrival, &fault), -1);
        assert_int_equal(fault.reason, REASON_TOKEN_CUT);
        snprintf(number, sizeof number, "%zu characters", cuts[i].length);
        assert_non_null(strstr(fault.text, number));
        assert_non_null(strstr(fault_words(&fault), number));
        assert_non_null(strstr(fault_words(&fault), cuts[i].client));
        assert_non_null(strstr(fault_words(&fault), cuts[i].remedy));
        assert_int_equal(token_parts_limit(cuts[i].length), cuts[i].length);
    }
    assert_int_equal(token_parts_limit(0), 0);
}

static void
a_signature_is_whole_if_it_has_a_length_of_its_algorithm(void **state)
{
    static const struct {
        char algorithm[8];
        size_t lengths[4];
    } known[] = {{"RS256", {256, 384, 512}},
                 {"RS384", {256, 384, 512}},
                 {"RS512", {256, 384, 512}},
                 {"PS256", {256, 384, 512}},
                 {"PS384", {256, 384, 512}},
                 {"PS512", {256, 384, 512}},
                 {"ES256", {64}},
                 {"ES384", {96}},
                 {"ES512", {132}},
                 {"EdDSA", {64, 114}},
                 {"HS256", {0}},
                 {"none", {0}}};

    size_t length;
    size_t i;
    size_t j;

    for (i = 0; i < COUNT(known); i++) {
        char algorithm[8];
        struct token token = {.algorithm = algorithm};

        memcpy(algorithm, known[i].algorithm, sizeof algorithm);
        for (length = 0; length < 600; length++) {
            bool whole = false;

            for (j = 0; j < COUNT(known[i].lengths); j++)
                whole = whole || (length > 0 && length == known[i].lengths[j]);
            token.signature_length = length;
            expect(token_has_whole_signature(&token) == whole,
                   known[i].algorithm);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_asked_depends_on_the_lengths_of_the_answers),
        cmocka_unit_test(the_same_answer_to_every_question_is_taken_once),
        cmocka_unit_test(
            the_same_answers_with_another_at_the_end_are_no_repetition),
        cmocka_unit_test(who_hangs_up_between_parts_ends_it),
        cmocka_unit_test(a_cut_is_told_with_what_helps),
        cmocka_unit_test(
            a_signature_is_whole_if_it_has_a_length_of_its_algorithm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
