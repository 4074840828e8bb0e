/*
 * Gives a fuzz target every file of its corpus, or those named as arguments.
 * So each compiler runs the corpus, and a crash that was found stays fixed.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <dirent.h>
#include <stdio.h>

#include "fuzz.h"

/* What the automake manual reserves for a test that could not begin. */
#define EXIT_HARD_ERROR 99

/* Bytes of the longest file; fuzzers are told the same by -max_len. */
#define MAX_FILE 1048576

/* Replay one file. */
static void
replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(MAX_FILE);
    size_t size;

    if (file == NULL || data == NULL) {
        perror(path);
        exit(EXIT_HARD_ERROR);
    }
    printf("%s\n", path);
    fflush(stdout);
    size = fread(data, 1, MAX_FILE, file);
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
}

/* Replay every file of the corpus. Gives how many there are. */
static int
replay_corpus(void)
{
    const char *source = getenv("srcdir");
    struct dirent *entry;
    DIR *folder;
    char path[4096];
    int count = 0;

    snprintf(path, sizeof path, "%s/" CORPUS, source == NULL ? "." : source);
    folder = opendir(path);
    if (folder == NULL) {
        perror(path);
        exit(EXIT_HARD_ERROR);
    }
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/" CORPUS "/%s",
                 source == NULL ? "." : source, entry->d_name);
        replay(path);
        count++;
    }
    closedir(folder);
    return count;
}

int
main(int argc, char **argv)
{
    int i;

    for (i = 1; i < argc; i++)
        replay(argv[i]);
    if (argc == 1 && replay_corpus() == 0)
        return EXIT_HARD_ERROR;
    return EXIT_SUCCESS;
}
