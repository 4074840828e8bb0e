/*
 * pam-driver - a PAM application that does what a test orders.
 *
 * Goes through PAM transactions on the real libpam, as sshd, su and sudo do,
 * and says what came of it. It can also be a host that makes life hard for a
 * module: with handlers, threads and children of its own. The orders come on
 * the standard input, all of them before the first is carried out; each line
 * is an order and its words, in which %XX stands for a byte.
 *
 *   confdir FOLDER            where the files of services are
 *   start SERVICE [USER]      begin a transaction
 *   end                       end it
 *   swap                      from now on order of another transaction; the
 *                             next time, of this one again
 *   user [NAME], service NAME, rhost NAME    set an item; the user to nobody
 *   putenv NAME=VALUE         set a variable of the PAM environment
 *   refuse-variable NAME      let the module set it no more, as where there is
 *                             no memory for it
 *   save NAME                 keep the value of a variable, also for another
 *                             transaction
 *   plant NAME [LENGTH]       set it to the value kept, or the start of that
 *   environment               say the PAM environment
 *   authenticate, authenticate-silently, setcred, acct_mgmt, open_session,
 *   open_session-silently, close_session, chauthtok
 *   authenticate-in-child     in a process of its own, of which only the PAM
 *                             environment comes home, as sshd does it
 *   in-child ORDER...         carry out orders of one word in a process of its
 *                             own, of which nothing comes home
 *   at-once USER...           go through as many transactions on as many
 *                             threads, each with the service that has the
 *                             name of its user, up to open_session
 *   heed                      from now on leave out the phases behind one that
 *                             fails, as hosts do that refuse the login
 *   insist                    carry out phases again, whatever has failed
 *   no-delay                  do not wait after a failure, as modules ask for
 *   answer TEXT               what the user will answer; once there is no
 *                             answer left, he answers with an empty one
 *   reply PROMPT ANSWER       what he answers, in place of that, to a prompt
 *                             that begins with the word PROMPT
 *   at-prompt ACTION          at the next prompt: "fail", give "nothing",
 *                             "die", have a "child" of the host die, say which
 *                             "descriptors" a program would inherit, or make
 *                             it the login of "user NAME"
 *   advance-clock SECONDS     what time() says from now on
 *   fold-case                 the password database ignores the case of names
 *   emulate-pidfd             do without pidfd_open(), which valgrind 3.19 does
 *                             not know
 *   handler, ignore, no-wait, block    what the host does with SIGCHLD
 *   reaping-handler           the same, and its handler reaps whatever it can
 *   thread [quiet]            have another thread; a quiet one takes no signal
 *   descriptors COUNT         open so many that an exec does not close
 *   daemon                    close the standard descriptors
 *   remember                  look at what is the process's own
 *   compare                   say what of it has changed since
 *   calls                     say how often the handler was called
 *   children                  reap every child, and say whose it is
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <security/pam_appl.h>

#define MAX_ORDERS   8192
#define MAX_ANSWERS  128
#define MAX_REPLIES  8
#define MAX_CHILDREN 16
#define MAX_THREADS  64

/* Descriptors that are looked at. */
#define MAX_DESCRIPTORS 256

extern char **environ;

static pam_handle_t *pamh;
static pam_handle_t *other_pamh;
static const char *confdir;
static char *saved;

static const char *answers[MAX_ANSWERS];
static size_t answer_count;
static size_t next_answer;
static const char *at_prompt = "";

static struct {
    const char *prompt;
    const char *answer;
} replies[MAX_REPLIES];

static size_t reply_count;

static bool failures_are_heeded;
static bool has_failed;

static time_t clock_advance;
static bool fold_case;
static bool pidfd_is_emulated;
static pid_t emulated_pid;
static const char *refused_variable;

static pid_t children[MAX_CHILDREN];
static size_t child_count;
static volatile sig_atomic_t handler_calls;
static volatile sig_atomic_t handler_reaped;

static void __attribute__((noreturn)) fail(const char *what)
{
    fprintf(stderr, "pam-driver: %s\n", what);
    exit(2);
}

/* What the module sees in place of libc's. */

#define EXPORTED __attribute__((visibility("default")))

