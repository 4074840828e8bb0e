/*
 * Shows which groups login/membership finds a user in, and what becomes of
 * hosts that lack a group or cannot say.
 *
 * Linked so that getgrnam_r(), getgrouplist() and realloc() of the code under
 * test come by here: the host's own users and groups play no part.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>

#include "login/membership.h"
#include "unit.h"

/* A group of the host. */
struct host_group {
    const char *name;
    gid_t gid;
    size_t size;      /* of its entry, in bytes */
    int error;        /* that the look-up fails with; 0 for none */
    bool absent;      /* whether it is not found, without an error */
    char *members[3]; /* that its entry lists, NULL behind the last */
};

/* The host. */
static struct {
    const struct host_group *groups;
    size_t group_count;
    int user_groups;   /* beside the primary one: 10001, 10002, … */
    int lists;         /* calls of getgrouplist() */
    int entries;       /* calls of getgrnam_r() */
    size_t last_room;  /* of the last of these */
    char *members[3];  /* of the last of these groups */
    int memory_fails;  /* the call of realloc() that fails; 0 for none */
    int memory_blocks; /* calls of realloc() */
} host;

#define USER    "alice"
#define PRIMARY 5000
#define FIRST   10001 /* of the user's other groups */

int __wrap_getgrnam_r(const char *name, struct group *entry, char *buffer,
                      size_t size, struct group **found);
int __wrap_getgrouplist(const char *user, gid_t gid, gid_t *list, int *count);
void *__real_realloc(void *block, size_t size);
void *__wrap_realloc(void *block, size_t size);

int
__wrap_getgrnam_r(const char *name, struct group *entry, char *buffer,
                  size_t size, struct group **found)
{
    size_t i;

    host.entries++;
    host.last_room = size;
    memset(buffer, 'x', size);
    *found = NULL;
    for (i = 0; i < host.group_count; i++) {
        const struct host_group *group = &host.groups[i];

        if (strcmp(group->name, name) != 0)
            continue;
        if (group->size > size)
            return ERANGE;
        if (group->error != 0 || group->absent)
            return group->error;
        memcpy(host.members, group->members, sizeof host.members);
        strcpy(buffer, name);
        *entry = (struct group){.gr_name = buffer,
                                .gr_gid = group->gid,
                                .gr_mem = host.members};
        *found = entry;
        return 0;
    }
    return 0;
}

/* As the C library's: the primary group is the first of the list. */
int
__wrap_getgrouplist(const char *user, gid_t gid, gid_t *list, int *count)
{
    int room = *count;
    int i;

    host.lists++;
    assert_string_equal(user, USER);
    *count = 1 + host.user_groups;
    for (i = 0; i < room && i < *count; i++)
        list[i] = i == 0 ? gid : (gid_t) (FIRST + i - 1);
    return room < *count ? -1 : *count;
}

void *
__wrap_realloc(void *block, size_t size)
{
    host.memory_blocks++;
    return host.memory_blocks == host.memory_fails
               ? NULL
               : __real_realloc(block, size);
}

/* A host with these groups, whose user is in so many beside his own. */
static void
make_host(const struct host_group *groups, size_t count, int user_groups)
{
    memset(&host, 0, sizeof host);
    host.groups = groups;
    host.group_count = count;
    host.user_groups = user_groups;
}

/* Look up the groups that up to three rules name, each up to three of them. */
static int
look_up(const char *const names[3][3], struct text_list *groups,
        struct fault *fault)
{
    struct rule rules[3] = {0};
    struct configuration configuration = {.rules = rules, .rule_count = 3};
    int fails = host.memory_fails;
    int result;
    int i;
    int j;

    host.memory_fails = 0;
    for (i = 0; i < 3; i++) {
        for (j = 0; j < 3 && names[i][j] != NULL; j++)
            assert_int_equal(text_list_add(&rules[i].groups, names[i][j]), 0);
    }
    host.memory_fails = fails;
    host.memory_blocks = 0;
    result = membership_look_up(&configuration, USER, PRIMARY, groups, fault);
    host.memory_fails = 0;
    assert_int_equal(result, fault->raised ? -1 : 0);
    for (i = 0; i < 3; i++)
        text_list_clear(&rules[i].groups);
    return result;
}

static const struct host_group usual[] = {
    {.name = "own", .gid = PRIMARY},
    {.name = "ops", .gid = FIRST},
    {.name = "dev", .gid = FIRST + 1},
    {.name = "same-as-dev", .gid = FIRST + 1},
    {.name = "others", .gid = 20000},
    {.name = "root", .gid = 0},
};

static void
without_groups_in_a_rule_nobody_is_asked(void **state)
{
    static const char *const names[3][3] = {{NULL}};
    struct text_list groups = {0};
    struct fault fault = {0};

    make_host(usual, COUNT(usual), 2);
    assert_int_equal(look_up(names, &groups, &fault), 0);
    assert_int_equal(groups.count, 0);
    assert_int_equal(host.lists, 0);
    assert_int_equal(host.entries, 0);
}

