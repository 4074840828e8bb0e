/*
 * Shows that ipc/message reads what it wrote, and nothing that differs from it
 * by a byte too few, a byte too many, or a field beyond its cap.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdlib.h>

#include "ipc/message.h"
#include "ipc/pack.h"
#include "unit.h"

/* Read each kind of payload, and clear what it gave. Gives 0 or -1. */

static int
read_hello(const struct secret *payload, struct fault *fault)
{
    struct hello hello = {.user = "old", .uid = 7, .gid = 8, .may_ask = true};
    int result;

    hello.answer = secret_from("old");
    result = message_read_hello(payload, &hello, fault);
    if (result < 0) {
        assert_string_equal(hello.user, "");
        assert_string_equal(hello.configuration, "");
        assert_int_equal(hello.uid, 0);
        assert_int_equal(hello.gid, 0);
        assert_false(hello.may_ask);
        assert_null(hello.answer.bytes);
    }
    message_clear_hello(&hello);
    return result;
}

static int
read_question(const struct secret *payload, struct fault *fault)
{
    struct question question = {.echo = true, .text = "old"};
    int result = message_read_question(payload, &question, fault);

    if (result < 0) {
        assert_string_equal(question.text, "");
        assert_false(question.echo);
    }
    return result;
}

static int
read_answer(const struct secret *payload, struct fault *fault)
{
    struct secret answer = secret_from("old");
    int result = message_read_answer(payload, &answer, fault);

    if (result < 0)
        assert_null(answer.bytes);
    secret_clear(&answer);
    return result;
}

static int
read_outcome(const struct secret *payload, struct fault *fault)
{
    struct outcome outcome = {.reason = REASON_OK, .user = "old"};
    int result;

    outcome.credentials.session_token = secret_from("old");
    result = message_read_outcome(payload, &outcome, fault);
    if (result < 0) {
        assert_int_equal(outcome.reason, REASON_SYSTEM);
        assert_string_equal(outcome.user, "");
        assert_null(outcome.credentials.access_key_id.bytes);
        assert_null(outcome.credentials.session_token.bytes);
    }
    outcome_clear(&outcome);
    return result;
}

/* A reader of a payload, and the name that its fault has for it. */
struct kind {
    const char *name;
    int (*read)(const struct secret *payload, struct fault *fault);
};

static const struct kind kinds[] = {{"HELLO", read_hello},
                                    {"ASK", read_question},
                                    {"ANSWER", read_answer},
                                    {"VERDICT", read_outcome}};

/* Read a payload; a refusal says which message was malformed. */
static bool
is_read(const struct kind *kind, const struct secret *payload)
{
    struct fault fault = {0};
    int result = kind->read(payload, &fault);

    assert_int_equal(result, fault.raised ? -1 : 0);
    if (fault.raised)
        assert_true(fault_is(&fault, REASON_SYSTEM, kind->name));
    return result == 0;
}

/* The same, for what was packed, which is cleared. */
static bool
is_read_when_packed(const struct kind *kind, struct pack pack)
{
    bool read = is_read(kind, &pack.bytes);

    pack_clear(&pack);
    return read;
}

/* Good messages of each kind. */

static struct outcome
make_acceptance(void)
{
    struct outcome outcome = {.reason = REASON_OK,
                              .text = "text",
                              .words = "words",
                              .user = "alice",
                              .region = "eu-west-1"};
    int i;

    for (i = 0; i < AUDIT_FIELD_COUNT; i++)
        outcome_note(&outcome, (enum audit_field) i,
                     outcome_audit_key((enum audit_field) i));
    outcome.credentials.access_key_id = secret_from("ASIA234567890123");
    outcome.credentials.secret_access_key = secret_from("secret");
    outcome.credentials.session_token = secret_from("session");
    outcome.credentials.expiration = 1700000000;
    return outcome;
}

