/*
 * rogue-helper - a login helper that does what a test orders.
 *
 * The module starts it in place of the real one (helper=). What should be the
 * configuration holds orders instead, one a line, which it carries out in
 * turn; what it sends is packed by tests/module/frames.py. Then it ends, with
 * status 0. Bytes are written as hexadecimal digits.
 *
 *   send BYTES       send them
 *   flood BYTES      send them again and again, until the module is gone
 *   trickle BYTES    send them one by one, a second apart
 *   wait-frame       receive a frame, whatever it is
 *   show-frame       receive a frame, and ask questions with all its bytes
 *   report           ask a question with what it sees of itself
 *   stop-reading     have the module's next bytes refused by the kernel
 *   close            close the socket
 *   linger           leave a child behind that keeps the socket open
 *   sleep            do nothing for ever
 *   exit STATUS      end
 *   kill SIGNAL      end by a signal
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define SOCKET 3
#define ORDERS 4

/* Statuses for what goes wrong in here; no test expects them. */
#define STATUS_BAD_ORDER 90
#define STATUS_NO_FRAME  91

/* Of src/ipc/frame.h. */
#define HEADER_SIZE   6
#define FRAME_VERSION 2
#define LABEL_ASK     2

/* Room for all orders, and for the longest of the module's frames. */
static char orders[1 << 20];
static unsigned char frame[HEADER_SIZE + (1 << 16)];

/* A question's text, as long as the module takes it. */
static char text[2048];
static size_t text_length;

extern char **environ;

static void __attribute__((format(printf, 1, 2))) say(const char *format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length =
        vsnprintf(text + text_length, sizeof text - text_length, format, args);
    va_end(args);
    if (length > 0)
        text_length += (size_t) length;
    if (text_length >= sizeof text)
        text_length = sizeof text - 1;
}

/* Send bytes. Gives false when nobody takes them any more. */
static bool
send_all(const unsigned char *bytes, size_t length)
{
    ssize_t sent;

    while (length > 0) {
        sent = send(SOCKET, bytes, length, MSG_NOSIGNAL);
        if (sent < 0)
            return false;
        bytes += sent;
        length -= (size_t) sent;
    }
    return true;
}

static void
put_u32(unsigned char *bytes, size_t value)
{
    bytes[0] = (unsigned char) (value >> 24);
    bytes[1] = (unsigned char) (value >> 16);
    bytes[2] = (unsigned char) (value >> 8);
    bytes[3] = (unsigned char) value;
}

/* Ask a question with what was said. */
static void
ask(void)
{
    unsigned char head[HEADER_SIZE + 5] = {
        [4] = FRAME_VERSION, [5] = LABEL_ASK};

    put_u32(head, 5 + text_length);
    put_u32(head + HEADER_SIZE + 1, text_length);
    send_all(head, sizeof head);
    send_all((unsigned char *) text, text_length);
    text_length = 0;
}

static void
receive_all(unsigned char *bytes, size_t length)
{
    ssize_t got;

    while (length > 0) {
        got = recv(SOCKET, bytes, length, 0);
        if (got <= 0)
            exit(STATUS_NO_FRAME);
        bytes += got;
        length -= (size_t) got;
    }
}

/* Receive a frame whole. Gives its length. */
static size_t
receive_frame(void)
{
    size_t length;

    receive_all(frame, HEADER_SIZE);
    length = (size_t) frame[0] << 24 | (size_t) frame[1] << 16
             | (size_t) frame[2] << 8 | frame[3];
    if (length > sizeof frame - HEADER_SIZE)
        exit(STATUS_NO_FRAME);
    receive_all(frame + HEADER_SIZE, length);
    return HEADER_SIZE + length;
}

static void
show_frame(void)
{
    size_t length = receive_frame();
    unsigned char *shown;
    size_t i;

    /* The frame is kept first: the answers to our questions are received too.
     */
    shown = malloc(length);
    if (shown == NULL)
        exit(STATUS_NO_FRAME);
    memcpy(shown, frame, length);
    for (i = 0; i < length; i++) {
        say("%02x", shown[i]);
        if (text_length + 2 >= sizeof text || i + 1 == length) {
            ask();
            receive_frame();
        }
    }
    free(shown);
}

/* Say which descriptors are open, and on what. */
static void
say_descriptors(void)
{
    struct stat stat;
    int fd;

    for (fd = 0; fd < 1024; fd++) {
        if (fstat(fd, &stat) < 0)
            continue;
        if (S_ISCHR(stat.st_mode) && stat.st_rdev == makedev(1, 3))
            say("descriptor %d null\n", fd);
        else if (S_ISSOCK(stat.st_mode))
            say("descriptor %d socket\n", fd);
        else
            say("descriptor %d inode %lu\n", fd, (unsigned long) stat.st_ino);
    }
}

