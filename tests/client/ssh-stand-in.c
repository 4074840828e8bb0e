/*
 * ssh-stand-in - what calls the askpass program in tests, in place of ssh.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     ssh-stand-in -V                  its version, from STAND_IN_VERSION
 *     ssh-stand-in COMMAND ARG...      runs the command, as its parent
 *     ssh-stand-in                     runs what its standard input orders
 *
 * An order is the number of arguments on a line, and each argument, ended by a
 * NUL. A command writes to descriptor 3 and, what goes to standard error, to 4.
 * Its status is the answer.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int
run(char **command, int output, int errors)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        if (output != STDOUT_FILENO) {
            dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
            dup2(output, STDOUT_FILENO);
            dup2(errors, STDERR_FILENO);
            dup2(output, 9); /* ssh too leaves its pipe open */
        }
        execvp(command[0], command);
        _exit(127);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int
main(int argc, char **argv)
{
    const char *version = getenv("STAND_IN_VERSION");
    char *line = NULL;
    size_t size = 0;

    if (argc == 2 && strcmp(argv[1], "-V") == 0) {
        fprintf(stderr, "%s\n", version ? version : "OpenSSH_9.2p1");
        return 0;
    }
    if (argc > 1)
        return run(argv + 1, STDOUT_FILENO, STDERR_FILENO);
    while (getline(&line, &size, stdin) > 0) {
        int count = atoi(line);
        char **command = calloc(count + 1, sizeof *command);

        for (int i = 0; i < count; i++) {
            size_t room = 0;

            if (getdelim(&command[i], &room, 0, stdin) < 0)
                return 1;
        }
        printf("%d\n", run(command, 3, 4));
        fflush(stdout);
        for (int i = 0; i < count; i++)
            free(command[i]);
        free(command);
    }
    free(line);
    return 0;
}