EXPORTED int
pam_putenv(pam_handle_t *handle, const char *variable)
{
    int (*next)(pam_handle_t *, const char *);
    void *symbol = dlsym(RTLD_NEXT, "pam_putenv");
    size_t length;

    memcpy(&next, &symbol, sizeof next);
    length = refused_variable == NULL ? 0 : strlen(refused_variable);
    if (length > 0 && strncmp(variable, refused_variable, length) == 0
        && variable[length] == '=')
        return PAM_BUF_ERR;
    return next(handle, variable);
}

EXPORTED time_t
time(time_t *where)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec += clock_advance;
    if (where != NULL)
        *where = now.tv_sec;
    return now.tv_sec;
}

EXPORTED int
getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t size,
           struct passwd **result)
{
    int (*next)(const char *, struct passwd *, char *, size_t,
                struct passwd **);
    void *symbol = dlsym(RTLD_NEXT, "getpwnam_r");
    char folded[1024];
    size_t i;

    memcpy(&next, &symbol, sizeof next);
    if (!fold_case || strlen(name) >= sizeof folded)
        return next(name, entry, buffer, size, result);
    for (i = 0; name[i] != '\0'; i++)
        folded[i] =
            (char) (name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
    folded[i] = '\0';
    return next(folded, entry, buffer, size, result);
}

/*
 * In place of a process descriptor: one that has something to read as soon as
 * a SIGCHLD is pending, which is blocked while the module waits.
 */
static int
emulate_pidfd(pid_t pid)
{
    sigset_t child;

    emulated_pid = pid;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    return signalfd(-1, &child, SFD_CLOEXEC);
}

EXPORTED long
syscall(long number, ...)
{
    long (*next)(long, ...);
    void *symbol = dlsym(RTLD_NEXT, "syscall");
    long words[4];
    va_list list;
    size_t i;

    va_start(list, number);
    for (i = 0; i < 4; i++)
        words[i] = va_arg(list, long);
    va_end(list);
    if (pidfd_is_emulated && number == SYS_pidfd_open)
        return emulate_pidfd((pid_t) words[0]);
    if (pidfd_is_emulated && number == SYS_pidfd_send_signal)
        return kill(emulated_pid, (int) words[1]);
    memcpy(&next, &symbol, sizeof next);
    return next(number, words[0], words[1], words[2], words[3]);
}

EXPORTED int
waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    int (*next)(idtype_t, id_t, siginfo_t *, int);
    void *symbol = dlsym(RTLD_NEXT, "waitid");

    memcpy(&next, &symbol, sizeof next);
    if (pidfd_is_emulated && type == P_PIDFD)
        return next(P_PID, (id_t) emulated_pid, info, options);
    return next(type, id, info, options);
}

/* Saying. */

static void
say_text(const char *key, const char *text)
{
    printf("%s ", key);
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~' || *text == '%')
            printf("%%%02x", (unsigned int) (unsigned char) *text);
        else
            putchar(*text);
    }
    putchar('\n');
}

static void
say_code(const char *order, int code)
{
#define CODE(name) [name] = #name
    static const char *const names[] = {
        CODE(PAM_SUCCESS),          CODE(PAM_SYMBOL_ERR),
        CODE(PAM_SERVICE_ERR),      CODE(PAM_SYSTEM_ERR),
        CODE(PAM_BUF_ERR),          CODE(PAM_PERM_DENIED),
        CODE(PAM_AUTH_ERR),         CODE(PAM_CRED_INSUFFICIENT),
        CODE(PAM_AUTHINFO_UNAVAIL), CODE(PAM_USER_UNKNOWN),
        CODE(PAM_MAXTRIES),         CODE(PAM_SESSION_ERR),
        CODE(PAM_CRED_ERR),         CODE(PAM_CONV_ERR),
        CODE(PAM_IGNORE),           CODE(PAM_ABORT),
        CODE(PAM_MODULE_UNKNOWN),
    };
#undef CODE
    size_t number = (size_t) code;

    if (code != PAM_SUCCESS)
        has_failed = true;
    if (number < sizeof names / sizeof names[0] && names[number] != NULL)
        printf("%s %s\n", order, names[number]);
    else
        printf("%s %d\n", order, code);
}

