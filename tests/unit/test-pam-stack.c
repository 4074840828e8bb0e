/*
 * Shows that admin/pam_service and admin/pam_stack come to the same as libpam,
 * for services written at random, as badly as people can.
 *
 * pam_debug returns what its argument says, so that libpam and we know of the
 * same codes. SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <security/pam_appl.h>

#include "admin/pam_stack.h"
#include "unit.h"

/* Services that are tried, each with files of its own. */
#define TRIES 600

/* The files: a service, "other", and what they include. */
static const char *const files[] = {"service", "other", "part", "share"};

static char folder[] = "/tmp/pam-stack-XXXXXX";

/* One of a list of words, those in front more often. */
#define PICK(words) ((words)[pick(COUNT(words))])

static size_t
pick(size_t count)
{
    size_t a = (size_t) random() % count;
    size_t b = (size_t) random() % count;

    return a < b ? a : b;
}

static const char *const types[] = {"auth",    "auth", "auth",  "-auth",
                                    "account", "AUTH", "bogus", "[auth]"};

static const char *const keywords[] = {
    "required", "sufficient",   "requisite",  "optional",
    "Required", "[sufficient]", "optionally",
};

static const char *const codes[] = {
    "success",     "auth_err",         "ignore",
    "success",     "user_unknown",     "maxtries",
    "perm_denied", "authinfo_unavail", "module_unknown",
};

static const char *const actions[] = {
    "ok", "die",   "ignore", "bad", "done", "1",
    "2",  "reset", "3",      "OK",  "0",    "okay",
};

static const char *const ends[] = {"\n",     "\n",     " # no more\n", " \\\n",
                                   "\\\n\n", " \\ \n", "#\\\n",        ""};

/* Write a control in brackets. */
static void
write_control(FILE *file)
{
    int count = (int) pick(4);

    fputc('[', file);
    for (; count >= 0; count--)
        fprintf(file, "%s%s%s%s ", random() % 3 == 0 ? "default" : PICK(codes),
                random() % 8 == 0 ? " = " : "=", PICK(actions),
                random() % 16 == 0 ? "x" : "");
    fputc(']', file);
}

/* Write a line that includes a file. */
static void
write_include(FILE *file)
{
    static const char *const words[] = {"auth include", "auth substack",
                                        "auth substack", "@include"};
    static const char *const names[] = {"part", "share", "nowhere"};

    fprintf(file, "%s %s/%s\n", PICK(words), folder, PICK(names));
}

/* Write a line. */
static void
write_line(FILE *file, bool may_include)
{
    if (may_include && random() % 4 == 0) {
        write_include(file);
        return;
    }
    fprintf(file, "%s ", PICK(types));
    if (random() % 2 == 0)
        write_control(file);
    else
        fputs(PICK(keywords), file);
    if (random() % 20 > 0)
        fprintf(file, " %s auth=%s",
                random() % 20 > 0 ? "pam_debug.so" : "pam_missing.so",
                PICK(codes));
    fputs(random() % 8 > 0 ? "\n" : PICK(ends), file);
}

/* Write the files; what a part includes is not a part. */
static void
write_files(void)
{
    size_t i;

    for (i = 0; i < COUNT(files); i++) {
        char path[128];
        FILE *file;
        size_t lines = pick(8);

        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        file = fopen(path, "w");
        assert_non_null(file);
        for (; lines > 0; lines--)
            write_line(file, i < 2);
        assert_int_equal(fclose(file), 0);
    }
}

/* Nobody is asked. */
static int
converse(int count, const struct pam_message **messages,
         struct pam_response **responses, void *data)
{
    (void) count;
    (void) messages;
    (void) responses;
    (void) data;
    return PAM_CONV_ERR;
}

/* What libpam comes to. */
static bool
libpam_succeeds(void)
{
    const struct pam_conv conversation = {.conv = converse};
    pam_handle_t *pamh = NULL;
    int result =
        pam_start_confdir("service", "nobody", &conversation, folder, &pamh);

    if (result == PAM_SUCCESS)
        result = pam_authenticate(pamh, PAM_SILENT);
    if (pamh != NULL)
        pam_end(pamh, result);
    return result == PAM_SUCCESS;
}

/* What a line's module returns. */
static enum pam_code
code_of(const struct pam_service_line *line)
{
    static const char *const names[] = {
#define CODE(constant, name) [CODE_##constant] = "auth=" name,
#include "parse/pam_codes.def"
#undef CODE
    };
    const struct text_list *arguments = &line->line->arguments;
    size_t i;

    if (strcmp(pam_line_module_name(line->line), "pam_debug.so") != 0)
        return CODE_PAM_MODULE_UNKNOWN;
    for (i = 0; i < COUNT(names); i++) {
        if (arguments->count > 0 && strcmp(arguments->texts[0], names[i]) == 0)
            return (enum pam_code) i;
    }
    return CODE_PAM_SUCCESS;
}

/* What we come to. */
static bool
we_succeed(void)
{
    struct pam_service service;
    struct fault fault = {0};
    struct pam_way way = {.service = &service, .type = PAM_TYPE_AUTH};
    bool result;
    size_t i;

    if (pam_service_read(folder, "service", &service, &fault) < 0)
        return false;
    way.codes = calloc(service.count + 1, sizeof *way.codes);
    way.reached = calloc(service.count + 1, sizeof *way.reached);
    assert_non_null(way.codes);
    assert_non_null(way.reached);
    for (i = 0; i < service.count; i++)
        way.codes[i] = code_of(&service.lines[i]);
    result = pam_stack_succeeds(&way);
    free(way.codes);
    free(way.reached);
    pam_service_clear(&service);
    return result;
}

/* Show the files that make the difference. */
static void
show(void)
{
    size_t i;

    for (i = 0; i < COUNT(files); i++) {
        char path[128];
        char line[512];
        FILE *file;

        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        file = fopen(path, "r");
        print_message("%s:\n", path);
        while (file != NULL && fgets(line, sizeof line, file) != NULL)
            print_message("    %s", line);
        if (file != NULL)
            fclose(file);
    }
}

/*
 * Have libpam judge all of them. It leaves memory behind where it gives up a
 * service, so it does this in a process whose end nobody looks into.
 */
static void
ask_libpam(bool *let_in)
{
    pid_t child;
    int status;
    int i;

    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        srandom(1);
        for (i = 0; i < TRIES; i++) {
            write_files();
            let_in[i] = libpam_succeeds();
        }
        let_in[TRIES] = true;
        raise(SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(let_in[TRIES]);
}

static void
services_let_in_whom_libpam_lets_in(void **state)
{
    bool *expected = mmap(NULL, TRIES + 1, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int let_in = 0;
    int i;

    assert_ptr_not_equal(expected, MAP_FAILED);
    ask_libpam(expected);
    srandom(1);
    for (i = 0; i < TRIES; i++) {
        write_files();
        if (we_succeed() != expected[i]) {
            show();
            fail_msg("libpam %s", expected[i] ? "lets in" : "refuses");
        }
        let_in += expected[i];
    }
    /* Both happen often enough to tell something. */
    assert_in_range(let_in, TRIES / 10, TRIES - TRIES / 10);
    munmap(expected, TRIES + 1);
}

static int
make_folder(void **state)
{
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int
remove_folder(void **state)
{
    size_t i;

    for (i = 0; i < COUNT(files); i++) {
        char path[128];

        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    return rmdir(folder);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(services_let_in_whom_libpam_lets_in),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
