/*
 * sshd - what sshd makes of its configuration, told by sshd itself.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/sshd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/deadline.h"
#include "base/secret.h"

#define MILLISECONDS 1000
#define READ_SIZE    4096

/* Room for a connection, and the NUL: longer ones are of no use to sshd. */
#define MAX_CONNECTION 2048

/* Start it, with its output and its errors on a descriptor. Gives 0 or errno.
 */
static int
start(const char *connection, int output, pid_t *pid)
{
    char program[] = SSHD_PROGRAM;
    char test[] = "-T";
    char as_if[] = "-C";
    char whose[MAX_CONNECTION];
    char *const words[] = {program, test, as_if, whose, NULL};
    char *const environment[] = {NULL};
    posix_spawn_file_actions_t actions;
    int result = posix_spawn_file_actions_init(&actions);

    if (result != 0)
        return result;
    snprintf(whose, sizeof whose, "%s", connection);
    result = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO,
                                              "/dev/null", O_RDONLY, 0);
    if (result == 0)
        result =
            posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (result == 0)
        result =
            posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    if (result == 0)
        result = posix_spawn(pid, program, &actions, NULL, words, environment);
    posix_spawn_file_actions_destroy(&actions);
    return result;
}

/* Read what it prints, as long as it may take. Gives 0, or -1 and errno. */
static int
read_output(int fd, struct secret *output)
{
    struct deadline deadline = deadline_in(SSHD_TIMEOUT * MILLISECONDS);
    struct pollfd polled = {.fd = fd, .events = POLLIN};
    char bytes[READ_SIZE];
    ssize_t got = 1;

    while (got > 0) {
        if (poll(&polled, 1, deadline_left(&deadline)) == 0) {
            errno = ETIMEDOUT;
            return -1;
        }
        got = read(fd, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0
                 && (output->length + (size_t) got > SSHD_MAX_OUTPUT
                     || secret_append(output, bytes, (size_t) got) < 0)) {
            errno = EFBIG;
            return -1;
        }
    }
    return (int) got;
}

/* Run it. Gives its status as wait() does, or -1 and the fault. */
static int
run(const char *connection, struct secret *output, struct fault *fault)
{
    int ends[2];
    int status = -1;
    int cause;
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) < 0) {
        fault_raise(fault, REASON_SYSTEM, "pipe: %s", strerrordesc_np(errno));
        return -1;
    }
    cause = start(connection, ends[1], &pid);
    close(ends[1]);
    if (cause != 0) {
        fault_raise(fault,
                    cause == ENOENT ? REASON_HELPER_MISSING : REASON_SYSTEM,
                    SSHD_PROGRAM ": %s", strerrordesc_np(cause));
        goto out;
    }
    if (read_output(ends[0], output) < 0) {
        fault_raise(fault, REASON_SYSTEM, SSHD_PROGRAM " -T: %s",
                    strerrordesc_np(errno));
        kill(pid, SIGKILL);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (fault->raised)
        status = -1;

out:
    close(ends[0]);
    return status;
}

/* Keep the lines of a text. Gives 0, or -1 without memory. */
static int
keep_lines(const struct secret *output, struct text_list *lines)
{
    char *copy = strdup(secret_text(output));
    char *next = copy;
    const char *line;
    int result = copy == NULL ? -1 : 0;

    while (result == 0 && (line = strsep(&next, "\n")) != NULL) {
        if (*line != '\0')
            result = text_list_add(lines, line);
    }
    free(copy);
    return result;
}

/* Whether a line is a warning only, of an option that came to mean nothing. */
static bool
is_warning(const char *line, size_t length)
{
    static const char *const words[] = {": Deprecated option ",
                                        ": Unsupported option "};
    size_t i;

    for (i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (memmem(line, length, words[i], strlen(words[i])) != NULL)
            return true;
    }
    return false;
}

/* Raise the first thing that sshd says, warnings left out: lines of its log end
   in CR and LF. */
static void
raise_what_it_says(const char *output, struct fault *fault)
{
    const char *line = output;
    size_t length = strcspn(line, "\n");

    while (is_warning(line, length) && line[length] != '\0') {
        line += length + 1;
        length = strcspn(line, "\n");
    }
    if (length == 0)
        fault_raise(fault, REASON_CONFIG, SSHD_PROGRAM " -T says nothing");
    else
        fault_raise(fault, REASON_CONFIG, "%.*s", (int) strcspn(line, "\r\n"),
                    line);
}

int
sshd_ask(const char *connection, struct sshd_settings *settings,
         struct fault *fault)
{
    struct secret output = {0};
    int status = run(connection, &output, fault);
    int result = -1;

    *settings = (struct sshd_settings){0};
    if (status == -1)
        goto out;
    if (status != 0) {
        raise_what_it_says(secret_text(&output), fault);
        goto out;
    }
    result = keep_lines(&output, &settings->lines);
    if (result < 0)
        fault_raise(fault, REASON_MEMORY, "no memory");

out:
    if (result < 0)
        sshd_settings_clear(settings);
    secret_clear(&output);
    return result;
}

const char *
sshd_setting(const struct sshd_settings *settings, const char *keyword,
             size_t which)
{
    size_t length = strlen(keyword);
    const char *line;
    size_t i;

    for (i = 0; i < settings->lines.count; i++) {
        line = settings->lines.texts[i];
        if (strncmp(line, keyword, length) == 0
            && (line[length] == ' ' || line[length] == '\0') && which-- == 0)
            return line[length] == '\0' ? "" : line + length + 1;
    }
    return NULL;
}

void
sshd_settings_clear(struct sshd_settings *settings)
{
    text_list_clear(&settings->lines);
}
