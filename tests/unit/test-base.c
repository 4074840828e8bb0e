/*
 * Shows what base/ promises: secrets that leave nothing behind, lists of texts,
 * faults, the table of reasons, deadlines, whole reads and writes.
 *
 * Linked so that malloc(), realloc(), strdup() and free() of the code under
 * test come by here: those that allocate can be made to fail, the last sees
 * what a freed block still holds.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/deadline.h"
#include "base/io.h"
#include "base/reason.h"
#include "base/text_list.h"
#include "unit.h"

/* A word that no freed block may hold. */
#define MARK "hunter2-hunter2"

static bool no_memory;      /* whether malloc() fails */
static bool no_larger;      /* whether realloc() fails */
static bool no_copy;        /* whether strdup() fails */
static int freed;           /* blocks, since the test began */
static int freed_with_mark; /* those that still held the word */

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_realloc(void *block, size_t size);
char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
void __real_free(void *block);
void __wrap_free(void *block);

void *
__wrap_malloc(size_t size)
{
    return no_memory ? NULL : __real_malloc(size);
}

void *
__wrap_realloc(void *block, size_t size)
{
    return no_larger ? NULL : __real_realloc(block, size);
}

char *
__wrap_strdup(const char *text)
{
    return no_copy ? NULL : __real_strdup(text);
}

void
__wrap_free(void *block)
{
    if (block != NULL) {
        freed++;
        if (memmem(block, malloc_usable_size(block), MARK, strlen(MARK))
            != NULL)
            freed_with_mark++;
    }
    __real_free(block);
}

static int
begin_watching(void **state)
{
    no_memory = false;
    no_larger = false;
    no_copy = false;
    freed = 0;
    freed_with_mark = 0;
    return 0;
}

static void
assert_wiped(int blocks)
{
    assert_int_equal(freed, blocks);
    assert_int_equal(freed_with_mark, 0);
}

/* Secrets. */

static void
the_watch_sees_a_block_that_was_not_wiped(void **state)
{
    char *block = strdup(MARK);

    assert_non_null(block);
    free(block);
    assert_int_equal(freed_with_mark, 1);
}

static void
a_zeroed_secret_is_empty_text(void **state)
{
    struct secret secret = {0};

    assert_string_equal(secret_text(&secret), "");
    secret_clear(&secret);
    assert_string_equal(secret_text(&secret), "");
}

static void
a_secret_ends_in_nul_after_every_append(void **state)
{
    struct secret secret = {0};
    size_t i;

    for (i = 0; i < 1000; i++) {
        assert_int_equal(secret_append(&secret, "x", 1), 0);
        assert_int_equal(secret.length, i + 1);
        assert_int_equal(strlen(secret_text(&secret)), i + 1);
        assert_true(secret.capacity > secret.length);
    }
    secret_clear(&secret);
}

static void
appending_nothing_makes_an_empty_text(void **state)
{
    struct secret secret = {0};

    assert_int_equal(secret_append(&secret, NULL, 0), 0);
    assert_int_equal(secret.length, 0);
    assert_non_null(secret.bytes);
    assert_string_equal(secret_text(&secret), "");
    secret_clear(&secret);
}

static void
a_secret_keeps_nul_bytes(void **state)
{
    struct secret secret = secret_of("a\0b", 3);

    assert_int_equal(secret.length, 3);
    assert_memory_equal(secret.bytes, "a\0b", 4);
    secret_clear(&secret);
}

static void
a_secret_wipes_what_it_outgrows(void **state)
{
    struct secret secret = secret_from(MARK);
    char more[4096];

    memset(more, 'x', sizeof more);
    assert_int_equal(secret_append(&secret, more, sizeof more), 0);
    assert_wiped(1);
    assert_memory_equal(secret.bytes, MARK, strlen(MARK));
    secret_clear(&secret);
    assert_wiped(2);
}

static void
a_secret_wipes_what_is_cleared_and_can_be_used_again(void **state)
{
    struct secret secret = secret_from(MARK);

    secret_clear(&secret);
    assert_wiped(1);
    assert_null(secret.bytes);
    assert_int_equal(secret.length + secret.capacity, 0);
    assert_int_equal(secret_append(&secret, "again", 5), 0);
    assert_string_equal(secret_text(&secret), "again");
    secret_clear(&secret);
}