/* The conversation. */

/* Have a child end, and wait until its SIGCHLD has been sent. */
static void
lose_child(void)
{
    siginfo_t info;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0)
        _exit(0);
    if (pid < 0 || child_count == MAX_CHILDREN)
        fail("no child");
    children[child_count++] = pid;
    waitid(P_PID, (id_t) pid, &info, WEXITED | WNOWAIT);
}

/* What the user answers to a prompt. */
static const char *
find_answer(const char *prompt)
{
    size_t i;

    for (i = 0; i < reply_count; i++) {
        if (strncmp(prompt, replies[i].prompt, strlen(replies[i].prompt)) == 0)
            return replies[i].answer;
    }
    return next_answer < answer_count ? answers[next_answer++] : "";
}

/* Say which descriptors stay open in a program that the host executes. */
static void
say_inherited(void)
{
    int flags;
    int fd;

    for (fd = STDERR_FILENO + 1; fd < MAX_DESCRIPTORS; fd++) {
        flags = fcntl(fd, F_GETFD);
        if (flags >= 0 && (flags & FD_CLOEXEC) == 0)
            printf("inherited %d\n", fd);
    }
}

/* What the user does at a prompt. */
static int
answer_prompt(const char *prompt, struct pam_response *response)
{
    const char *action = at_prompt;

    at_prompt = "";
    if (strcmp(action, "die") == 0)
        raise(SIGKILL);
    if (strcmp(action, "fail") == 0)
        return PAM_CONV_ERR;
    if (strcmp(action, "nothing") == 0)
        return PAM_SUCCESS;
    if (strcmp(action, "child") == 0)
        lose_child();
    if (strcmp(action, "descriptors") == 0)
        say_inherited();
    if (strncmp(action, "user ", strlen("user ")) == 0)
        pam_set_item(pamh, PAM_USER, action + strlen("user "));
    response->resp = strdup(find_answer(prompt));
    return response->resp == NULL ? PAM_BUF_ERR : PAM_SUCCESS;
}

static int
answer_message(const struct pam_message *message, struct pam_response *response)
{
    switch (message->msg_style) {
    case PAM_PROMPT_ECHO_OFF:
        say_text("prompt-off", message->msg);
        return answer_prompt(message->msg, response);
    case PAM_PROMPT_ECHO_ON:
        say_text("prompt-on", message->msg);
        return answer_prompt(message->msg, response);
    case PAM_ERROR_MSG:
        say_text("error", message->msg);
        return PAM_SUCCESS;
    default:
        say_text("info", message->msg);
        return PAM_SUCCESS;
    }
}

static int
converse(int count, const struct pam_message **messages,
         struct pam_response **responses, void *self)
{
    struct pam_response *given = calloc((size_t) count, sizeof *given);
    int code = PAM_SUCCESS;
    int i;

    (void) self;
    if (given == NULL)
        return PAM_BUF_ERR;
    for (i = 0; i < count && code == PAM_SUCCESS; i++)
        code = answer_message(messages[i], &given[i]);
    if (code == PAM_SUCCESS)
        *responses = given;
    else
        free(given);
    return code;
}

/* Transactions. */

static void
start(char *argument)
{
    static const struct pam_conv conversation = {.conv = converse};
    char *user = strchr(argument, ' ');

    if (user != NULL)
        *user++ = '\0';
    answer_count = 0;
    next_answer = 0;
    reply_count = 0;
    has_failed = false;
    say_code("start",
             pam_start_confdir(argument, user, &conversation, confdir, &pamh));
}

/* Let the other transaction be the one that orders are for. */
static void
swap(void)
{
    pam_handle_t *before = pamh;

    pamh = other_pamh;
    other_pamh = before;
}

static void
end(void)
{
    pam_end(pamh, PAM_SUCCESS);
    pamh = NULL;
}

static void
add_reply(char *argument)
{
    char *answer = strchr(argument, ' ');

    if (answer == NULL || reply_count == MAX_REPLIES)
        fail("no reply");
    *answer++ = '\0';
    replies[reply_count].prompt = argument;
    replies[reply_count].answer = answer;
    reply_count++;
}