/* The payload of a good message, which the caller clears. */
static struct secret
make_payload(size_t kind)
{
    struct hello hello = {.user = "alice",
                          .uid = 1000,
                          .gid = 1001,
                          .configuration = "/etc/x.conf",
                          .may_ask = true};
    struct question question = {.echo = true, .text = "Token: "};
    struct outcome outcome = make_acceptance();
    struct secret answer = secret_from("answer");
    struct secret payload = secret_from("what was there before");
    struct fault fault = {0};

    hello.answer = secret_from("token");
    assert_int_equal(kind == 0 ? message_write_hello(&hello, &payload, &fault)
                     : kind == 1
                         ? message_write_question(&question, &payload, &fault)
                     : kind == 2
                         ? message_write_answer(&answer, &payload, &fault)
                         : message_write_outcome(&outcome, &payload, &fault),
                     0);
    message_clear_hello(&hello);
    outcome_clear(&outcome);
    secret_clear(&answer);
    return payload;
}

static void
a_message_that_is_cut_or_goes_on_is_malformed(void **state)
{
    size_t kind;
    size_t length;

    for (kind = 0; kind < COUNT(kinds); kind++) {
        struct secret payload = make_payload(kind);
        struct secret nothing = {0};

        expect(is_read(&kinds[kind], &payload), kinds[kind].name);
        expect(!is_read(&kinds[kind], &nothing), kinds[kind].name);
        for (length = 0; length < payload.length; length++) {
            struct secret part = secret_of(payload.bytes, length);

            expect(!is_read(&kinds[kind], &part), kinds[kind].name);
            secret_clear(&part);
        }
        secret_append(&payload, "", 1);
        expect(!is_read(&kinds[kind], &payload), kinds[kind].name);
        secret_clear(&payload);
    }
}

static void
a_hello_is_read_as_it_was_written(void **state)
{
    struct secret payload = make_payload(0);
    struct fault fault = {0};
    struct hello hello = {0};

    assert_int_equal(message_read_hello(&payload, &hello, &fault), 0);
    assert_string_equal(hello.user, "alice");
    assert_int_equal(hello.uid, 1000);
    assert_int_equal(hello.gid, 1001);
    assert_string_equal(hello.configuration, "/etc/x.conf");
    assert_true(hello.may_ask);
    assert_string_equal(secret_text(&hello.answer), "token");
    message_clear_hello(&hello);
    secret_clear(&payload);
}

static void
a_hello_has_its_fields_in_the_order_of_the_protocol(void **state)
{
    static const char expected[] = "\0\0\0\5alice"
                                   "\0\0\3\xe8"
                                   "\0\0\3\xe9"
                                   "\0\0\0\13/etc/x.conf"
                                   "\1"
                                   "\0\0\0\5token";
    struct secret payload = make_payload(0);

    assert_int_equal(payload.length, sizeof expected - 1);
    assert_memory_equal(payload.bytes, expected, sizeof expected - 1);
    secret_clear(&payload);
}

static void
an_empty_hello_is_a_hello(void **state)
{
    struct secret payload = {0};
    struct fault fault = {0};
    struct hello hello = {0};

    assert_int_equal(message_write_hello(&hello, &payload, &fault), 0);
    assert_int_equal(payload.length, 21);
    assert_int_equal(message_read_hello(&payload, &hello, &fault), 0);
    assert_string_equal(hello.user, "");
    assert_string_equal(secret_text(&hello.answer), "");
    message_clear_hello(&hello);
    secret_clear(&payload);
}

static void
a_question_is_read_as_it_was_written(void **state)
{
    struct secret payload = make_payload(1);
    struct fault fault = {0};
    struct question question;

    assert_int_equal(message_read_question(&payload, &question, &fault), 0);
    assert_true(question.echo);
    assert_string_equal(question.text, "Token: ");
    secret_clear(&payload);
}

