/*
 * pam_service - the stack of a PAM service, with what it includes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/pam_service.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/io.h"

/* How deep files may include one another: libpam's PAM_SUBSTACK_MAX_LEVEL. */
#define MAX_DEPTH 16

/* Lines that a stack may have here. */
#define MAX_LINES 4096

/* A file that was read. */
struct pam_service_file {
    char *path;
    struct pam_lines lines;
};

/* Where lines are added. */
struct place {
    struct pam_service *service;
    enum pam_type type; /* PAM_TYPE_INCLUDE: all of them */
    int depth;          /* of files */
    int level;          /* of substacks */
};

/* Read the text of a file. */
static int
read_text(const char *path, struct secret *text, struct fault *fault)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int result = -1;

    if (fd >= 0)
        result = io_read_file(fd, PAM_LINES_MAX_SIZE, text);
    if (result < 0)
        fault_raise(fault, REASON_CONFIG, "%s: %s", path,
                    strerrordesc_np(errno));
    if (fd >= 0)
        close(fd);
    return result;
}

/* Keep a file's lines with the service. Gives them, or NULL. */
static const struct pam_service_file *
keep(struct pam_service *service, const char *path, struct pam_lines *lines)
{
    struct pam_service_file *larger =
        reallocarray(service->files, service->file_count + 1, sizeof *larger);
    struct pam_service_file file;

    if (larger == NULL)
        return NULL;
    service->files = larger;
    file = (struct pam_service_file){strdup(path), *lines};
    if (file.path == NULL)
        return NULL;
    *lines = (struct pam_lines){0};
    larger[service->file_count] = file;
    return &larger[service->file_count++];
}

/* Read a file. Gives what the service keeps, or NULL and the fault. */
static const struct pam_service_file *
read_file(struct pam_service *service, const char *path, struct fault *fault)
{
    const struct pam_service_file *file = NULL;
    struct pam_lines lines = {0};
    struct secret text = {0};

    if (read_text(path, &text, fault) < 0)
        goto out;
    if (pam_lines_read(&text, &lines) == 0)
        file = keep(service, path, &lines);
    if (file == NULL)
        fault_raise(fault, REASON_MEMORY, "%s: no memory", path);

out:
    pam_lines_clear(&lines);
    secret_clear(&text);
    return file;
}

/* Whether a line is one that begins a substack. */
static bool
is_substack(const struct pam_line *line)
{
    return line->control != NULL && strcasecmp(line->control, "substack") == 0;
}

/* Add one line to the stack. */
static int
add_line(const struct place *place, const char *file,
         const struct pam_line *line, struct fault *fault)
{
    struct pam_service *service = place->service;
    struct pam_service_line *larger;

    if (line->module == NULL) {
        fault_raise(fault, REASON_CONFIG,
                    "%s:%d: is no line that libpam understands", file,
                    line->number);
        return -1;
    }
    larger = reallocarray(service->lines, service->count + 1, sizeof *larger);
    if (larger == NULL || service->count == MAX_LINES) {
        if (larger != NULL)
            service->lines = larger;
        fault_raise(fault, REASON_CONFIG, "%s:%d: the stack is too long", file,
                    line->number);
        return -1;
    }
    service->lines = larger;
    larger[service->count++] = (struct pam_service_line){
        .file = file,
        .is_shared = place->depth > 0,
        .level = place->level,
        .line = line,
    };
    return 0;
}

/* The files include one another no deeper than MAX_DEPTH.
   NOLINTBEGIN(misc-no-recursion) */

static int add_file(const struct place *place, const char *path,
                    struct fault *fault);

/* Add the lines of a file that a line brings in. */
static int
add_included(const struct place *place, const char *file,
             const struct pam_line *line, struct fault *fault)
{
    struct place inner = *place;
    char *path = NULL;
    int result = -1;

    inner.depth++;
    if (line->type != PAM_TYPE_INCLUDE)
        inner.type = line->type;
    if (is_substack(line)) {
        if (add_line(place, file, line, fault) < 0)
            return -1;
        inner.level++;
    }
    if (asprintf(&path, "%s%s",
                 line->module[0] == '/' ? "" : PAM_SERVICE_FOLDER "/",
                 line->module)
        < 0) {
        fault_raise(fault, REASON_MEMORY, "no memory");
        return -1;
    }
    if (inner.depth > MAX_DEPTH)
        fault_raise(fault, REASON_CONFIG, "%s: files include one another",
                    path);
    else
        result = add_file(&inner, path, fault);
    free(path);
    return result;
}