static void
a_user_is_in_his_primary_and_his_other_groups(void **state)
{
    static const struct {
        const char *name;
        bool is_in;
    } rows[] = {
        {"own", true},         {"ops", true},     {"dev", true},
        {"same-as-dev", true}, {"others", false}, {"root", false},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *const names[3][3] = {{rows[i].name}};
        struct text_list groups = {0};
        struct fault fault = {0};

        make_host(usual, COUNT(usual), 2);
        expect(look_up(names, &groups, &fault) == 0, fault.text);
        expect(groups.count == (rows[i].is_in ? 1 : 0), rows[i].name);
        expect(text_list_has(&groups, rows[i].name) == rows[i].is_in,
               rows[i].name);
        text_list_clear(&groups);
    }
}

static void
a_user_is_in_a_group_whose_entry_lists_him(void **state)
{
    static char alice[] = USER;
    static char alice2[] = USER "2";
    static char other_case[] = "Alice";
    static char bob[] = "bob";
    static const struct host_group listing[] = {
        {.name = "first", .gid = 20000, .members = {alice, bob}},
        {.name = "last", .gid = 20001, .members = {bob, alice}},
        {.name = "other", .gid = 20002, .members = {bob, alice2}},
        {.name = "case", .gid = 20003, .members = {other_case}},
        {.name = "nobody", .gid = 20004},
    };
    static const char *const names[3][3] = {{"first", "last"},
                                            {"other", "case"},
                                            {"nobody"}};
    struct text_list groups = {0};
    struct fault fault = {0};

    make_host(listing, COUNT(listing), 2);
    assert_int_equal(look_up(names, &groups, &fault), 0);
    assert_int_equal(groups.count, 2);
    assert_string_equal(groups.texts[0], "first");
    assert_string_equal(groups.texts[1], "last");
    text_list_clear(&groups);
}

static void
the_groups_of_all_rules_are_looked_up_and_each_stands_once(void **state)
{
    static const char *const names[3][3] = {{"others", "ops"},
                                            {NULL},
                                            {"ops", "dev", "own"}};
    struct text_list groups = {0};
    struct fault fault = {0};

    make_host(usual, COUNT(usual), 2);
    assert_int_equal(look_up(names, &groups, &fault), 0);
    assert_int_equal(groups.count, 3);
    assert_string_equal(groups.texts[0], "ops");
    assert_string_equal(groups.texts[1], "dev");
    assert_string_equal(groups.texts[2], "own");
    assert_int_equal(host.lists, 1);
    text_list_clear(&groups);
}

static void
a_group_that_the_host_lacks_is_a_fault_of_the_configuration(void **state)
{
    static const struct host_group groups_of_host[] = {
        {.name = "ops", .gid = FIRST},
        {.name = "absent", .absent = true},
        {.name = "enoent", .error = ENOENT},
        {.name = "esrch", .error = ESRCH},
    };
    static const char *const lacking[] = {"absent",     "enoent", "esrch",
                                          "unheard-of", "Ops",    "ops "};
    size_t i;

    for (i = 0; i < COUNT(lacking); i++) {
        const char *const first[3][3] = {{lacking[i], "ops"}};
        const char *const last[3][3] = {{"ops"}, {"ops"}, {"ops", lacking[i]}};
        struct text_list groups = {0};
        struct fault fault = {0};

        make_host(groups_of_host, COUNT(groups_of_host), 2);
        expect(look_up(first, &groups, &fault) < 0, lacking[i]);
        expect(fault_is(&fault, REASON_CONFIG, lacking[i]), fault.text);
        expect(fault_is(&fault, REASON_CONFIG, "this host does not have"),
               fault.text);
        text_list_clear(&groups);
        /* Also where he is in another. */
        fault = (struct fault){0};
        expect(look_up(last, &groups, &fault) < 0, lacking[i]);
        expect(fault_is(&fault, REASON_CONFIG, lacking[i]), fault.text);
        text_list_clear(&groups);
    }
}

static void
a_look_up_that_fails_is_no_no(void **state)
{
    static const struct {
        int error;
        const char *words;
    } rows[] = {
        {EIO, "Input/output error"},     {EMFILE, "Too many open files"},
        {ENFILE, "Too many open files"}, {ENOMEM, "Cannot allocate memory"},
        {EINTR, "Interrupted"},          {ETIMEDOUT, "timed out"},
        {ECONNREFUSED, "refused"},       {EACCES, "Permission denied"},
    };

    static const char *const names[3][3] = {{"ops"}};
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const struct host_group broken = {.name = "ops",
                                          .gid = FIRST,
                                          .error = rows[i].error};
        struct text_list groups = {0};
        struct fault fault = {0};

        make_host(&broken, 1, 2);
        expect(look_up(names, &groups, &fault) < 0, rows[i].words);
        expect(fault_is(&fault, REASON_SYSTEM, "the group \"ops\""),
               fault.text);
        expect(fault_is(&fault, REASON_SYSTEM, rows[i].words), fault.text);
        assert_int_equal(groups.count, 0);
    }
}