/* What libpam calls in place of waiting. */
static void
wait_not(int code, unsigned int microseconds, void *self)
{
    (void) code;
    (void) microseconds;
    (void) self;
}

static void
forbid_delay(void)
{
    void (*call)(int, unsigned int, void *) = wait_not;
    const void *item;

    memcpy(&item, &call, sizeof item);
    pam_set_item(pamh, PAM_FAIL_DELAY, item);
}

static void
say_environment(void)
{
    char **list = pam_getenvlist(pamh);
    size_t i;

    for (i = 0; list != NULL && list[i] != NULL; i++) {
        say_text("env", list[i]);
        free(list[i]);
    }
    free(list);
}

static void
save(const char *name)
{
    const char *value = pam_getenv(pamh, name);

    free(saved);
    saved = strdup(value == NULL ? "" : value);
}

static void
plant(char *argument)
{
    char *length = strchr(argument, ' ');
    char *variable;

    if (length != NULL)
        *length++ = '\0';
    if (saved == NULL
        || asprintf(&variable, "%s=%.*s", argument,
                    length == NULL ? (int) strlen(saved) : atoi(length), saved)
               < 0)
        fail("nothing to plant");
    pam_putenv(pamh, variable);
    free(variable);
}

/* The child's part of an authentication as sshd does it. */
static void __attribute__((noreturn)) authenticate_and_tell(int home)
{
    int code = pam_authenticate(pamh, 0);
    char **list = pam_getenvlist(pamh);
    size_t i;

    for (i = 0; list != NULL && list[i] != NULL; i++) {
        if (write(home, list[i], strlen(list[i]) + 1) < 0)
            _exit(PAM_ABORT);
    }
    fflush(stdout);
    _exit(code);
}

