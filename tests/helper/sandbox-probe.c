/*
 * sandbox-probe - tries what the login helper's sandbox refuses.
 *
 * Enters the sandbox as src/helper/login_helper.c does, tries one thing after
 * the other, and says for each how it went: its name, and the name of errno, or
 * "done". Started without privileges by tests/helper/test_sandbox.py, with two
 * paths, of a file that it could write to without the sandbox, and of one that
 * does not exist, in a folder that it could write to; and with the number of
 * another process of its user.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "helper/sandbox.h"

/* Of Linux 6.6; the headers may be older. */
#define SYS_FCHMODAT2 452

/* A bit of a register that is no bit of an int. */
#define UPPER_HALF 0x100000000UL

static const char *file;    /* exists */
static const char *nothing; /* does not */

/* Say how a call went: -1 and errno, or not. */
static void
say(const char *name, long result)
{
    printf("%s %s\n", name, result < 0 ? strerrorname_np(errno) : "done");
}

/* A child that came to be after all must end. */
static long
end_child(long pid)
{
    if (pid == 0)
        _exit(0);
    return pid;
}

static void
try_processes(void)
{
    /* A raw fork: glibc's own is a clone. */
    say("fork", end_child(fork()));
    say("raw-fork", end_child(syscall(SYS_fork)));
    say("raw-clone", end_child(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)));
    say("raw-clone-vm",
        end_child(syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0)));
    say("clone3", syscall(SYS_clone3, NULL, 0));
    say("kill", kill(getpid(), 0));
    say("ptrace", ptrace(PTRACE_ATTACH, 0, NULL, NULL));
    say("process_vm_readv", process_vm_readv(getpid(), NULL, 0, NULL, 0, 0));
    say("process_vm_writev", process_vm_writev(getpid(), NULL, 0, NULL, 0, 0));
}

/* What could disturb the helper of another login, which has the same user. */
static void
try_neighbour(pid_t neighbour, int pidfd)
{
    struct rlimit limit = {0, 0};
    siginfo_t info = {.si_code = SI_QUEUE};
    struct sched_param idle = {0};
    struct f_owner_ex owner = {F_OWNER_PID, neighbour};
    cpu_set_t cpus;
    int pair[2];

    say("neighbour-kill", kill(neighbour, 0));
    say("neighbour-tkill", syscall(SYS_tkill, neighbour, 0));
    say("neighbour-tgkill", syscall(SYS_tgkill, neighbour, neighbour, 0));
    say("neighbour-sigqueue",
        syscall(SYS_rt_sigqueueinfo, neighbour, SIGCONT, &info));
    say("neighbour-tgsigqueue",
        syscall(SYS_rt_tgsigqueueinfo, neighbour, neighbour, SIGCONT, &info));
    say("neighbour-pidfd-signal",
        syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0));
    say("neighbour-limit", prlimit(neighbour, RLIMIT_NOFILE, &limit, NULL));
    say("neighbour-priority", setpriority(PRIO_PROCESS, (id_t) neighbour, 19));
    CPU_ZERO(&cpus);
    CPU_SET(0, &cpus);
    say("neighbour-affinity", sched_setaffinity(neighbour, sizeof cpus, &cpus));
    say("neighbour-scheduler",
        sched_setscheduler(neighbour, SCHED_IDLE, &idle));
    say("neighbour-io-priority", syscall(SYS_ioprio_set, 1, neighbour, 0));
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    say("neighbour-owner", fcntl(pair[0], F_SETOWN, neighbour));
    say("neighbour-owner-ex", fcntl(pair[0], F_SETOWN_EX, &owner));
    say("neighbour-signal", fcntl(pair[0], F_SETSIG, SIGKILL));
    say("neighbour-ioctl", ioctl(pair[0], FIOSETOWN, &neighbour));
    say("neighbour-ioctl-wide",
        syscall(SYS_ioctl, pair[0], UPPER_HALF | FIOSETOWN, &neighbour));
}

/* The kernel drops the upper half of an int; a filter must, too. */
static void
try_disarming(void)
{
    say("death-signal", syscall(SYS_prctl, PR_SET_PDEATHSIG, 0));
    say("death-signal-wide",
        syscall(SYS_prctl, UPPER_HALF | PR_SET_PDEATHSIG, 0));
    say("dumpable-again", syscall(SYS_prctl, PR_SET_DUMPABLE, 1));
    say("dumpable-again-wide",
        syscall(SYS_prctl, UPPER_HALF | PR_SET_DUMPABLE, 1));
}

/* What would be there after the process. */
static void
try_leaving(void)
{
    int shared = shmget(IPC_PRIVATE, 1, 0600);
    int queue = msgget(IPC_PRIVATE, 0600);
    int semaphores = semget(IPC_PRIVATE, 1, 0600);
    mqd_t messages;

    say("shmget", shared);
    say("msgget", queue);
    say("semget", semaphores);
    messages = mq_open("/sandbox-probe", O_RDONLY | O_CREAT, 0600, NULL);
    say("mq_open", messages);
    if (shared >= 0)
        shmctl(shared, IPC_RMID, NULL);
    if (queue >= 0)
        msgctl(queue, IPC_RMID, NULL);
    if (semaphores >= 0)
        semctl(semaphores, 0, IPC_RMID);
    if (messages >= 0)
        mq_unlink("/sandbox-probe");
}

