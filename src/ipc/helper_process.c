/*
 * helper_process - start the login helper, and end it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "ipc/helper_process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/deadline.h"

/* Bytes of the helper's stack, as Linux gives them where nobody says more. */
#define MAX_STACK ((rlim_t) 8 * 1024 * 1024)

/* While the descriptors are put in order they stay above this number. */
#define SAFE_DESCRIPTOR 10

/* Where fexecve() finds the program; closed by it. */
#define PROGRAM_DESCRIPTOR 5

/*
 * The step at which a child gave up, as its exit status. From 100 on, so that
 * it is not taken for a status of the helper's own.
 */
enum step {
    STEP_DESCRIPTORS = 100,
    STEP_LIMITS,
    STEP_USER,
    STEP_PRIVILEGES,
    STEP_ORPHANED,
    STEP_EXECUTE,
};

/*
 * Everything down to start_child runs between fork and exec, possibly with
 * locks of other threads held for ever: system calls only.
 */

/* Back to what a process starts with: the host may ignore or block signals. */
static void
reset_signals(void)
{
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigset_t none;
    int number;

    for (number = 1; number < NSIG; number++)
        sigaction(number, &standard, NULL);
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
}

/* Close every descriptor from first on, also on kernels without close_range. */
static void
close_from(unsigned int first)
{
    struct rlimit limit;
    rlim_t fd;

    if (syscall(SYS_close_range, first, ~0U, 0) == 0)
        return;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        _exit(STEP_DESCRIPTORS);
    for (fd = first; fd < limit.rlim_cur; fd++)
        close((int) fd);
}

/*
 * Leave /dev/null as 0 to 2, the socket, the configuration, and the program,
 * which is close-on-exec. They are lifted out of the way first, as any of them
 * may stand in another's place.
 */
static void
arrange_descriptors(const struct helper_program *program, int socket)
{
    int lifted_socket = fcntl(socket, F_DUPFD_CLOEXEC, SAFE_DESCRIPTOR);
    int lifted_configuration =
        fcntl(program->configuration, F_DUPFD_CLOEXEC, SAFE_DESCRIPTOR);
    int lifted_program =
        fcntl(program->program, F_DUPFD_CLOEXEC, SAFE_DESCRIPTOR);
    /* It may be 0 to 2 itself, and stays. NOLINTNEXTLINE(android-cloexec-*) */
    int null = open("/dev/null", O_RDWR);
    int fd;

    if (lifted_socket < 0 || lifted_configuration < 0 || lifted_program < 0
        || null < 0)
        _exit(STEP_DESCRIPTORS);
    for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (dup2(null, fd) < 0)
            _exit(STEP_DESCRIPTORS);
    }
    if (dup2(lifted_socket, HELPER_PROCESS_SOCKET) < 0
        || dup2(lifted_configuration, HELPER_PROCESS_CONFIGURATION) < 0
        || dup3(lifted_program, PROGRAM_DESCRIPTOR, O_CLOEXEC) < 0)
        _exit(STEP_DESCRIPTORS);
    close_from(PROGRAM_DESCRIPTOR + 1);
}

/*
 * What the helper has, whatever limits the caller of su handed down: else he
 * could make STS seem away. Where the host may not raise a limit, as in a
 * container, the helper does not start with less than it needs. Processes are
 * not limited: all helpers would count together, and each resolver's thread is
 * one more. That thread gets a stack as large as the limit is, which a host may
 * have raised beyond all memory.
 */
static const struct own_limit {
    __rlimit_resource_t resource;
    rlim_t wanted;
    rlim_t needed;
} own_limits[] = {
    {RLIMIT_CORE, 0, 0},
    {RLIMIT_FSIZE, 0, 0},
    {RLIMIT_AS, RLIM_INFINITY, (rlim_t) 1024 * 1024 * 1024},
    {RLIMIT_NPROC, RLIM_INFINITY, 1024},
    {RLIMIT_STACK, MAX_STACK, (rlim_t) 1024 * 1024},
};

/* Set one of them, or as much of it as the host may. */
static void
set_own_limit(const struct own_limit *own)
{
    struct rlimit limit = {own->wanted, own->wanted};

    if (setrlimit(own->resource, &limit) == 0)
        return;
    if (own->needed == 0 || getrlimit(own->resource, &limit) < 0
        || limit.rlim_max < own->needed)
        _exit(STEP_LIMITS);
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(own->resource, &limit) < 0)
        _exit(STEP_LIMITS);
}

/* No core, no file, and nothing that the caller chose. */
static void
set_limits(void)
{
    size_t i;

    for (i = 0; i < sizeof own_limits / sizeof own_limits[0]; i++)
        set_own_limit(&own_limits[i]);
    umask(S_IRWXG | S_IRWXO);
    if (setsid() < 0 || chdir("/") < 0)
        _exit(STEP_LIMITS);
}

/* Become the helper's user for good, and see that it took. */
static void
change_user(uid_t uid, gid_t gid)
{
    uid_t uids[3];
    gid_t gids[3];

    if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0
        || setresuid(uid, uid, uid) < 0)
        _exit(STEP_USER);
    if (getresuid(&uids[0], &uids[1], &uids[2]) < 0
        || getresgid(&gids[0], &gids[1], &gids[2]) < 0 || uids[0] != uid
        || uids[1] != uid || uids[2] != uid || gids[0] != gid || gids[1] != gid
        || gids[2] != gid || getgroups(0, NULL) != 0 || setresuid(0, 0, 0) == 0)
        _exit(STEP_USER);
}