static void
authenticate_in_child(void)
{
    static char list[1 << 20];
    size_t length = 0;
    ssize_t got;
    char *variable;
    int ends[2];
    int status = 0;
    pid_t pid;

    fflush(stdout);
    if (pipe(ends) < 0 || (pid = fork()) < 0)
        fail("no child");
    if (pid == 0)
        authenticate_and_tell(ends[1]);
    close(ends[1]);
    while ((got = read(ends[0], list + length, sizeof list - length)) > 0)
        length += (size_t) got;
    close(ends[0]);
    waitpid(pid, &status, 0);
    for (variable = list; variable < list + length;
         variable += strlen(variable) + 1)
        pam_putenv(pamh, variable);
    say_code("authenticate", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

static void carry_out(const char *order, char *argument);

static void
carry_out_in_child(char *orders)
{
    char none[] = "";
    char *rest;
    char *order;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid < 0)
        fail("no child");
    if (pid == 0) {
        for (order = strtok_r(orders, " ", &rest); order != NULL;
             order = strtok_r(NULL, " ", &rest))
            carry_out(order, none);
        fflush(stdout);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
}

/* One of several transactions at the same time, on a thread of its own. */
struct transaction {
    pthread_t thread;
    pthread_barrier_t *start;
    const char *user;
    pam_handle_t *pamh;
    int authenticated;
    int opened;
    bool mask_is_kept;
};

/* The conversation of such a transaction, of which nothing is said. */
static int
converse_quietly(int count, const struct pam_message **messages,
                 struct pam_response **responses, void *user)
{
    int i;

    (void) messages;
    *responses = calloc((size_t) count, sizeof **responses);
    if (*responses == NULL)
        return PAM_BUF_ERR;
    for (i = 0; i < count; i++)
        (*responses)[i].resp = strdup(user);
    return PAM_SUCCESS;
}

static void *
run_transaction(void *self)
{
    struct transaction *transaction = self;
    struct pam_conv conversation = {.conv = converse_quietly};
    sigset_t before;
    sigset_t after;

    memcpy(&conversation.appdata_ptr, &transaction->user,
           sizeof conversation.appdata_ptr);
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    pthread_barrier_wait(transaction->start);
    transaction->authenticated =
        pam_start_confdir(transaction->user, transaction->user, &conversation,
                          confdir, &transaction->pamh);
    if (transaction->authenticated == PAM_SUCCESS)
        transaction->authenticated = pam_authenticate(transaction->pamh, 0);
    transaction->opened = pam_open_session(transaction->pamh, 0);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    transaction->mask_is_kept = memcmp(&before, &after, sizeof before) == 0;
    return NULL;
}

/* Go through transactions at the same time; then say what came of each. */
static void
run_at_once(char *users)
{
    static struct transaction transactions[MAX_THREADS];
    pthread_barrier_t start;
    unsigned int count = 0;
    unsigned int i;
    char *rest;
    char *user;

    for (user = strtok_r(users, " ", &rest);
         user != NULL && count < MAX_THREADS; user = strtok_r(NULL, " ", &rest))
        transactions[count++] =
            (struct transaction){.start = &start, .user = user};
    pthread_barrier_init(&start, NULL, count);
    for (i = 0; i < count; i++) {
        if (pthread_create(&transactions[i].thread, NULL, run_transaction,
                           &transactions[i])
            != 0)
            fail("no thread");
    }
    for (i = 0; i < count; i++)
        pthread_join(transactions[i].thread, NULL);
    pthread_barrier_destroy(&start);
    for (i = 0; i < count; i++) {
        printf("mask-of-thread %s\n",
               transactions[i].mask_is_kept ? "same" : "changed");
        say_code("authenticate", transactions[i].authenticated);
        say_code("open_session", transactions[i].opened);
        pamh = transactions[i].pamh;
        say_environment();
        end();
    }
}

/* The host and its signals. */

static void
count_call(int number)
{
    (void) number;
    handler_calls++;
}

static void
count_and_reap(int number)
{
    int before = errno;

    count_call(number);
    while (waitpid(-1, NULL, WNOHANG) > 0)
        handler_reaped++;
    errno = before;
}

static void
dispose(void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

    if (sigaction(SIGCHLD, &action, NULL) < 0)
        fail("sigaction");
}

static void
block(void)
{
    sigset_t child;

    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &child, NULL);
}

static void *
be_quiet(void *self)
{
    for (;;)
        pause();
    return self;
}

static void
start_thread(const char *argument)
{
    sigset_t all;
    sigset_t before;
    pthread_t thread;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    if (strcmp(argument, "quiet") == 0)
        pthread_sigmask(SIG_SETMASK, &all, NULL);
    if (pthread_create(&thread, NULL, be_quiet, NULL) != 0)
        fail("no thread");
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void
open_descriptors(int count)
{
    while (count-- > 0) {
        if (open("/dev/zero", O_RDONLY) < 0)
            fail("no descriptor");
    }
}

/* Close the standard descriptors; what is said goes out by another one. */
static void
become_daemon(void)
{
    int out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, MAX_DESCRIPTORS);
    FILE *stream = out < 0 ? NULL : fdopen(out, "w");

    if (stream == NULL)
        fail("no descriptor");
    setvbuf(stream, NULL, _IOLBF, 0);
    fflush(stdout);
    stdout = stream;
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
}

/* What is a process's own, as one text for each kind. */
enum kind {
    MASK,
    DISPOSITIONS,
    FOLDER,
    UMASK,
    ENVIRONMENT,
    DESCRIPTORS,
    KINDS
};

static char *remembered[KINDS];

static char *
look_at(enum kind kind)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    char folder[4096];
    struct sigaction action;
    struct stat stat;
    sigset_t mask;
    mode_t bits;
    int i;

    if (stream == NULL)
        fail("no memory");
    switch (kind) {
    case MASK:
        pthread_sigmask(SIG_SETMASK, NULL, &mask);
        for (i = 1; i < NSIG; i++)
            fprintf(stream, "%d", sigismember(&mask, i));
        break;
    case DISPOSITIONS:
        for (i = 1; i < NSIG; i++) {
            if (sigaction(i, NULL, &action) == 0)
                fprintf(stream, "%d %d %d\n", i, action.sa_flags,
                        action.sa_handler == SIG_DFL      ? 0
                        : action.sa_handler == SIG_IGN    ? 1
                        : action.sa_handler == count_call ? 2
                                                          : 3);
        }
        break;
    case FOLDER:
        fputs(getcwd(folder, sizeof folder), stream);
        break;
    case UMASK:
        bits = umask(0);
        umask(bits);
        fprintf(stream, "%o", bits);
        break;
    case ENVIRONMENT:
        for (i = 0; environ[i] != NULL; i++)
            fprintf(stream, "%s\n", environ[i]);
        break;
    case DESCRIPTORS:
        for (i = 0; i < MAX_DESCRIPTORS; i++) {
            if (fstat(i, &stat) == 0)
                fprintf(stream, "%d %lu %lu %d\n", i,
                        (unsigned long) stat.st_dev,
                        (unsigned long) stat.st_ino, fcntl(i, F_GETFD));
        }
        break;
    case KINDS:
    default:
        break;
    }
    fclose(stream);
    return text;
}