static void
an_answer_keeps_its_nul_bytes(void **state)
{
    struct secret answer = secret_of("\0a\0", 3);
    struct secret payload = {0};
    struct secret read = {0};
    struct fault fault = {0};

    assert_int_equal(message_write_answer(&answer, &payload, &fault), 0);
    assert_int_equal(message_read_answer(&payload, &read, &fault), 0);
    assert_int_equal(read.length, 3);
    assert_memory_equal(read.bytes, "\0a\0", 3);
    secret_clear(&answer);
    secret_clear(&payload);
    secret_clear(&read);
}

static void
an_acceptance_is_read_as_it_was_written(void **state)
{
    struct secret payload = make_payload(3);
    struct outcome outcome = {0};
    struct fault fault = {0};
    int i;

    assert_int_equal(message_read_outcome(&payload, &outcome, &fault), 0);
    assert_int_equal(outcome.reason, REASON_OK);
    assert_string_equal(outcome.text, "text");
    assert_string_equal(outcome.words, "words");
    for (i = 0; i < AUDIT_FIELD_COUNT; i++)
        assert_string_equal(outcome.audit[i],
                            outcome_audit_key((enum audit_field) i));
    assert_string_equal(outcome.user, "alice");
    assert_string_equal(outcome.region, "eu-west-1");
    assert_string_equal(secret_text(&outcome.credentials.access_key_id),
                        "ASIA234567890123");
    assert_string_equal(secret_text(&outcome.credentials.secret_access_key),
                        "secret");
    assert_string_equal(secret_text(&outcome.credentials.session_token),
                        "session");
    assert_int_equal(outcome.credentials.expiration, 1700000000);
    outcome_clear(&outcome);
    secret_clear(&payload);
}

static void
a_refusal_carries_no_credentials(void **state)
{
    int reason;

    for (reason = 0; reason < REASON_COUNT; reason++) {
        struct outcome outcome = make_acceptance();
        struct secret payload = {0};
        struct fault fault = {0};

        outcome.reason = (enum reason) reason;
        assert_int_equal(message_write_outcome(&outcome, &payload, &fault), 0);
        assert_int_equal(message_read_outcome(&payload, &outcome, &fault), 0);
        assert_int_equal(outcome.reason, reason);
        if (reason != REASON_OK) {
            assert_null(memmem(payload.bytes, payload.length, "secret", 6));
            assert_null(memmem(payload.bytes, payload.length, "session", 7));
            assert_null(outcome.credentials.access_key_id.bytes);
            assert_string_equal(outcome.user, "");
        }
        outcome_clear(&outcome);
        secret_clear(&payload);
    }
}

static void
a_reason_that_nobody_knows_is_a_refusal(void **state)
{
    static const char *const reasons[] = {"", "OK", "okay", "ok ", "success"};
    size_t i;
    int j;

    for (i = 0; i < COUNT(reasons); i++) {
        struct pack pack = {0};
        struct outcome outcome = {0};
        struct fault fault = {0};

        pack_text(&pack, reasons[i]);
        for (j = 0; j < 2 + AUDIT_FIELD_COUNT; j++)
            pack_text(&pack, "");
        assert_int_equal(message_read_outcome(&pack.bytes, &outcome, &fault),
                         0);
        expect(outcome.reason == REASON_SYSTEM, reasons[i]);
        outcome_clear(&outcome);

        /* What only an acceptance has may not stand behind it. */
        pack_text(&pack, "alice");
        assert_false(is_read_when_packed(&kinds[3], pack));
    }
}

/* Append the length of a text, and the text, of so many characters. */
static void
pack_long(struct pack *pack, size_t length)
{
    char *text = malloc(length + 1);

    assert_non_null(text);
    memset(text, 'x', length);
    pack_bytes(pack, text, length);
    free(text);
}

static struct pack
pack_hello(size_t user, size_t path, uint8_t may_ask, size_t answer)
{
    struct pack pack = {0};

    pack_long(&pack, user);
    pack_u32(&pack, 1000);
    pack_u32(&pack, 1001);
    pack_long(&pack, path);
    pack_u8(&pack, may_ask);
    pack_long(&pack, answer);
    return pack;
}

