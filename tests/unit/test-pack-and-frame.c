/*
 * Shows what ipc/pack and ipc/frame make of bytes, above all of wrong ones: no
 * cap is passed by one byte, and nothing is taken that was cut.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/io.h"
#include "ipc/frame.h"
#include "ipc/pack.h"
#include "unit.h"

/* Packing. */

static void
integers_are_big_endian_and_bytes_have_their_length_in_front(void **state)
{
    static const unsigned char expected[] = {
        0xfe,                                           /* u8 */
        0x01, 0x02, 0x03, 0x04,                         /* u32 */
        0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, /* u64 */
        0x00, 0x00, 0x00, 0x02, 'h',  'i',              /* text */
        0x00, 0x00, 0x00, 0x01, 0x00,                   /* bytes */
        0x00, 0x00, 0x00, 0x00,                         /* nothing */
    };
    struct pack pack = {0};

    pack_u8(&pack, 0xfe);
    pack_u32(&pack, 0x01020304);
    pack_u64(&pack, 0x8000000000000001);
    pack_text(&pack, "hi");
    pack_bytes(&pack, "", 1);
    pack_bytes(&pack, NULL, 0);
    assert_false(pack.failed);
    assert_int_equal(pack.bytes.length, sizeof expected);
    assert_memory_equal(pack.bytes.bytes, expected, sizeof expected);
    pack_clear(&pack);
    assert_null(pack.bytes.bytes);
}

static void
bytes_whose_length_has_no_32_bits_do_not_fit(void **state)
{
    struct pack pack = {0};

    pack_bytes(&pack, "", (size_t) UINT32_MAX + 1);
    assert_true(pack.failed);
    assert_int_equal(pack.bytes.length, 0);
    pack_text(&pack, "later");
    assert_true(pack.failed);
    pack_clear(&pack);
    assert_false(pack.failed);
}

/* Unpack one of each; what was unpacked is compared by who calls. */
struct values {
    uint8_t u8;
    uint32_t u32;
    uint64_t u64;
    char text[8];
    struct secret secret;
};

static bool
unpack_all(const void *bytes, size_t length, struct values *values)
{
    struct unpack unpack = unpack_begin(bytes, length);

    *values = (struct values){0};
    values->u8 = unpack_u8(&unpack);
    values->u32 = unpack_u32(&unpack);
    values->u64 = unpack_u64(&unpack);
    unpack_text(&unpack, values->text, sizeof values->text);
    unpack_secret(&unpack, 4, &values->secret);
    return unpack_end(&unpack);
}

static struct pack
pack_all(void)
{
    struct pack pack = {0};

    pack_u8(&pack, 255);
    pack_u32(&pack, UINT32_MAX);
    pack_u64(&pack, UINT64_MAX);
    pack_text(&pack, "seven77");
    pack_bytes(&pack, "a\0bc", 4);
    return pack;
}

static void
what_was_packed_is_unpacked(void **state)
{
    struct pack pack = pack_all();
    struct values values;

    assert_true(unpack_all(pack.bytes.bytes, pack.bytes.length, &values));
    assert_int_equal(values.u8, 255);
    assert_int_equal(values.u32, UINT32_MAX);
    assert_true(values.u64 == UINT64_MAX);
    assert_string_equal(values.text, "seven77");
    assert_int_equal(values.secret.length, 4);
    assert_memory_equal(values.secret.bytes, "a\0bc", 4);
    secret_clear(&values.secret);
    pack_clear(&pack);
}

static void
bytes_that_are_cut_anywhere_or_left_over_are_a_failure(void **state)
{
    struct pack pack = pack_all();
    struct values values;
    size_t length;

    for (length = 0; length < pack.bytes.length; length++) {
        /* A copy of just that size, so that valgrind sees a step too far. */
        char *copy = malloc(length + 1);

        assert_non_null(copy);
        memcpy(copy, pack.bytes.bytes, length);
        assert_false(unpack_all(copy, length, &values));
        assert_int_equal(values.secret.length, 0);
        free(copy);
    }
    pack_u8(&pack, 0);
    assert_false(unpack_all(pack.bytes.bytes, pack.bytes.length, &values));
    secret_clear(&values.secret);
    pack_clear(&pack);
}