static void
a_move_wipes_the_target_and_empties_the_source(void **state)
{
    struct secret to = secret_from(MARK);
    struct secret from = secret_from("new");
    const char *place = from.bytes;

    secret_move(&to, &from);
    assert_wiped(1);
    assert_ptr_equal(to.bytes, place);
    assert_string_equal(secret_text(&to), "new");
    assert_null(from.bytes);
    assert_int_equal(from.length + from.capacity, 0);
    secret_clear(&to);
}

static void
a_secret_without_memory_is_as_it_was(void **state)
{
    struct secret secret = secret_from(MARK);
    char more[4096] = "";

    no_memory = true;
    assert_int_equal(secret_append(&secret, more, sizeof more), -1);
    no_memory = false;
    assert_string_equal(secret_text(&secret), MARK);
    assert_wiped(0);
    secret_clear(&secret);
}

static void
a_length_that_overflows_is_refused(void **state)
{
    static const size_t lengths[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 4,
                                     SIZE_MAX / 2 + 1};
    struct secret secret = secret_from("abcd");
    size_t i;

    for (i = 0; i < COUNT(lengths); i++)
        assert_int_equal(secret_append(&secret, "", lengths[i]), -1);
    assert_string_equal(secret_text(&secret), "abcd");
    secret_clear(&secret);
}

/* Lists of texts. */

static void
a_list_has_copies_of_its_texts_in_their_order(void **state)
{
    struct text_list list = {0};
    char text[16];
    int i;

    for (i = 0; i < 100; i++) {
        snprintf(text, sizeof text, "text %d", i);
        assert_int_equal(text_list_add(&list, text), 0);
    }
    memset(text, 'x', sizeof text);
    assert_int_equal(list.count, 100);
    assert_string_equal(list.texts[0], "text 0");
    assert_string_equal(list.texts[99], "text 99");
    assert_true(text_list_has(&list, "text 42"));
    text_list_clear(&list);
}

static void
a_list_has_a_text_to_the_byte(void **state)
{
    static const char *const others[] = {"Ops", "op", "ops ", "opsx", "", "s"};
    struct text_list list = {0};
    size_t i;

    assert_false(text_list_has(&list, "ops"));
    assert_int_equal(text_list_add(&list, "dev"), 0);
    assert_int_equal(text_list_add(&list, "ops"), 0);
    assert_true(text_list_has(&list, "ops"));
    assert_true(text_list_has(&list, "dev"));
    for (i = 0; i < COUNT(others); i++)
        expect(!text_list_has(&list, others[i]), others[i]);
    text_list_clear(&list);
}

static void
a_list_may_hold_a_text_twice_and_an_empty_one(void **state)
{
    struct text_list list = {0};

    assert_int_equal(text_list_add(&list, ""), 0);
    assert_int_equal(text_list_add(&list, "x"), 0);
    assert_int_equal(text_list_add(&list, "x"), 0);
    assert_int_equal(list.count, 3);
    assert_true(text_list_has(&list, ""));
    text_list_clear(&list);
}

static void
a_list_that_is_cleared_is_empty_and_can_be_used_again(void **state)
{
    struct text_list list = {0};

    assert_int_equal(text_list_add(&list, "old"), 0);
    text_list_clear(&list);
    assert_int_equal(list.count, 0);
    assert_null(list.texts);
    assert_int_equal(freed, 2); /* the text and the list of it */
    assert_int_equal(text_list_add(&list, "new"), 0);
    assert_false(text_list_has(&list, "old"));
    assert_true(text_list_has(&list, "new"));
    text_list_clear(&list);
    text_list_clear(&list);
}

static void
a_list_without_memory_is_as_it_was(void **state)
{
    bool *const failing[] = {&no_larger, &no_copy};
    struct text_list list = {0};
    size_t i;

    for (i = 0; i < COUNT(failing); i++) {
        *failing[i] = true;
        assert_int_equal(text_list_add(&list, "first"), -1);
        *failing[i] = false;
        assert_int_equal(list.count, 0);
    }
    assert_int_equal(text_list_add(&list, "first"), 0);
    for (i = 0; i < COUNT(failing); i++) {
        *failing[i] = true;
        assert_int_equal(text_list_add(&list, "second"), -1);
        *failing[i] = false;
        assert_int_equal(list.count, 1);
        assert_string_equal(list.texts[0], "first");
    }
    assert_int_equal(text_list_add(&list, "second"), 0);
    assert_string_equal(list.texts[1], "second");
    text_list_clear(&list);
}