static void
remember(void)
{
    int kind;

    for (kind = 0; kind < KINDS; kind++) {
        free(remembered[kind]);
        remembered[kind] = look_at((enum kind) kind);
    }
}

static void
compare(void)
{
    static const char *const names[KINDS] = {"mask",        "dispositions",
                                             "folder",      "umask",
                                             "environment", "descriptors"};
    char *now;
    int kind;

    for (kind = 0; kind < KINDS; kind++) {
        now = look_at((enum kind) kind);
        printf("%s %s\n", names[kind],
               strcmp(now, remembered[kind]) == 0 ? "same" : "changed");
        free(now);
    }
}

static bool
is_own_child(pid_t pid)
{
    size_t i;

    for (i = 0; i < child_count; i++) {
        if (children[i] == pid)
            return true;
    }
    return false;
}

static void
reap_children(void)
{
    bool strange = false;
    pid_t pid;

    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
        printf("child %s\n", is_own_child(pid) ? "own" : "strange");
        strange = strange || !is_own_child(pid);
    }
    printf("children %s\n", pid == 0 ? "running" : strange ? "dead" : "none");
}

/* Orders. */

/* Orders of a PAM transaction. Gives false for any other. */
static bool
carry_out_phase(const char *order)
{
    static const struct {
        const char *order;
        int (*call)(pam_handle_t *pamh, int flags);
        unsigned int flags;
    } phases[] = {
        {"authenticate", pam_authenticate, 0},
        {"authenticate-silently", pam_authenticate, PAM_SILENT},
        {"setcred", pam_setcred, PAM_ESTABLISH_CRED},
        {"acct_mgmt", pam_acct_mgmt, 0},
        {"open_session", pam_open_session, 0},
        {"open_session-silently", pam_open_session, PAM_SILENT},
        {"close_session", pam_close_session, 0},
        {"chauthtok", pam_chauthtok, 0},
    };

    char name[32];
    size_t i;

    for (i = 0; i < sizeof phases / sizeof phases[0]; i++) {
        if (strcmp(phases[i].order, order) == 0) {
            if (failures_are_heeded && has_failed)
                return true;
            snprintf(name, sizeof name, "%.*s", (int) strcspn(order, "-"),
                     order);
            say_code(name, phases[i].call(pamh, (int) phases[i].flags));
            return true;
        }
    }
    return false;
}

/* Orders that set something of PAM. Gives false for any other. */
static bool
carry_out_setting(const char *order, char *argument)
{
    if (strcmp(order, "user") == 0)
        pam_set_item(pamh, PAM_USER, argument[0] == '\0' ? NULL : argument);
    else if (strcmp(order, "service") == 0)
        pam_set_item(pamh, PAM_SERVICE, argument);
    else if (strcmp(order, "rhost") == 0)
        pam_set_item(pamh, PAM_RHOST, argument);
    else if (strcmp(order, "putenv") == 0)
        pam_putenv(pamh, argument);
    else if (strcmp(order, "save") == 0)
        save(argument);
    else if (strcmp(order, "plant") == 0)
        plant(argument);
    else if (strcmp(order, "no-delay") == 0)
        forbid_delay();
    else
        return false;
    return true;
}