static void
after_a_failure_everything_is_empty(void **state)
{
    static const unsigned char bytes[] = {0xff, 0xff, 0xff, 0xff, 1, 1, 1, 1,
                                          1,    1,    1,    1,    1, 1, 1, 1};
    struct unpack unpack = unpack_begin(bytes, sizeof bytes);
    struct secret secret = {0};
    char text[4] = "old";

    unpack_secret(&unpack, SIZE_MAX, &secret);
    assert_true(unpack.failed);
    assert_int_equal(secret.length, 0);
    assert_int_equal(unpack_u8(&unpack), 0);
    assert_int_equal(unpack_u32(&unpack), 0);
    assert_true(unpack_u64(&unpack) == 0);
    unpack_text(&unpack, text, sizeof text);
    assert_string_equal(text, "");
    assert_false(unpack_end(&unpack));
}

static void
text_must_fit_with_its_nul_and_hold_none(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *text; /* NULL for a failure */
    } rows[] = {
        {"", 0, ""},        {"abc", 3, "abc"},       {"abcd", 4, NULL},
        {"abcde", 5, NULL}, {"a\0c", 3, NULL},       {"\0", 1, NULL},
        {"ab\0", 3, NULL},  {"\xff\n", 2, "\xff\n"},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct pack pack = {0};
        struct unpack unpack;
        char text[4] = "old";

        pack_bytes(&pack, rows[i].bytes, rows[i].length);
        unpack = unpack_begin(pack.bytes.bytes, pack.bytes.length);
        unpack_text(&unpack, text, sizeof text);
        assert_int_equal(unpack_end(&unpack), rows[i].text != NULL);
        assert_string_equal(text, rows[i].text == NULL ? "" : rows[i].text);
        pack_clear(&pack);
    }
}

static void
a_secret_has_a_maximum(void **state)
{
    struct pack pack = {0};
    struct unpack unpack;
    struct secret secret = {0};

    pack_bytes(&pack, "abc", 3);
    unpack = unpack_begin(pack.bytes.bytes, pack.bytes.length);
    unpack_secret(&unpack, 2, &secret);
    assert_false(unpack_end(&unpack));
    assert_int_equal(secret.length, 0);
    unpack = unpack_begin(pack.bytes.bytes, pack.bytes.length);
    unpack_secret(&unpack, 3, &secret);
    assert_true(unpack_end(&unpack));
    assert_string_equal(secret_text(&secret), "abc");
    secret_clear(&secret);
    pack_clear(&pack);
}

/* Frames. */

/* The longest payload of each label, as docs/protocol.md has it. */
static const size_t caps[] = {
    [FRAME_HELLO] = 32768,
    [FRAME_ASK] = 4096,
    [FRAME_ANSWER] = 32768,
    [FRAME_VERDICT] = 65536,
};

/* Bytes that a peer sends before it closes its end. */
struct sending {
    int socket;
    const void *bytes;
    size_t length;
};

static void *
send_and_close(void *arg)
{
    struct sending *sending = arg;

    io_send(sending->socket, sending->bytes, sending->length, NULL);
    close(sending->socket);
    return NULL;
}