/* Say which signals are not as a process finds them at its start. */
static void
say_signals(void)
{
    struct sigaction action;
    sigset_t blocked;
    int number;

    sigprocmask(SIG_SETMASK, NULL, &blocked);
    for (number = 1; number < NSIG; number++) {
        if (sigismember(&blocked, number) == 1)
            say("blocked %d\n", number);
        if (sigaction(number, NULL, &action) == 0
            && action.sa_handler != SIG_DFL)
            say("disposition %d\n", number);
    }
}

static void
say_limit(const char *name, int resource)
{
    struct rlimit limit;

    if (getrlimit(resource, &limit) == 0)
        say("%s %llu %llu\n", name, (unsigned long long) limit.rlim_cur,
            (unsigned long long) limit.rlim_max);
}

static void
report(int argc, char **argv)
{
    char folder[256];
    uid_t uid[3];
    gid_t gid[3];
    mode_t mask;
    int death = 0;
    int i;

    if (getresuid(&uid[0], &uid[1], &uid[2]) == 0)
        say("uid %u %u %u\n", uid[0], uid[1], uid[2]);
    if (getresgid(&gid[0], &gid[1], &gid[2]) == 0)
        say("gid %u %u %u\n", gid[0], gid[1], gid[2]);
    say("groups %d\n", getgroups(0, NULL));
    for (i = 0; i < argc; i++)
        say("argument %d %s\n", i, argv[i]);
    for (i = 0; environ[i] != NULL; i++)
        say("environment %s\n", environ[i]);
    say_descriptors();
    say_signals();
    say_limit("core", RLIMIT_CORE);
    say_limit("fsize", RLIMIT_FSIZE);
    say_limit("as", RLIMIT_AS);
    say_limit("nproc", RLIMIT_NPROC);
    say_limit("stack", RLIMIT_STACK);
    mask = umask(0);
    umask(mask);
    say("umask %03o\n", mask);
    if (getcwd(folder, sizeof folder) != NULL)
        say("cwd %s\n", folder);
    say("no_new_privs %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    say("dumpable %d\n", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
    if (prctl(PR_GET_PDEATHSIG, &death, 0, 0, 0) == 0)
        say("death_signal %d\n", death);
    say("leads_session %d\n", getsid(0) == getpid());
    ask();
}

/* The value of one hexadecimal digit. */
static unsigned char
digit(char character)
{
    const char *digits = "0123456789abcdef";
    const char *found = strchr(digits, character);

    if (found == NULL || character == '\0')
        exit(STATUS_BAD_ORDER);
    return (unsigned char) (found - digits);
}

/* Turn digits into the bytes that they stand for, in place. Gives how many. */
static size_t
read_bytes(char *digits)
{
    size_t length = strlen(digits) / 2;
    size_t i;

    for (i = 0; i < length; i++)
        digits[i] =
            (char) (digit(digits[2 * i]) << 4 | digit(digits[2 * i + 1]));
    return length;
}

static void
linger(void)
{
    if (fork() == 0) {
        for (;;)
            pause();
    }
}

/* Orders that send bytes. Gives false for any other. */
static bool
carry_out_sending(const char *order, char *argument)
{
    unsigned char *bytes = (unsigned char *) argument;
    size_t length;
    size_t i;

    if (strcmp(order, "send") != 0 && strcmp(order, "flood") != 0
        && strcmp(order, "trickle") != 0)
        return false;
    length = read_bytes(argument);
    if (strcmp(order, "send") == 0)
        send_all(bytes, length);
    while (strcmp(order, "flood") == 0 && send_all(bytes, length))
        continue;
    for (i = 0; strcmp(order, "trickle") == 0 && i < length; i++) {
        send_all(bytes + i, 1);
        sleep(1);
    }
    return true;
}

static void
carry_out(const char *order, char *argument, int argc, char **argv)
{
    if (carry_out_sending(order, argument))
        return;
    if (strcmp(order, "wait-frame") == 0)
        receive_frame();
    else if (strcmp(order, "show-frame") == 0)
        show_frame();
    else if (strcmp(order, "report") == 0)
        report(argc, argv);
    else if (strcmp(order, "stop-reading") == 0)
        shutdown(SOCKET, SHUT_RD);
    else if (strcmp(order, "close") == 0)
        close(SOCKET);
    else if (strcmp(order, "linger") == 0)
        linger();
    else if (strcmp(order, "sleep") == 0)
        for (;;)
            pause();
    else if (strcmp(order, "exit") == 0)
        exit(atoi(argument));
    else if (strcmp(order, "kill") == 0)
        raise(atoi(argument));
    else
        exit(STATUS_BAD_ORDER);
}

int
main(int argc, char **argv)
{
    char *rest;
    char *line;
    char *argument;
    ssize_t length = pread(ORDERS, orders, sizeof orders - 1, 0);

    if (length < 0)
        return STATUS_BAD_ORDER;
    for (line = strtok_r(orders, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        argument = strchr(line, ' ');
        if (argument == NULL)
            argument = line + strlen(line);
        else
            *argument++ = '\0';
        carry_out(line, argument, argc, argv);
    }
    return 0;
}