/* The child's way from fork to exec. */
static void __attribute__((noreturn))
become_helper(const struct helper_program *program, int socket, pid_t parent)
{
    static char name[] = "login-helper";
    char *arguments[] = {name, NULL};
    char *environment[] = {NULL};

    reset_signals();
    arrange_descriptors(program, socket);
    set_limits();
    if (program->change_user)
        change_user(program->uid, program->gid);

    /* After the user, as changing it clears the parent-death signal. */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0
        || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        _exit(STEP_PRIVILEGES);
    if (getppid() != parent)
        _exit(STEP_ORPHANED);
    fexecve(PROGRAM_DESCRIPTOR, arguments, environment);
    _exit(STEP_EXECUTE);
}

/* Fork with all signals blocked: no handler of the host runs in our child. */
static pid_t
start_child(const struct helper_program *program, int socket)
{
    pid_t parent = getpid();
    pid_t pid = fork();

    if (pid == 0)
        become_helper(program, socket, parent);
    return pid;
}

int
helper_process_start(const struct helper_program *program,
                     struct helper_process *process, struct fault *fault)
{
    int sockets[2] = {-1, -1};
    sigset_t all;
    sigset_t during;
    int result = -1;

    process->pidfd = -1;
    process->socket = -1;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0) {
        fault_raise(fault, REASON_SYSTEM, "socketpair: %s",
                    strerrordesc_np(errno));
        return -1;
    }
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &process->before);
    process->pid = start_child(program, sockets[1]);
    if (process->pid < 0) {
        fault_raise(fault, REASON_SYSTEM, "fork: %s", strerrordesc_np(errno));
        pthread_sigmask(SIG_SETMASK, &process->before, NULL);
        goto out;
    }
    process->pidfd = (int) syscall(SYS_pidfd_open, process->pid, 0);
    process->socket = sockets[0];
    sockets[0] = -1;
    during = process->before;
    sigaddset(&during, SIGCHLD);
    pthread_sigmask(SIG_SETMASK, &during, NULL);
    if (process->pidfd < 0) {
        fault_raise(fault, REASON_SYSTEM, "pidfd_open: %s",
                    strerrordesc_np(errno));
        helper_process_end(process, fault);
        goto out;
    }
    result = 0;

out:
    if (sockets[0] >= 0)
        close(sockets[0]);
    close(sockets[1]);
    return result;
}

/*
 * Wait a moment for the process to end by itself, then kill it. Gives whether
 * it ended by itself.
 */
static bool
make_it_end(const struct helper_process *process)
{
    struct deadline deadline = deadline_in(HELPER_PROCESS_GRACE);
    struct pollfd pollfd = {.fd = process->pidfd, .events = POLLIN};
    int ready;

    do {
        ready = poll(&pollfd, 1, deadline_left(&deadline));
    } while (ready < 0 && errno == EINTR);
    if (ready > 0)
        return true;

    /* By descriptor: if the host reaped it, the pid may be another's now. */
    syscall(SYS_pidfd_send_signal, process->pidfd, SIGKILL, NULL, 0);
    return false;
}

/*
 * Reap the process. Gives false when somebody else has done it: a handler of
 * the host in another thread, or the kernel, where the host ignores SIGCHLD.
 */
static bool
reap(const struct helper_process *process, siginfo_t *info)
{
    idtype_t type = process->pidfd < 0 ? P_PID : P_PIDFD;
    id_t id = (id_t) (process->pidfd < 0 ? process->pid : process->pidfd);
    int reaped;

    do {
        reaped = waitid(type, id, info, WEXITED);
    } while (reaped < 0 && errno == EINTR);
    return reaped == 0;
}

/*
 * Take back the SIGCHLD of our child. Signals of one kind do not queue: what
 * is pending may stand for a child of the host as well, and is then renewed.
 */
static void
take_back_signal(pid_t pid)
{
    static const struct timespec at_once = {0, 0};
    sigset_t child_signal;
    siginfo_t info;
    siginfo_t other = {0};

    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    if (sigtimedwait(&child_signal, &info, &at_once) < 0)
        return;
    if (info.si_pid != pid
        || (waitid(P_ALL, 0, &other, WEXITED | WNOHANG | WNOWAIT) == 0
            && other.si_pid != 0))
        kill(getpid(), SIGCHLD);
}

/* What the child failed to get before it could become the helper. */
static const char *
missing_at(int step)
{
    switch (step) {
    case STEP_DESCRIPTORS:
        return "its descriptors";
    case STEP_LIMITS:
        return "its limits";
    case STEP_USER:
        return "its user";
    case STEP_PRIVILEGES:
        return "rid of privileges";
    case STEP_ORPHANED:
        return "hold of its parent";
    case STEP_EXECUTE:
        return "its program";
    default:
        return NULL;
    }
}

/* Put in front of the fault how the helper ended, if it did not end well. */
static void
describe_end(const siginfo_t *info, struct fault *fault)
{
    char text[64];
    const char *missing;

    if (info->si_code != CLD_EXITED) {
        snprintf(text, sizeof text, "helper ended by signal %d",
                 info->si_status);
    } else {
        if (info->si_status == 0)
            return;
        missing = missing_at(info->si_status);
        if (missing != NULL)
            snprintf(text, sizeof text, "helper could not get %s", missing);
        else
            snprintf(text, sizeof text, "helper ended with status %d",
                     info->si_status);
    }
    fault_prefix(fault, text);
}

void
helper_process_end(struct helper_process *process, struct fault *fault)
{
    siginfo_t info = {0};
    bool by_itself = false;

    close(process->socket);
    if (process->pidfd >= 0)
        by_itself = make_it_end(process);
    if (reap(process, &info) && by_itself && fault->raised)
        describe_end(&info, fault);
    if (process->pidfd >= 0)
        close(process->pidfd);
    take_back_signal(process->pid);
    pthread_sigmask(SIG_SETMASK, &process->before, NULL);
}