static struct pack
pack_question(uint8_t echo, size_t text)
{
    struct pack pack = {0};

    pack_u8(&pack, echo);
    pack_long(&pack, text);
    return pack;
}

static struct pack
pack_answer(size_t answer)
{
    struct pack pack = {0};

    pack_long(&pack, answer);
    return pack;
}

static void
no_field_is_longer_than_its_cap(void **state)
{
    const struct kind *hello = &kinds[0];
    const struct kind *question = &kinds[1];
    const struct kind *answer = &kinds[2];

    assert_true(is_read_when_packed(hello, pack_hello(64, 255, 1, 20001)));
    assert_false(is_read_when_packed(hello, pack_hello(65, 255, 1, 20001)));
    assert_false(is_read_when_packed(hello, pack_hello(64, 256, 1, 20001)));
    assert_false(is_read_when_packed(hello, pack_hello(64, 255, 1, 20002)));
    assert_true(is_read_when_packed(question, pack_question(1, 2047)));
    assert_false(is_read_when_packed(question, pack_question(1, 2048)));
    assert_true(is_read_when_packed(answer, pack_answer(20001)));
    assert_false(is_read_when_packed(answer, pack_answer(20002)));
}

static void
a_yes_or_no_is_one_or_nought(void **state)
{
    assert_true(is_read_when_packed(&kinds[0], pack_hello(5, 5, 0, 5)));
    assert_false(is_read_when_packed(&kinds[0], pack_hello(5, 5, 2, 5)));
    assert_false(is_read_when_packed(&kinds[0], pack_hello(5, 5, 255, 5)));
    assert_true(is_read_when_packed(&kinds[1], pack_question(0, 5)));
    assert_false(is_read_when_packed(&kinds[1], pack_question(2, 5)));
}

/* The fields of an acceptance, as they stand in its payload. */
enum field {
    FIELD_TEXT,
    FIELD_WORDS,
    FIELD_AUDIT,
    FIELD_USER,
    FIELD_REGION,
    FIELD_KEY_ID,
    FIELD_SECRET_KEY,
    FIELD_SESSION_TOKEN,
    FIELD_COUNT
};

/* An acceptance of which one field has this length, all others 1. */
static struct pack
pack_acceptance(enum field field, size_t length, uint64_t expiration)
{
    struct pack pack = {0};
    int i;
    int j;

    pack_text(&pack, "ok");
    for (i = 0; i < FIELD_COUNT; i++) {
        for (j = 0; j < (i == FIELD_AUDIT ? AUDIT_FIELD_COUNT : 1); j++)
            pack_long(&pack, i == (int) field ? length : 1);
    }
    pack_u64(&pack, expiration);
    return pack;
}

static void
no_field_of_a_verdict_is_longer_than_its_cap(void **state)
{
    static const size_t caps[FIELD_COUNT] = {
        [FIELD_TEXT] = FAULT_TEXT_SIZE - 1,
        [FIELD_WORDS] = FAULT_WORDS_SIZE - 1,
        [FIELD_AUDIT] = AUDIT_VALUE_SIZE - 1,
        [FIELD_USER] = 64,
        [FIELD_REGION] = 63,
        [FIELD_KEY_ID] = 128,
        [FIELD_SECRET_KEY] = 256,
        [FIELD_SESSION_TOKEN] = 16384,
    };
    int field;

    for (field = 0; field < FIELD_COUNT; field++) {
        assert_true(
            is_read_when_packed(&kinds[3], pack_acceptance((enum field) field,
                                                           caps[field], 1)));
        assert_false(is_read_when_packed(&kinds[3],
                                         pack_acceptance((enum field) field,
                                                         caps[field] + 1, 1)));
    }
}