static void
a_group_of_many_members_is_read_whole(void **state)
{
    static const size_t sizes[] = {4096, 4097, 16385, 1000000, 16777216};
    static const char *const names[3][3] = {{"large"}};
    size_t i;

    for (i = 0; i < COUNT(sizes); i++) {
        const struct host_group large = {.name = "large",
                                         .gid = FIRST,
                                         .size = sizes[i]};
        struct text_list groups = {0};
        struct fault fault = {0};

        make_host(&large, 1, 1);
        expect(look_up(names, &groups, &fault) == 0, fault.text);
        assert_true(text_list_has(&groups, "large"));
        assert_true(host.last_room >= sizes[i]);
        text_list_clear(&groups);
    }
}

static void
a_group_larger_than_any_is_a_fault_of_the_host(void **state)
{
    static const char *const names[3][3] = {{"large"}};
    const struct host_group large = {.name = "large",
                                     .gid = FIRST,
                                     .size = SIZE_MAX};
    struct text_list groups = {0};
    struct fault fault = {0};

    make_host(&large, 1, 1);
    assert_int_equal(look_up(names, &groups, &fault), -1);
    assert_true(fault_is(&fault, REASON_SYSTEM, "the group \"large\""));
    assert_true(host.last_room <= 16777216);
}

static void
a_user_of_many_groups_is_in_the_last_of_them_too(void **state)
{
    static const int counts[] = {0, 1, 63, 64, 65, 255, 256, 1000, 65535};
    static const char *const names[3][3] = {{"last", "behind"}};
    size_t i;

    for (i = 0; i < COUNT(counts); i++) {
        const struct host_group ends[] = {
            {.name = "last",
             .gid = counts[i] == 0 ? PRIMARY : (gid_t) (FIRST + counts[i] - 1)},
            {.name = "behind", .gid = (gid_t) (FIRST + counts[i])},
        };
        struct text_list groups = {0};
        struct fault fault = {0};

        make_host(ends, COUNT(ends), counts[i]);
        expect(look_up(names, &groups, &fault) == 0, fault.text);
        assert_int_equal(groups.count, 1);
        assert_string_equal(groups.texts[0], "last");
        text_list_clear(&groups);
    }
}

static void
a_user_of_more_groups_than_the_kernel_takes_is_a_fault(void **state)
{
    static const int counts[] = {65536, 100000, 1000000};
    static const char *const names[3][3] = {{"ops"}};
    size_t i;

    for (i = 0; i < COUNT(counts); i++) {
        struct text_list groups = {0};
        struct fault fault = {0};

        make_host(usual, COUNT(usual), counts[i]);
        assert_int_equal(look_up(names, &groups, &fault), -1);
        assert_true(fault_is(&fault, REASON_SYSTEM, "too many groups"));
        assert_int_equal(groups.count, 0);
    }
}

static void
without_memory_nobody_is_in_or_out(void **state)
{
    static const char *const names[3][3] = {{"others"}, {"ops", "dev"}};
    int call;

    for (call = 1;; call++) {
        struct text_list groups = {0};
        struct fault fault = {0};
        int result;

        make_host(usual, COUNT(usual), 100);
        host.memory_fails = call;
        result = look_up(names, &groups, &fault);
        if (host.memory_blocks < call) {
            assert_int_equal(result, 0);
            assert_int_equal(groups.count, 2);
            text_list_clear(&groups);
            break;
        }
        assert_int_equal(result, -1);
        assert_true(
            fault_is(&fault, REASON_MEMORY, "no memory for groups")
            || fault_is(&fault, REASON_SYSTEM, "Cannot allocate memory"));
        text_list_clear(&groups);
    }
    assert_true(call > 5);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_groups_in_a_rule_nobody_is_asked),
        cmocka_unit_test(a_user_is_in_his_primary_and_his_other_groups),
        cmocka_unit_test(a_user_is_in_a_group_whose_entry_lists_him),
        cmocka_unit_test(
            the_groups_of_all_rules_are_looked_up_and_each_stands_once),
        cmocka_unit_test(
            a_group_that_the_host_lacks_is_a_fault_of_the_configuration),
        cmocka_unit_test(a_look_up_that_fails_is_no_no),
        cmocka_unit_test(a_group_of_many_members_is_read_whole),
        cmocka_unit_test(a_group_larger_than_any_is_a_fault_of_the_host),
        cmocka_unit_test(a_user_of_many_groups_is_in_the_last_of_them_too),
        cmocka_unit_test(
            a_user_of_more_groups_than_the_kernel_takes_is_a_fault),
        cmocka_unit_test(without_memory_nobody_is_in_or_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
