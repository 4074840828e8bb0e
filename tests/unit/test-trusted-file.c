/*
 * Shows which files base/trusted_file opens, and which it refuses.
 *
 * Files of other owners are needed, so it runs as root; the folder is one that
 * only root can write to, all the way down, as /run is.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/trusted_file.h"
#include "unit.h"

#define OWNER    60001 /* the trusted owner, where it is not root */
#define STRANGER 60002

/* What the automake manual reserves for a test that cannot run. */
#define EXIT_SKIPPED 77

/* The tests' folder; each test has an empty folder "in" below it. */
static char folder[] = "/run/trusted-file-XXXXXX";
static char path[PATH_MAX];

/* The path of a name in the folder, until the next call. */
static const char *
in(const char *name)
{
    snprintf(path, sizeof path, "%s/in/%s", folder, name);
    return path;
}

static int
make_folder(void **state)
{
    return mkdir(in(""), 0755);
}

static int
remove_folder(void **state)
{
    char command[PATH_MAX];

    snprintf(command, sizeof command, "rm -rf %s/in", folder);
    return system(command); /* NOLINT(cert-env33-c): a path of our own */
}

static void
make_file(const char *name, uid_t owner, mode_t mode)
{
    int fd = open(in(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, "text", 4), 4);
    assert_int_equal(fchown(fd, owner, 0), 0);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

/* The descriptor that would be opened next. */
static int
next_descriptor(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    close(fd);
    return fd;
}

/* Open a path, see that it is what was written there, and close it. */
static void
assert_opens(const char *name, uid_t owner)
{
    struct fault fault = {0};
    int next = next_descriptor();
    int fd = trusted_file_open(in(name), owner, TRUSTED_FILE_READ,
                               REASON_CONFIG, &fault);
    char text[5] = "";

    expect(fd >= 0, fault.text);
    assert_false(fault.raised);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(read(fd, text, 4), 4);
    assert_string_equal(text, "text");
    close(fd);
    assert_int_equal(next_descriptor(), next);
}

/* See that a path is refused for a use, with these words, which name it. */
static void
assert_refuses_use(enum trusted_file_use use, const char *refused, uid_t owner,
                   const char *why)
{
    struct fault fault = {0};
    int next = next_descriptor();
    int fd =
        trusted_file_open(refused, owner, use, REASON_HELPER_MISSING, &fault);

    expect(fd < 0, refused);
    expect(fault_is(&fault, REASON_HELPER_MISSING, why), fault.text);
    assert_int_equal(next_descriptor(), next);
}

/* The same, for each way to use a file. */
static void
assert_refuses_path(const char *refused, uid_t owner, const char *why)
{
    assert_refuses_use(TRUSTED_FILE_READ, refused, owner, why);
    assert_refuses_use(TRUSTED_FILE_EXECUTE, refused, owner, why);
}

static void
assert_refuses(const char *name, uid_t owner, const char *why)
{
    assert_refuses_path(in(name), owner, why);
}

static void
a_file_of_root_is_opened(void **state)
{
    make_file("file", 0, 0640);
    assert_opens("file", 0);
    assert_opens("file", OWNER);
}

static void
a_file_of_the_owner_is_opened_for_him_only(void **state)
{
    make_file("file", OWNER, 0600);
    assert_opens("file", OWNER);
    assert_refuses("file", 0, "/in/file: does not belong to root");
    assert_refuses("file", STRANGER, "does not belong to root");
}

static void
a_file_that_others_may_write_to_is_refused(void **state)
{
    static const mode_t modes[] = {0620, 0602, 0666, 0664, 02660};
    size_t i;

    for (i = 0; i < COUNT(modes); i++) {
        make_file("file", 0, modes[i]);
        assert_refuses("file", 0, "/in/file: others may write to it");
        unlink(in("file"));
    }
}

static void
a_folder_that_others_may_write_to_is_refused(void **state)
{
    static const mode_t modes[] = {0775, 0757, 01777};
    size_t i;

    make_file("file", 0, 0644);
    for (i = 0; i < COUNT(modes); i++) {
        assert_int_equal(chmod(in("."), modes[i]), 0);
        assert_refuses("file", 0, "/in: others may write to it");
    }
}

static void
a_folder_of_a_stranger_is_refused(void **state)
{
    make_file("file", 0, 0644);
    assert_int_equal(chown(in("."), STRANGER, 0), 0);
    assert_refuses("file", 0, "/in: does not belong to root");
    assert_refuses("file", OWNER, "/in: does not belong to root");
    assert_int_equal(chown(in("."), OWNER, 0), 0);
    assert_opens("file", OWNER);
}

static void
a_symbolic_link_is_refused_wherever_it_stands(void **state)
{
    make_file("file", 0, 0644);
    assert_int_equal(symlink("file", in("link")), 0);
    assert_int_equal(symlink(".", in("folder")), 0);
    assert_int_equal(symlink("nowhere", in("broken")), 0);
    assert_refuses("link", 0, "/in/link: is");
    assert_refuses("folder/file", 0, "/in/folder: is a symbolic link");
    assert_refuses("folder", 0, "/in/folder: is");
    assert_refuses("broken", 0, "/in/broken: is");
}

static void
a_path_that_is_not_plain_is_refused(void **state)
{
    static const char *const names[] = {
        "../in/file", "./file", "file/", "file/.",  "/file",
        "",           ".",      "..",    "file/..",
    };
    static const char *const paths[] = {"",    "file", "./file", "../file",
                                        "run", "/",    "//",     "//run",
                                        "/.",  "/..",  "~/file", " /run"};
    size_t i;

    make_file("file", 0, 0644);
    for (i = 0; i < COUNT(names); i++)
        assert_refuses(names[i], 0, ": ");
    for (i = 0; i < COUNT(paths); i++)
        assert_refuses_path(paths[i], 0, "absolute path");
}

static void
a_path_longer_than_any_is_refused(void **state)
{
    char long_path[2 * PATH_MAX];

    memset(long_path, '/', sizeof long_path);
    long_path[sizeof long_path - 1] = '\0';
    assert_refuses_path(long_path, 0, "");
    long_path[PATH_MAX] = '\0';
    assert_refuses_path(long_path, 0, "");
    long_path[PATH_MAX - 1] = '\0';
    assert_refuses_path(long_path, 0, "");
}

static void
a_fifo_is_refused_without_waiting_for_a_writer(void **state)
{
    assert_int_equal(mkfifo(in("fifo"), 0600), 0);
    assert_refuses("fifo", 0, "/in/fifo: is not a regular file");
}

static void
what_is_no_file_is_refused(void **state)
{
    assert_int_equal(mkdir(in("sub"), 0755), 0);
    make_file("file", 0, 0644);
    assert_refuses("sub", 0, "/in/sub: is not a regular file");
    assert_refuses("file/below", 0, "/in/file: is");
    assert_refuses_path("/dev/null", 0, ": ");
}

static void
a_file_that_is_missing_is_named(void **state)
{
    assert_refuses("missing", 0, "/in/missing: No such file");
    assert_refuses("none/missing", 0, "/in/none: No such file");
}

/* Folders. */

/* Open a folder, see that it is the one, and close it. */
static void
assert_opens_folder(const char *name, uid_t owner)
{
    struct fault fault = {0};
    struct stat by_path;
    struct stat by_descriptor;
    int next = next_descriptor();
    int fd = trusted_file_open(in(name), owner, TRUSTED_FILE_FOLDER,
                               REASON_CONFIG, &fault);

    expect(fd >= 0, fault.text);
    assert_false(fault.raised);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(stat(in(name), &by_path), 0);
    assert_int_equal(fstat(fd, &by_descriptor), 0);
    assert_int_equal(by_descriptor.st_ino, by_path.st_ino);
    close(fd);
    assert_int_equal(next_descriptor(), next);
}

static void
assert_refuses_folder(const char *name, uid_t owner, const char *why)
{
    assert_refuses_use(TRUSTED_FILE_FOLDER, in(name), owner, why);
}

static void
a_folder_of_root_is_opened_whatever_is_in_it(void **state)
{
    assert_int_equal(mkdir(in("sub"), 0755), 0);
    make_file("sub/file", STRANGER, 0666);
    assert_opens_folder("sub", 0);
    assert_opens_folder("sub", OWNER);
}

static void
a_folder_of_the_owner_is_opened_for_him_only(void **state)
{
    assert_int_equal(mkdir(in("sub"), 0755), 0);
    assert_int_equal(chown(in("sub"), OWNER, 0), 0);
    assert_opens_folder("sub", OWNER);
    assert_refuses_folder("sub", 0, "/in/sub: does not belong to root");
    assert_refuses_folder("sub", STRANGER, "/in/sub: does not belong to root");
}

static void
a_folder_that_others_may_write_to_is_no_trusted_one(void **state)
{
    static const mode_t modes[] = {0775, 0757, 01777, 0777};
    size_t i;

    assert_int_equal(mkdir(in("sub"), 0755), 0);
    for (i = 0; i < COUNT(modes); i++) {
        assert_int_equal(chmod(in("sub"), modes[i]), 0);
        assert_refuses_folder("sub", 0, "/in/sub: others may write to it");
    }
    assert_int_equal(chmod(in("sub"), 0755), 0);
    assert_int_equal(chmod(in("."), 0777), 0);
    assert_refuses_folder("sub", 0, "/in: others may write to it");
}

static void
what_is_no_folder_is_refused_as_one(void **state)
{
    make_file("file", 0, 0644);
    assert_int_equal(mkdir(in("sub"), 0755), 0);
    assert_int_equal(symlink("sub", in("link")), 0);
    assert_int_equal(mkfifo(in("fifo"), 0600), 0);
    assert_refuses_folder("file", 0, "not a folder");
    assert_refuses_folder("fifo", 0, "not a folder");
    assert_refuses_folder("link", 0, "/in/link: is a symbolic link");
    assert_refuses_folder("link/.", 0, ": ");
    assert_refuses_folder("sub/", 0, "plain absolute path");
    assert_refuses_folder("sub/.", 0, "plain absolute path");
    assert_refuses_folder("sub/..", 0, "plain absolute path");
    assert_refuses_folder("missing", 0, "/in/missing: No such file");
    assert_refuses_use(TRUSTED_FILE_FOLDER, "/", 0, "plain absolute path");
    assert_refuses_use(TRUSTED_FILE_FOLDER, "run", 0, "not an absolute path");
}

/* Other processes. */

/* What a stranger without privileges sees; the exit status of a child. */
static int
open_as_stranger(void)
{
    struct fault fault = {0};

    if (setgid(STRANGER) < 0 || setuid(STRANGER) < 0)
        return 1;
    if (trusted_file_open(path, 0, TRUSTED_FILE_EXECUTE, REASON_CONFIG, &fault)
        < 0)
        return 2;
    if (trusted_file_open(path, 0, TRUSTED_FILE_READ, REASON_CONFIG, &fault)
        >= 0)
        return 3;
    return fault_is(&fault, REASON_CONFIG,
                    "/in/program: Permission denied; uid 60002 must be able to "
                    "read it, and to enter the folders above")
               ? 0
               : 4;
}

static void
a_program_needs_no_right_to_be_read(void **state)
{
    pid_t child;
    int status;

    make_file("program", 0, 0711);
    in("program");
    child = fork();
    if (child == 0)
        _exit(open_as_stranger());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void
a_program_that_nobody_may_execute_is_refused(void **state)
{
    static const mode_t modes[] = {0100, 0010, 0001, 0711, 0755};
    struct fault fault = {0};
    size_t i;
    int fd;

    make_file("program", 0, 0644);
    assert_refuses_use(TRUSTED_FILE_EXECUTE, in("program"), 0,
                       "/in/program: is not executable; use chmod 0711");
    assert_opens("program", 0);
    for (i = 0; i < COUNT(modes); i++) {
        assert_int_equal(chmod(in("program"), modes[i]), 0);
        fd = trusted_file_open(path, 0, TRUSTED_FILE_EXECUTE,
                               REASON_HELPER_MISSING, &fault);
        expect(fd >= 0, fault.text);
        close(fd);
    }
}

/* What a stranger sees of a file below a folder; the exit status of a child. */
static int
read_as_stranger(void)
{
    struct fault fault = {0};

    if (setgid(STRANGER) < 0 || setuid(STRANGER) < 0)
        return 1;
    if (trusted_file_open(path, 0, TRUSTED_FILE_READ, REASON_CONFIG, &fault)
        >= 0)
        return 2;
    return fault_is(&fault, REASON_CONFIG,
                    "/in/sub/file: Permission denied; uid 60002 must be able "
                    "to read it, and to enter the folders above")
               ? 0
               : 3;
}

static void
who_may_not_enter_a_folder_is_told_what_to_mend(void **state)
{
    pid_t child;
    int status;

    assert_int_equal(mkdir(in("sub"), 0700), 0);
    make_file("sub/file", 0, 0644);
    in("sub/file");
    child = fork();
    if (child == 0)
        _exit(read_as_stranger());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* What a process sees that may open nothing more; its exit status. */
static int
open_without_descriptors(void)
{
    struct rlimit limit;
    struct fault fault = {0};

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 1;
    limit.rlim_cur = 0;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 1;
    if (trusted_file_open(path, 0, TRUSTED_FILE_READ, REASON_CONFIG, &fault)
        >= 0)
        return 2;
    return fault_is(&fault, REASON_CONFIG, "Too many open files") ? 0 : 3;
}

static void
a_process_without_descriptors_is_told_so(void **state)
{
    pid_t child;
    int status;

    make_file("file", 0, 0644);
    in("file");
    child = fork();
    if (child == 0)
        _exit(open_without_descriptors());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void
the_first_cause_is_kept(void **state)
{
    struct fault fault = {0};

    fault_raise(&fault, REASON_MEMORY, "before");
    assert_true(trusted_file_open(in("missing"), 0, TRUSTED_FILE_READ,
                                  REASON_CONFIG, &fault)
                < 0);
    assert_true(fault_is(&fault, REASON_MEMORY, "before"));
}

#define IN_FOLDER(test) \
    cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_file_of_root_is_opened),
        IN_FOLDER(a_file_of_the_owner_is_opened_for_him_only),
        IN_FOLDER(a_file_that_others_may_write_to_is_refused),
        IN_FOLDER(a_folder_that_others_may_write_to_is_refused),
        IN_FOLDER(a_folder_of_a_stranger_is_refused),
        IN_FOLDER(a_symbolic_link_is_refused_wherever_it_stands),
        IN_FOLDER(a_path_that_is_not_plain_is_refused),
        IN_FOLDER(a_path_longer_than_any_is_refused),
        IN_FOLDER(a_fifo_is_refused_without_waiting_for_a_writer),
        IN_FOLDER(what_is_no_file_is_refused),
        IN_FOLDER(a_file_that_is_missing_is_named),
        IN_FOLDER(a_folder_of_root_is_opened_whatever_is_in_it),
        IN_FOLDER(a_folder_of_the_owner_is_opened_for_him_only),
        IN_FOLDER(a_folder_that_others_may_write_to_is_no_trusted_one),
        IN_FOLDER(what_is_no_folder_is_refused_as_one),
        IN_FOLDER(a_program_needs_no_right_to_be_read),
        IN_FOLDER(a_program_that_nobody_may_execute_is_refused),
        IN_FOLDER(who_may_not_enter_a_folder_is_told_what_to_mend),
        IN_FOLDER(a_process_without_descriptors_is_told_so),
        IN_FOLDER(the_first_cause_is_kept),
    };
    int failed;

    if (geteuid() != 0) {
        print_message("files of other owners are for root to make\n");
        return EXIT_SKIPPED;
    }
    if (mkdtemp(folder) == NULL || chmod(folder, 0755) < 0) {
        print_error("%s cannot be made\n", folder);
        return EXIT_FAILURE;
    }
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return failed;
}