static void
try_files(void)
{
    say("open-write", open(file, O_WRONLY));
    say("open-read-write", open(file, O_RDWR));
    say("open-truncate", open(file, O_RDONLY | O_TRUNC));
    say("open-create", open(nothing, O_RDONLY | O_CREAT, 0600));
    say("open-unnamed", open("/tmp", O_TMPFILE | O_RDWR, 0600));
    say("raw-open-write", syscall(SYS_open, file, O_WRONLY));
    say("openat2", syscall(SYS_openat2, AT_FDCWD, file, NULL, 0));
    say("creat", syscall(SYS_creat, nothing, 0600));
    say("truncate", truncate(file, 0));
    say("rename", rename(file, nothing));
    say("link", link(file, nothing));
    say("symlink", symlink(file, nothing));
    say("unlink", unlink(file));
    say("mkdir", mkdir(nothing, 0700));
    say("mkfifo", mkfifo(nothing, 0600));
    say("chmod", chmod(file, 0777));
    say("fchmodat2", syscall(SYS_FCHMODAT2, AT_FDCWD, file, 0777, 0));
    say("utimensat", utimensat(AT_FDCWD, file, NULL, 0));
    say("removexattr", removexattr(file, "user.x"));
    say("open-read", open(file, O_RDONLY));
}

static void *
do_nothing(void *self)
{
    return self;
}

static void
try_network(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct addrinfo *found = NULL;
    pthread_t thread;
    int code;

    say("memfd", (int) syscall(SYS_memfd_create, "x", 0));
    say("shared-memory",
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
             0) == MAP_FAILED
            ? -1
            : 0);
    say("bind", bind(server, (struct sockaddr *) &address, sizeof address));
    say("listen", listen(server, 1));
    say("accept", accept(server, NULL, NULL));

    /* What a login needs. */
    say("socket", socket(AF_INET, SOCK_STREAM, 0));
    code = getaddrinfo("localhost", "443", NULL, &found);
    if (code == 0)
        freeaddrinfo(found);
    printf("resolve %s\n", code == 0 ? "done" : gai_strerror(code));
    errno = pthread_create(&thread, NULL, do_nothing, NULL);
    say("thread", errno == 0 ? pthread_join(thread, NULL) : -1);
}

static void
try_machine(void)
{
    say("unshare", unshare(CLONE_NEWUSER));
    say("mount", mount("none", "/", "tmpfs", 0, NULL));
    say("bpf", syscall(SYS_bpf, 0, NULL, 0));
    say("io_uring_setup", syscall(SYS_io_uring_setup, 1, NULL));
    say("userfaultfd", syscall(SYS_userfaultfd, 0));
    say("keyctl", syscall(SYS_keyctl, 0, 0, 0, 0, 0));
    say("add_key", syscall(SYS_add_key, "user", "x", "y", 1, -3));
}

/* Last, as nothing comes after it where it is not refused. */
static void
try_programs(void)
{
    static char name[] = "true";
    char *arguments[] = {name, NULL};
    char *environment[] = {NULL};
    int program = open("/bin/true", O_PATH);

    say("fexecve", fexecve(program, arguments, environment));
    say("execve", execve("/bin/true", arguments, environment));
}

/* What the sandbox sets of the process. */
static void
say_state(void)
{
    struct rlimit core = {1, 1};
    int death = 0;

    getrlimit(RLIMIT_CORE, &core);
    prctl(PR_GET_PDEATHSIG, &death, 0, 0, 0);
    printf("core %lu %lu\n", (unsigned long) core.rlim_cur,
           (unsigned long) core.rlim_max);
    getrlimit(RLIMIT_DATA, &core);
    printf("data %lu %lu\n", (unsigned long) core.rlim_cur,
           (unsigned long) core.rlim_max);
    printf("dumpable %d\n", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
    printf("no_new_privs %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    printf("death_signal %d\n", death);
}

int
main(int argc, char **argv)
{
    pid_t neighbour;
    int pidfd;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc != 4)
        return 2;
    file = argv[1];
    nothing = argv[2];
    neighbour = (pid_t) atoi(argv[3]);
    pidfd = (int) syscall(SYS_pidfd_open, neighbour, 0);

    /* Without the sandbox the same shows that each refusal is its doing. */
    if (getenv("WITHOUT_SANDBOX") == NULL
        && (sandbox_prepare() < 0 || sandbox_enter() < 0)) {
        puts("refused");
        return EXIT_FAILURE;
    }
    say_state();
    try_processes();
    try_neighbour(neighbour, pidfd);
    try_disarming();
    try_leaving();
    try_network();
    try_files();
    try_machine();
    try_programs();
    return EXIT_SUCCESS;
}