/* Receive the first frame of what a peer sends. */
static enum frame_arrival
receive(const void *bytes, size_t length, struct frame *frame,
        struct fault *fault)
{
    struct deadline deadline = deadline_in(60000);
    enum frame_arrival arrival;
    struct sending sending;
    pthread_t thread;
    int sockets[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    sending = (struct sending){sockets[1], bytes, length};
    assert_int_equal(pthread_create(&thread, NULL, send_and_close, &sending),
                     0);
    arrival = frame_receive(sockets[0], frame, &deadline, fault);
    close(sockets[0]);
    pthread_join(thread, NULL);
    assert_int_equal(arrival == FRAME_FAILED, fault->raised);
    return arrival;
}

/* The bytes of a frame with any header. */
static struct secret
make_frame(uint32_t length, uint8_t version, uint8_t label, size_t payload)
{
    struct pack pack = {0};
    size_t i;

    pack_u32(&pack, length);
    pack_u8(&pack, version);
    pack_u8(&pack, label);
    for (i = 0; i < payload; i++)
        pack_u8(&pack, (uint8_t) i);
    assert_false(pack.failed);
    return pack.bytes;
}

static void
a_frame_is_its_length_version_label_and_payload(void **state)
{
    static const char expected[] = "\0\0\0\3\2\2abc";
    struct secret payload = secret_from("abc");
    struct fault fault = {0};
    int sockets[2];
    char got[16];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    assert_int_equal(frame_send(sockets[0], FRAME_ASK, &payload, NULL, &fault),
                     0);
    close(sockets[0]);
    assert_int_equal(io_receive(sockets[1], got, sizeof got, NULL),
                     sizeof expected - 1);
    assert_memory_equal(got, expected, sizeof expected - 1);
    close(sockets[1]);
    secret_clear(&payload);
}

static void
a_frame_may_be_as_long_as_its_label_allows(void **state)
{
    int label;

    for (label = FRAME_HELLO; label <= FRAME_VERDICT; label++) {
        struct secret bytes = make_frame((uint32_t) caps[label], FRAME_VERSION,
                                         (uint8_t) label, caps[label]);
        struct frame frame = {0};
        struct fault fault = {0};

        assert_int_equal(receive(bytes.bytes, bytes.length, &frame, &fault),
                         FRAME_ARRIVED);
        assert_int_equal(frame.label, label);
        assert_int_equal(frame.payload.length, caps[label]);
        assert_memory_equal(frame.payload.bytes, bytes.bytes + 6, caps[label]);
        frame_clear(&frame);
        assert_null(frame.payload.bytes);
        secret_clear(&bytes);
    }
}

static void
a_frame_that_is_too_long_is_refused_before_it_is_read(void **state)
{
    int label;

    for (label = FRAME_HELLO; label <= FRAME_VERDICT; label++) {
        uint32_t lengths[] = {(uint32_t) caps[label] + 1, 0x01000000,
                              0x7fffffff, UINT32_MAX};
        size_t i;

        for (i = 0; i < COUNT(lengths); i++) {
            struct secret bytes =
                make_frame(lengths[i], FRAME_VERSION, (uint8_t) label, 0);
            struct frame frame = {0};
            struct fault fault = {0};

            assert_int_equal(receive(bytes.bytes, bytes.length, &frame, &fault),
                             FRAME_FAILED);
            assert_true(fault_is(&fault, REASON_SYSTEM, "longer than"));
            assert_int_equal(frame.payload.length, 0);
            secret_clear(&bytes);
        }
    }
}

static void
another_version_or_label_is_refused(void **state)
{
    static const struct {
        uint8_t version;
        uint8_t label;
        const char *words;
    } rows[] = {
        {0, FRAME_ASK, "version 0"},       {1, FRAME_ASK, "version 1"},
        {3, FRAME_ASK, "version 3"},       {255, FRAME_ASK, "version 255"},
        {255, 255, "version 255"},         {FRAME_VERSION, 0, "label 0"},
        {FRAME_VERSION, 5, "label 5"},     {FRAME_VERSION, 127, "label 127"},
        {FRAME_VERSION, 128, "label 128"}, {FRAME_VERSION, 255, "label 255"},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct secret bytes = make_frame(1, rows[i].version, rows[i].label, 1);
        struct frame frame = {0};
        struct fault fault = {0};

        expect(receive(bytes.bytes, bytes.length, &frame, &fault)
                   == FRAME_FAILED,
               rows[i].words);
        expect(fault_is(&fault, REASON_SYSTEM, rows[i].words), fault.text);
        secret_clear(&bytes);
    }
}

static void
a_frame_that_is_cut_anywhere_is_no_end(void **state)
{
    struct secret bytes = make_frame(20, FRAME_VERSION, FRAME_ASK, 20);
    size_t length;

    for (length = 0; length < bytes.length; length++) {
        struct frame frame = {0};
        struct fault fault = {0};

        assert_int_equal(receive(bytes.bytes, length, &frame, &fault),
                         length == 0 ? FRAME_ENDED : FRAME_FAILED);
        if (length > 0)
            assert_true(
                fault_is(&fault, REASON_SYSTEM, "ended within a frame"));
        frame_clear(&frame);
    }
    secret_clear(&bytes);
}

static void
frames_follow_one_another_and_the_old_one_goes(void **state)
{
    struct secret first = make_frame(3, FRAME_VERSION, FRAME_ASK, 3);
    struct secret second = make_frame(0, FRAME_VERSION, FRAME_VERDICT, 0);
    struct frame frame = {0};
    struct fault fault = {0};
    int sockets[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    io_send(sockets[1], first.bytes, first.length, NULL);
    io_send(sockets[1], second.bytes, second.length, NULL);
    close(sockets[1]);
    assert_int_equal(frame_receive(sockets[0], &frame, NULL, &fault),
                     FRAME_ARRIVED);
    assert_int_equal(frame.payload.length, 3);
    assert_int_equal(frame_receive(sockets[0], &frame, NULL, &fault),
                     FRAME_ARRIVED);
    assert_int_equal(frame.label, FRAME_VERDICT);
    assert_int_equal(frame.payload.length, 0);
    assert_int_equal(frame_receive(sockets[0], &frame, NULL, &fault),
                     FRAME_ENDED);
    assert_false(fault.raised);
    close(sockets[0]);
    frame_clear(&frame);
    secret_clear(&first);
    secret_clear(&second);
}

static void
silence_ends_at_the_deadline(void **state)
{
    struct deadline deadline = deadline_in(1);
    struct frame frame = {0};
    struct fault fault = {0};
    int sockets[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    assert_int_equal(frame_receive(sockets[0], &frame, &deadline, &fault),
                     FRAME_FAILED);
    assert_true(fault_is(&fault, REASON_SYSTEM, "timed out"));
    close(sockets[0]);
    close(sockets[1]);
}

static void
a_payload_beyond_its_cap_is_not_sent(void **state)
{
    struct secret payload = {0};
    struct fault fault = {0};
    int sockets[2];
    char got[1];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    while (payload.length <= caps[FRAME_ASK])
        secret_append(&payload, "x", 1);
    assert_int_equal(frame_send(sockets[0], FRAME_ASK, &payload, NULL, &fault),
                     -1);
    assert_true(fault_is(&fault, REASON_SYSTEM, "too long"));
    close(sockets[0]);
    assert_int_equal(io_receive(sockets[1], got, sizeof got, NULL), 0);
    close(sockets[1]);
    secret_clear(&payload);
}

static void
a_frame_to_a_peer_that_is_gone_is_a_fault(void **state)
{
    struct secret payload = {0};
    struct fault fault = {0};
    int sockets[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    close(sockets[1]);
    assert_int_equal(frame_send(sockets[0], FRAME_ANSWER, &payload, NULL,
                                &fault),
                     -1);
    assert_true(fault_is(&fault, REASON_SYSTEM, "Broken pipe"));
    close(sockets[0]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            integers_are_big_endian_and_bytes_have_their_length_in_front),
        cmocka_unit_test(bytes_whose_length_has_no_32_bits_do_not_fit),
        cmocka_unit_test(what_was_packed_is_unpacked),
        cmocka_unit_test(
            bytes_that_are_cut_anywhere_or_left_over_are_a_failure),
        cmocka_unit_test(after_a_failure_everything_is_empty),
        cmocka_unit_test(text_must_fit_with_its_nul_and_hold_none),
        cmocka_unit_test(a_secret_has_a_maximum),
        cmocka_unit_test(a_frame_is_its_length_version_label_and_payload),
        cmocka_unit_test(a_frame_may_be_as_long_as_its_label_allows),
        cmocka_unit_test(a_frame_that_is_too_long_is_refused_before_it_is_read),
        cmocka_unit_test(another_version_or_label_is_refused),
        cmocka_unit_test(a_frame_that_is_cut_anywhere_is_no_end),
        cmocka_unit_test(frames_follow_one_another_and_the_old_one_goes),
        cmocka_unit_test(silence_ends_at_the_deadline),
        cmocka_unit_test(a_payload_beyond_its_cap_is_not_sent),
        cmocka_unit_test(a_frame_to_a_peer_that_is_gone_is_a_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
