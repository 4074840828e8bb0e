/*
 * terminal_asker - asks whoever sits at the terminal.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/terminal_asker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define TERMINAL "/dev/tty"

/*
 * The signals that end a process, and would leave the terminal mute; or stop
 * it, and who continues it would find a terminal that shows the token.
 */
static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};

/* Write all of a text. */
static int
put(const struct terminal *terminal, const char *text)
{
    size_t left = strlen(text);
    ssize_t written;

    while (left > 0) {
        written = write(terminal->fd, text, left);
        if (written < 0 && errno != EINTR)
            return -1;
        if (written > 0) {
            text += written;
            left -= (size_t) written;
        }
    }
    return 0;
}

/* Have the signals that break off wait until terminal_close(). Gives 0, or
   what is not. */
static int
hold_signals(struct terminal *terminal)
{
    sigset_t signals;
    size_t i;

    sigemptyset(&signals);
    for (i = 0; i < sizeof ending / sizeof ending[0]; i++)
        sigaddset(&signals, ending[i]);
    terminal->signal = signalfd(-1, &signals, SFD_CLOEXEC);
    if (terminal->signal < 0)
        return -1;
    return pthread_sigmask(SIG_BLOCK, &signals, &terminal->signals);
}

/* Let the terminal show nothing and keep no line. */
static int
mute(const struct terminal *terminal)
{
    struct termios settings = terminal->before;

    settings.c_lflag &= ~(tcflag_t) (ICANON | ECHO | ECHONL | ISIG);
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    return tcsetattr(terminal->fd, TCSAFLUSH, &settings);
}

/* Open the terminal, and make it ready for what is not to be seen. */
static int
open_terminal(struct terminal *terminal, struct fault *fault)
{
    terminal->fd = open(TERMINAL, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal->fd < 0 || tcgetattr(terminal->fd, &terminal->before) < 0) {
        fault_raise(fault, REASON_CONVERSATION,
                    "there is no terminal to ask for the token: give it with"
                    " --token-file");
        if (terminal->fd >= 0)
            close(terminal->fd);
        return -1;
    }
    terminal->is_open = hold_signals(terminal) == 0;
    if (terminal->is_open && mute(terminal) == 0)
        return 0;
    fault_raise(fault, REASON_CONVERSATION, TERMINAL ": %s",
                strerrordesc_np(errno));
    terminal_close(terminal);
    return -1;
}

void
terminal_close(struct terminal *terminal)
{
    if (!terminal->is_open)
        return;
    /* What was typed ahead is not for whoever reads next. */
    tcsetattr(terminal->fd, TCSAFLUSH, &terminal->before);
    close(terminal->fd);
    close(terminal->signal);
    terminal->is_open = false;
    /* One that came meanwhile ends or stops the process here. */
    pthread_sigmask(SIG_SETMASK, &terminal->signals, NULL);
}

/* Put a question. */
static int
ask(void *self, const char *question, struct fault *fault)
{
    struct terminal *terminal = self;

    if (open_terminal(terminal, fault) < 0)
        return -1;
    if (put(terminal, question) == 0)
        return 0;
    fault_raise(fault, REASON_CONVERSATION, TERMINAL ": %s",
                strerrordesc_np(errno));
    terminal_close(terminal);
    return -1;
}

/*
 * Wait for something to read. Gives false where a signal comes first: what ends
 * the process then is terminal_close().
 */
static bool
wait_for_input(const struct terminal *terminal)
{
    struct pollfd polled[] = {
        {.fd = terminal->fd, .events = POLLIN},
        {.fd = terminal->signal, .events = POLLIN},
    };
    int ready;

    do
        ready = poll(polled, 2, -1);
    while (ready < 0 && errno == EINTR);
    return ready > 0 && polled[1].revents == 0;
}

/* Take off the last character that was typed: UTF-8 has some of many bytes. */
static int
erase(struct secret *answer)
{
    struct secret shorter = {0};
    size_t length = answer->length;

    while (length > 0
           && ((unsigned char) answer->bytes[length - 1] & 0xc0) == 0x80)
        length--;
    if (length > 0)
        length--;
    if (length > 0 && secret_append(&shorter, answer->bytes, length) < 0)
        return -1;
    secret_move(answer, &shorter);
    return 0;
}

/* What a byte that was typed has done. */
enum typed {
    TYPED_MORE,
    TYPED_END,    /* of the line */
    TYPED_BREAK,  /* broken off */
    TYPED_FAILED, /* memory is short, or it is too much */
};

/* Serve one byte. */
static enum typed
serve(const struct terminal *terminal, char byte, struct secret *answer)
{
    const cc_t *keys = terminal->before.c_cc;
    cc_t key = (cc_t) byte;

    if (byte == '\n' || byte == '\r' || key == keys[VEOF])
        return TYPED_END;
    if (key == keys[VINTR] || key == keys[VQUIT] || key == keys[VSUSP])
        return TYPED_BREAK;
    if (key == keys[VKILL]) {
        secret_clear(answer);
        return TYPED_MORE;
    }
    if (key == keys[VERASE] || byte == '\b' || byte == '\177')
        return erase(answer) < 0 ? TYPED_FAILED : TYPED_MORE;
    if (answer->length == TERMINAL_MAX_ANSWER
        || secret_append(answer, &byte, 1) < 0)
        return TYPED_FAILED;
    return TYPED_MORE;
}

/* Read what is typed, to the end of a line. */
static enum typed
read_line(const struct terminal *terminal, struct secret *answer)
{
    enum typed typed = TYPED_MORE;
    char byte;
    ssize_t got;

    while (typed == TYPED_MORE) {
        if (!wait_for_input(terminal))
            return TYPED_BREAK;
        got = read(terminal->fd, &byte, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return TYPED_BREAK;
        typed = serve(terminal, byte, answer);
    }
    explicit_bzero(&byte, sizeof byte);
    return typed;
}

/* Wait for the answer. */
static int
answer(void *self, struct secret *text, struct fault *fault)
{
    struct terminal *terminal = self;
    enum typed typed = read_line(terminal, text);

    put(terminal, "\n");
    terminal_close(terminal);
    switch (typed) {
    case TYPED_MORE:
    case TYPED_END:
        return 0;
    case TYPED_BREAK:
        fault_raise(fault, REASON_CONVERSATION, "broken off");
        break;
    case TYPED_FAILED:
        fault_raise(fault, REASON_TOKEN_TOO_LONG,
                    "the answer has more than %d characters",
                    TERMINAL_MAX_ANSWER);
        break;
    }
    secret_clear(text);
    return -1;
}

struct asker
terminal_asker(struct terminal *terminal)
{
    return (struct asker){
        .ask = ask,
        .answer = answer,
        .self = terminal,
        .watched = -1,
    };
}