/* Orders that make the host what it is. Gives false for any other. */
static bool
carry_out_preparation(const char *order, char *argument)
{
    if (strcmp(order, "advance-clock") == 0)
        clock_advance += atol(argument);
    else if (strcmp(order, "refuse-variable") == 0)
        refused_variable = argument;
    else if (strcmp(order, "fold-case") == 0)
        fold_case = true;
    else if (strcmp(order, "emulate-pidfd") == 0)
        pidfd_is_emulated = true;
    else if (strcmp(order, "handler") == 0)
        dispose(count_call, 0);
    else if (strcmp(order, "reaping-handler") == 0)
        dispose(count_and_reap, 0);
    else if (strcmp(order, "ignore") == 0)
        dispose(SIG_IGN, 0);
    else if (strcmp(order, "no-wait") == 0)
        dispose(count_call, SA_NOCLDWAIT);
    else if (strcmp(order, "block") == 0)
        block();
    else if (strcmp(order, "thread") == 0)
        start_thread(argument);
    else if (strcmp(order, "descriptors") == 0)
        open_descriptors(atoi(argument));
    else if (strcmp(order, "daemon") == 0)
        become_daemon();
    else
        return false;
    return true;
}

static void
carry_out(const char *order, char *argument)
{
    if (carry_out_phase(order) || carry_out_setting(order, argument)
        || carry_out_preparation(order, argument))
        return;
    if (strcmp(order, "confdir") == 0)
        confdir = argument;
    else if (strcmp(order, "start") == 0)
        start(argument);
    else if (strcmp(order, "end") == 0)
        end();
    else if (strcmp(order, "swap") == 0)
        swap();
    else if (strcmp(order, "environment") == 0)
        say_environment();
    else if (strcmp(order, "authenticate-in-child") == 0)
        authenticate_in_child();
    else if (strcmp(order, "in-child") == 0)
        carry_out_in_child(argument);
    else if (strcmp(order, "at-once") == 0)
        run_at_once(argument);
    else if (strcmp(order, "answer") == 0 && answer_count < MAX_ANSWERS)
        answers[answer_count++] = argument;
    else if (strcmp(order, "reply") == 0)
        add_reply(argument);
    else if (strcmp(order, "heed") == 0)
        failures_are_heeded = true;
    else if (strcmp(order, "insist") == 0)
        failures_are_heeded = false;
    else if (strcmp(order, "at-prompt") == 0)
        at_prompt = argument;
    else if (strcmp(order, "remember") == 0)
        remember();
    else if (strcmp(order, "compare") == 0)
        compare();
    else if (strcmp(order, "calls") == 0)
        printf("calls %d\nreaped %d\n", handler_calls, handler_reaped);
    else if (strcmp(order, "children") == 0)
        reap_children();
    else
        fail(order);
}

/* Replace each %XX by its byte, in place. */
static void
decode(char *text)
{
    char *to = text;
    unsigned int byte;

    for (; *text != '\0'; text++) {
        if (*text == '%' && sscanf(text + 1, "%2x", &byte) == 1) {
            *to++ = (char) byte;
            text += 2;
        } else {
            *to++ = *text;
        }
    }
    *to = '\0';
}

int
main(void)
{
    static char *lines[MAX_ORDERS];
    size_t size = 0;
    size_t count = 0;
    size_t i;
    char *argument;
    int kind;

    setvbuf(stdout, NULL, _IOLBF, 0);

    /* Connected now, so that no descriptor comes in with the first message. */
    openlog("pam-driver", LOG_PID | LOG_NDELAY, LOG_AUTHPRIV);
    while (count < MAX_ORDERS && getline(&lines[count], &size, stdin) > 0) {
        lines[count][strcspn(lines[count], "\n")] = '\0';
        count++;
        size = 0;
    }
    for (i = 0; i < count; i++) {
        argument = strchr(lines[i], ' ');
        if (argument == NULL)
            argument = lines[i] + strlen(lines[i]);
        else
            *argument++ = '\0';
        decode(argument);
        carry_out(lines[i], argument);
    }
    for (i = 0; i <= count && i < MAX_ORDERS; i++)
        free(lines[i]);
    for (kind = 0; kind < KINDS; kind++)
        free(remembered[kind]);
    free(saved);
    return 0;
}