/* Faults. */

static void
the_first_cause_of_a_fault_wins(void **state)
{
    struct fault fault = {0};

    fault_raise(&fault, REASON_CONFIG, "line %d", 7);
    fault_raise(&fault, REASON_MEMORY, "later");
    assert_true(fault.raised);
    assert_int_equal(fault.reason, REASON_CONFIG);
    assert_string_equal(fault.text, "line 7");
}

static void
a_fault_cuts_what_is_too_long(void **state)
{
    struct fault fault = {0};
    char text[1000];

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    fault_raise(&fault, REASON_SYSTEM, "%s", text);
    fault_set_words(&fault, "%s", text);
    assert_int_equal(strlen(fault.text), FAULT_TEXT_SIZE - 1);
    assert_int_equal(strlen(fault.words), FAULT_WORDS_SIZE - 1);
    fault_prefix(&fault, "here");
    assert_int_equal(strlen(fault.text), FAULT_TEXT_SIZE - 1);
    assert_memory_equal(fault.text, "here: xx", 8);
}

static void
a_prefix_says_where(void **state)
{
    struct fault fault = {0};
    char longest[FAULT_TEXT_SIZE];
    size_t length;

    fault_raise(&fault, REASON_SYSTEM, "what");
    fault_prefix(&fault, "inner");
    fault_prefix(&fault, "outer");
    assert_string_equal(fault.text, "outer: inner: what");

    /* Those that leave no room, or just none, do no harm. */
    for (length = FAULT_TEXT_SIZE - 4; length < FAULT_TEXT_SIZE; length++) {
        memset(longest, 'y', length);
        longest[length] = '\0';
        fault_prefix(&fault, longest);
        assert_true(strlen(fault.text) < FAULT_TEXT_SIZE);
    }
}

static void
a_fault_has_its_reasons_words_unless_it_has_better_ones(void **state)
{
    struct fault fault = {0};

    fault_raise(&fault, REASON_TOKEN_EXPIRED, "expired");
    assert_string_equal(fault_words(&fault),
                        reason_words(REASON_TOKEN_EXPIRED));
    fault_set_words(&fault, "It expired at %d.", 12);
    assert_string_equal(fault_words(&fault), "It expired at 12.");
}

/* Reasons. */

static void
every_reason_is_found_by_its_own_name(void **state)
{
    int reason;

    for (reason = 0; reason < REASON_COUNT; reason++) {
        const char *name = reason_name((enum reason) reason);

        expect(name[0] != '\0', "a name");
        expect((int) reason_named(name) == reason, name);
        expect(reason_words((enum reason) reason) != NULL, name);
    }
}

static void
an_unknown_reason_is_a_problem_of_the_host(void **state)
{
    static const char *const names[] = {"",  "OK",   "ok ",
                                        "o", "okay", "service-not-served"};
    size_t i;

    for (i = 0; i < COUNT(names); i++)
        expect(reason_named(names[i]) == REASON_SYSTEM, names[i]);
    assert_string_equal(reason_name(REASON_COUNT), "system");
    assert_string_equal(reason_name((enum reason) - 1), "system");
    assert_string_equal(reason_words((enum reason) 1000),
                        reason_words(REASON_SYSTEM));
}

static void
a_zeroed_reason_is_a_refusal(void **state)
{
    assert_int_equal(REASON_SYSTEM, 0);
    assert_int_not_equal(REASON_OK, 0);
}

static void
no_words_tell_an_unknown_user_from_a_bad_token(void **state)
{
    static const enum reason alike[] = {REASON_NO_TOKEN, REASON_TOKEN_TOO_LONG,
                                        REASON_BAD_CLAIMS, REASON_UNKNOWN_USER,
                                        REASON_USER_REFUSED};

    size_t i;

    for (i = 0; i < COUNT(alike); i++)
        expect(strcmp(reason_words(alike[i]), reason_words(REASON_NOT_A_TOKEN))
                   == 0,
               reason_name(alike[i]));
}

/* Deadlines. */

static void
a_deadline_that_has_passed_leaves_nothing(void **state)
{
    struct deadline deadline = deadline_in(0);

    assert_int_equal(deadline_left(&deadline), 0);
    deadline.at.tv_sec -= 100000;
    assert_int_equal(deadline_left(&deadline), 0);
}