static void
the_longest_verdict_fits_its_frame(void **state)
{
    struct outcome outcome = make_acceptance();
    struct secret payload = {0};
    struct fault fault = {0};
    int i;

    memset(outcome.text, 'x', sizeof outcome.text - 1);
    memset(outcome.words, 'x', sizeof outcome.words - 1);
    memset(outcome.user, 'x', sizeof outcome.user - 1);
    memset(outcome.region, 'x', sizeof outcome.region - 1);
    for (i = 0; i < AUDIT_FIELD_COUNT; i++)
        memset(outcome.audit[i], 'x', sizeof outcome.audit[i] - 1);
    while (outcome.credentials.access_key_id.length < CREDENTIALS_MAX_KEY_ID)
        secret_append(&outcome.credentials.access_key_id, "x", 1);
    while (outcome.credentials.secret_access_key.length
           < CREDENTIALS_MAX_SECRET_KEY)
        secret_append(&outcome.credentials.secret_access_key, "x", 1);
    while (outcome.credentials.session_token.length
           < CREDENTIALS_MAX_SESSION_TOKEN)
        secret_append(&outcome.credentials.session_token, "x", 1);
    assert_int_equal(message_write_outcome(&outcome, &payload, &fault), 0);
    assert_true(payload.length <= 65536);
    assert_true(is_read(&kinds[3], &payload));
    outcome_clear(&outcome);
    secret_clear(&payload);
}

static void
an_expiration_before_the_epoch_is_malformed(void **state)
{
    assert_true(is_read_when_packed(&kinds[3],
                                    pack_acceptance(FIELD_USER, 1, INT64_MAX)));
    assert_false(is_read_when_packed(&kinds[3], pack_acceptance(FIELD_USER, 1,
                                                                UINT64_MAX)));
    assert_false(is_read_when_packed(
        &kinds[3], pack_acceptance(FIELD_USER, 1, (uint64_t) INT64_MAX + 1)));
}

static void
text_with_a_nul_byte_is_malformed(void **state)
{
    size_t kind;

    for (kind = 0; kind < COUNT(kinds); kind++) {
        struct secret payload = make_payload(kind);
        char *place = memmem(payload.bytes, payload.length, "e", 1);
        bool is_text = kinds[kind].read != read_answer;

        assert_non_null(place);
        *place = '\0';
        expect(is_read(&kinds[kind], &payload) == !is_text, kinds[kind].name);
        secret_clear(&payload);
    }
}

static void
a_length_beyond_the_payload_is_malformed(void **state)
{
    static const uint32_t lengths[] = {1, 0x10000, 0x7fffffff, UINT32_MAX};
    size_t kind;
    size_t i;

    for (kind = 0; kind < COUNT(kinds); kind++) {
        for (i = 0; i < COUNT(lengths); i++) {
            struct pack pack = {0};

            if (kinds[kind].read == read_question)
                pack_u8(&pack, 0);
            pack_u32(&pack, lengths[i]);
            assert_false(is_read_when_packed(&kinds[kind], pack));
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_that_is_cut_or_goes_on_is_malformed),
        cmocka_unit_test(a_hello_is_read_as_it_was_written),
        cmocka_unit_test(a_hello_has_its_fields_in_the_order_of_the_protocol),
        cmocka_unit_test(an_empty_hello_is_a_hello),
        cmocka_unit_test(a_question_is_read_as_it_was_written),
        cmocka_unit_test(an_answer_keeps_its_nul_bytes),
        cmocka_unit_test(an_acceptance_is_read_as_it_was_written),
        cmocka_unit_test(a_refusal_carries_no_credentials),
        cmocka_unit_test(a_reason_that_nobody_knows_is_a_refusal),
        cmocka_unit_test(no_field_is_longer_than_its_cap),
        cmocka_unit_test(a_yes_or_no_is_one_or_nought),
        cmocka_unit_test(no_field_of_a_verdict_is_longer_than_its_cap),
        cmocka_unit_test(the_longest_verdict_fits_its_frame),
        cmocka_unit_test(an_expiration_before_the_epoch_is_malformed),
        cmocka_unit_test(text_with_a_nul_byte_is_malformed),
        cmocka_unit_test(a_length_beyond_the_payload_is_malformed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