/* Add the lines of a file, as far as they are of the place's type. */
static int
add_file(const struct place *place, const char *path, struct fault *fault)
{
    const struct pam_service_file *file =
        read_file(place->service, path, fault);
    struct pam_service_file kept;
    const struct pam_line *line;
    size_t i;

    if (file == NULL)
        return -1;
    /* The list of files may move while others are read; what they own stays. */
    kept = *file;
    for (i = 0; i < kept.lines.count; i++) {
        line = &kept.lines.list[i];
        if (line->module != NULL && place->type != PAM_TYPE_INCLUDE
            && line->type != PAM_TYPE_INCLUDE && line->type != place->type)
            continue;
        if ((line->module != NULL && pam_line_is_include(line)
                 ? add_included(place, kept.path, line, fault)
                 : add_line(place, kept.path, line, fault))
            < 0)
            return -1;
    }
    return 0;
}

/* NOLINTEND(misc-no-recursion) */

int
pam_service_read(const char *name, struct pam_service *service,
                 struct fault *fault)
{
    struct place place = {.service = service, .type = PAM_TYPE_INCLUDE};
    char *path = NULL;
    int result = -1;

    *service = (struct pam_service){.name = strdup(name)};
    if (service->name == NULL
        || asprintf(&path, "%s/%s", PAM_SERVICE_FOLDER, name) < 0) {
        fault_raise(fault, REASON_MEMORY, "no memory");
        path = NULL;
        goto out;
    }
    if (name[0] == '\0' || strchr(name, '/') != NULL) {
        fault_raise(fault, REASON_CONFIG, "\"%.64s\" is no name of a service",
                    name);
        goto out;
    }
    /* libpam's rule for a service without a file. */
    result = add_file(&place,
                      access(path, F_OK) < 0 && errno == ENOENT
                          ? PAM_SERVICE_FOLDER "/other"
                          : path,
                      fault);

out:
    free(path);
    if (result < 0)
        pam_service_clear(service);
    return result;
}

int
pam_service_list(struct text_list *names, struct fault *fault)
{
    DIR *folder = opendir(PAM_SERVICE_FOLDER);
    const struct dirent *entry;
    int result = 0;

    if (folder == NULL) {
        fault_raise(fault, REASON_CONFIG, "%s: %s", PAM_SERVICE_FOLDER,
                    strerrordesc_np(errno));
        return -1;
    }
    /* Only this thread reads this folder. NOLINTNEXTLINE(concurrency-*) */
    while (result == 0 && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] != '.')
            result = text_list_add(names, entry->d_name);
    }
    closedir(folder);
    if (result < 0)
        fault_raise(fault, REASON_MEMORY, "no memory");
    return result;
}

int
pam_service_list_included(const struct pam_service *service,
                          struct text_list *paths)
{
    size_t i;

    /* The first is the service's own. */
    for (i = 1; i < service->file_count; i++) {
        if (!text_list_has(paths, service->files[i].path)
            && text_list_add(paths, service->files[i].path) < 0)
            return -1;
    }
    return 0;
}

bool
pam_service_line_is_substack(const struct pam_service_line *line)
{
    return is_substack(line->line);
}

bool
pam_service_line_is_ours(const struct pam_service_line *line)
{
    return strcmp(pam_line_module_name(line->line), PAM_SERVICE_OUR_MODULE)
           == 0;
}

int
pam_service_read_arguments(const struct pam_service_line *line,
                           struct arguments *arguments, struct fault *fault)
{
    const struct text_list *words = &line->line->arguments;

    return arguments_read(arguments, (int) words->count,
                          (const char *const *) words->texts, fault);
}

const struct pam_service_line *
pam_service_find_ours(const struct pam_service *service, enum pam_type type)
{
    const struct pam_service_line *line;
    struct arguments arguments;
    struct fault ignored = {0};
    size_t i;

    for (i = 0; i < service->count; i++) {
        line = &service->lines[i];
        if (line->line->type != type || !pam_service_line_is_ours(line))
            continue;
        if (pam_service_read_arguments(line, &arguments, &ignored) < 0
            || arguments_serve(&arguments, service->name))
            return line;
    }
    return NULL;
}

void
pam_service_clear(struct pam_service *service)
{
    size_t i;

    for (i = 0; i < service->file_count; i++) {
        free(service->files[i].path);
        pam_lines_clear(&service->files[i].lines);
    }
    free(service->files);
    free(service->lines);
    free(service->name);
    *service = (struct pam_service){0};
}