static void
a_deadline_leaves_no_more_than_was_given(void **state)
{
    static const int given[] = {1999, 1000, INT_MAX};
    struct deadline deadline;
    size_t i;

    for (i = 0; i < COUNT(given); i++) {
        deadline = deadline_in(given[i]);
        assert_in_range(deadline_left(&deadline), 0, given[i]);
        assert_in_range(deadline.at.tv_nsec, 0, 999999999);
    }
}

static void
a_deadline_far_away_fits_poll(void **state)
{
    struct deadline deadline = deadline_in(0);

    deadline.at.tv_sec += 100000000;
    assert_int_equal(deadline_left(&deadline), INT_MAX);
}

/* Sockets. */

/* Two connected sockets, of which one end is the test's. */
struct pair {
    int ours;
    int peer;
};

static struct pair
make_pair(void)
{
    int sockets[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    return (struct pair){sockets[0], sockets[1]};
}

static void
what_is_sent_is_received_whole(void **state)
{
    struct pair pair = make_pair();
    struct deadline deadline = deadline_in(60000);
    char got[8] = "";

    assert_int_equal(io_send(pair.peer, "part", 4, NULL), 0);
    assert_int_equal(io_send(pair.peer, "ner", 4, &deadline), 0);
    assert_int_equal(io_receive(pair.ours, got, sizeof got, &deadline), 8);
    assert_string_equal(got, "partner");
    close(pair.ours);
    close(pair.peer);
}

static void
fewer_bytes_are_received_at_end_of_file_only(void **state)
{
    struct pair pair = make_pair();
    char got[8];

    assert_int_equal(io_send(pair.peer, "abc", 3, NULL), 0);
    close(pair.peer);
    assert_int_equal(io_receive(pair.ours, got, sizeof got, NULL), 3);
    assert_int_equal(io_receive(pair.ours, got, sizeof got, NULL), 0);
    close(pair.ours);
}

static void
a_silent_peer_ends_at_the_deadline(void **state)
{
    struct pair pair = make_pair();
    struct deadline deadline = deadline_in(1);
    char got[8];

    assert_int_equal(io_send(pair.peer, "abc", 3, NULL), 0);
    errno = 0;
    assert_int_equal(io_receive(pair.ours, got, sizeof got, &deadline), -1);
    assert_int_equal(errno, ETIMEDOUT);
    close(pair.ours);
    close(pair.peer);
}

static void
a_peer_that_does_not_read_ends_at_the_deadline(void **state)
{
    static const char flood[4 * 1024 * 1024];
    struct pair pair = make_pair();
    struct deadline deadline = deadline_in(1);

    errno = 0;
    assert_int_equal(io_send(pair.ours, flood, sizeof flood, &deadline), -1);
    assert_int_equal(errno, ETIMEDOUT);
    close(pair.ours);
    close(pair.peer);
}

static void
a_peer_that_is_gone_raises_no_signal(void **state)
{
    struct pair pair = make_pair();

    signal(SIGPIPE, SIG_DFL);
    close(pair.peer);
    errno = 0;
    assert_int_equal(io_send(pair.ours, "x", 1, NULL), -1);
    assert_int_equal(errno, EPIPE);
    close(pair.ours);
}

/* Where the handler sends a byte, the last time that it is called. */
static int late_sender;
static volatile sig_atomic_t calls_left;

static void
send_at_last(int number)
{
    if (calls_left > 0 && --calls_left == 0)
        send(late_sender, "x", 1, MSG_DONTWAIT);
}

static void
a_signal_does_not_end_the_waiting(void **state)
{
    struct sigaction action = {.sa_handler = send_at_last};
    struct itimerval often = {{0, 1000}, {0, 1000}};
    struct itimerval never = {{0, 0}, {0, 0}};
    struct pair pair = make_pair();
    char got = '\0';

    late_sender = pair.peer;
    calls_left = 100;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    assert_int_equal(io_receive(pair.ours, &got, 1, NULL), 1);
    setitimer(ITIMER_REAL, &never, NULL);
    assert_int_equal(got, 'x');
    close(pair.ours);
    close(pair.peer);
}

/* Files. */

/* A file in memory, whose position stands at its end. */
static int
make_file(size_t size)
{
    int fd = memfd_create("test", MFD_CLOEXEC);
    size_t i;

    assert_true(fd >= 0);
    for (i = 0; i < size; i++)
        assert_int_equal(write(fd, "x", 1), 1);
    return fd;
}

static void
a_file_is_read_from_its_start_to_its_end(void **state)
{
    static const size_t sizes[] = {0, 1, 4095, 4096, 4097, 10000};
    struct secret content;
    size_t i;
    int fd;

    for (i = 0; i < COUNT(sizes); i++) {
        fd = make_file(sizes[i]);
        content = secret_from("before ");
        assert_int_equal(io_read_file(fd, sizes[i], &content), 0);
        assert_int_equal(content.length, 7 + sizes[i]);
        assert_memory_equal(content.bytes, "before ", 7);
        secret_clear(&content);
        close(fd);
    }
}

static void
a_file_beyond_the_limit_is_refused(void **state)
{
    static const size_t sizes[] = {1, 4096, 4097, 10000};
    struct secret content = {0};
    size_t i;
    int fd;

    for (i = 0; i < COUNT(sizes); i++) {
        fd = make_file(sizes[i]);
        errno = 0;
        assert_int_equal(io_read_file(fd, sizes[i] - 1, &content), -1);
        assert_int_equal(errno, EFBIG);
        secret_clear(&content);
        close(fd);
    }
}

static void
a_file_that_cannot_be_read_says_why(void **state)
{
    struct secret content = {0};

    assert_int_equal(io_read_file(-1, 100, &content), -1);
    assert_int_equal(errno, EBADF);
}

#define WATCHED(test) cmocka_unit_test_setup(test, begin_watching)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WATCHED(the_watch_sees_a_block_that_was_not_wiped),
        WATCHED(a_zeroed_secret_is_empty_text),
        WATCHED(a_secret_ends_in_nul_after_every_append),
        WATCHED(appending_nothing_makes_an_empty_text),
        WATCHED(a_secret_keeps_nul_bytes),
        WATCHED(a_secret_wipes_what_it_outgrows),
        WATCHED(a_secret_wipes_what_is_cleared_and_can_be_used_again),
        WATCHED(a_move_wipes_the_target_and_empties_the_source),
        WATCHED(a_secret_without_memory_is_as_it_was),
        WATCHED(a_length_that_overflows_is_refused),
        WATCHED(a_list_has_copies_of_its_texts_in_their_order),
        WATCHED(a_list_has_a_text_to_the_byte),
        WATCHED(a_list_may_hold_a_text_twice_and_an_empty_one),
        WATCHED(a_list_that_is_cleared_is_empty_and_can_be_used_again),
        WATCHED(a_list_without_memory_is_as_it_was),
        cmocka_unit_test(the_first_cause_of_a_fault_wins),
        cmocka_unit_test(a_fault_cuts_what_is_too_long),
        cmocka_unit_test(a_prefix_says_where),
        cmocka_unit_test(
            a_fault_has_its_reasons_words_unless_it_has_better_ones),
        cmocka_unit_test(every_reason_is_found_by_its_own_name),
        cmocka_unit_test(an_unknown_reason_is_a_problem_of_the_host),
        cmocka_unit_test(a_zeroed_reason_is_a_refusal),
        cmocka_unit_test(no_words_tell_an_unknown_user_from_a_bad_token),
        cmocka_unit_test(a_deadline_that_has_passed_leaves_nothing),
        cmocka_unit_test(a_deadline_leaves_no_more_than_was_given),
        cmocka_unit_test(a_deadline_far_away_fits_poll),
        cmocka_unit_test(what_is_sent_is_received_whole),
        cmocka_unit_test(fewer_bytes_are_received_at_end_of_file_only),
        cmocka_unit_test(a_silent_peer_ends_at_the_deadline),
        cmocka_unit_test(a_peer_that_does_not_read_ends_at_the_deadline),
        cmocka_unit_test(a_peer_that_is_gone_raises_no_signal),
        cmocka_unit_test(a_signal_does_not_end_the_waiting),
        cmocka_unit_test(a_file_is_read_from_its_start_to_its_end),
        cmocka_unit_test(a_file_beyond_the_limit_is_refused),
        cmocka_unit_test(a_file_that_cannot_be_read_says_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
