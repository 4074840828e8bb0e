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
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

/* Where libpam looks for a service that PAM_SERVICE_FOLDER does not have. */
#define VENDOR_FOLDER "/usr/lib/pam.d"

/* How deep files may include one another here: libpam has no limit. */
#define MAX_DEPTH 32

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
    enum pam_type type; /* the only one that is asked for, or PAM_TYPE_ANY */
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

/*
 * What a line is for, where its file stands. A line that does not say is taken
 * for the type that is asked for, or else for auth.
 */
static enum pam_type
type_at(const struct place *place, const struct pam_line *line)
{
    if (line->type == PAM_TYPE_ANY)
        return place->type;
    if (line->type != PAM_TYPE_UNKNOWN)
        return line->type;
    return place->type == PAM_TYPE_ANY ? PAM_TYPE_AUTH : place->type;
}

/* Whether a line is passed over, because it is of a type not asked for. */
static bool
is_passed_over(const struct place *place, const struct pam_line *line)
{
    return place->type != PAM_TYPE_ANY && type_at(place, line) != place->type;
}

/* Add one line to the stack. */
static int
add_line(const struct place *place, const char *file,
         const struct pam_line *line, enum pam_line_kind kind,
         struct fault *fault)
{
    struct pam_service *service = place->service;
    struct pam_service_line *larger = NULL;

    if (service->count < MAX_LINES)
        larger =
            reallocarray(service->lines, service->count + 1, sizeof *larger);
    if (larger == NULL) {
        fault_raise(fault, REASON_MEMORY, "%s:%d: no room for the stack", file,
                    line->number);
        return -1;
    }
    service->lines = larger;
    larger[service->count++] = (struct pam_service_line){
        .file = file,
        .is_shared = place->depth > 0,
        .level = place->level,
        .type = type_at(place, line),
        .kind = kind,
        .line = line,
    };
    return 0;
}

/* The files include one another no deeper than MAX_DEPTH.
   NOLINTBEGIN(misc-no-recursion) */

static int add_file(const struct place *place, const char *path,
                    struct fault *fault);

/* Add the lines of the file that a line names. */
static int
add_named_file(const struct place *place, const struct pam_line *line,
               struct fault *fault)
{
    char *path = NULL;
    int result = -1;

    if (asprintf(&path, "%s%s",
                 line->module[0] == '/' ? "" : PAM_SERVICE_FOLDER "/",
                 line->module)
        < 0) {
        fault_raise(fault, REASON_MEMORY, "no memory");
        return -1;
    }
    if (place->depth > MAX_DEPTH)
        fault_raise(fault, REASON_SYSTEM, "%s: files include one another",
                    path);
    else if (place->level >= PAM_SERVICE_LEVELS)
        fault_raise(fault, REASON_CONFIG, "%s: too many substacks", path);
    else
        result = add_file(place, path, fault);
    free(path);
    return result;
}

/*
 * Add what a line includes. Where that cannot be read, libpam refuses in its
 * place; but it gives up the service where lines of every type were wanted.
 */
static int
add_included(const struct place *place, const char *file,
             const struct pam_line *line, struct fault *fault)
{
    struct place inner = *place;
    struct fault cause = {0};

    inner.depth++;
    inner.type = type_at(place, line);
    if (line->kind == PAM_LINE_SUBSTACK) {
        if (add_line(place, file, line, PAM_LINE_SUBSTACK, fault) < 0)
            return -1;
        inner.level++;
    }
    if (add_named_file(&inner, line, &cause) == 0)
        return 0;
    if (cause.reason == REASON_CONFIG && inner.type != PAM_TYPE_ANY)
        return add_line(place, file, line, PAM_LINE_REFUSES, fault);
    fault_raise(fault, cause.reason, "%s", cause.text);
    return -1;
}

/* Add a line, and what it includes. */
static int
add(const struct place *place, const char *file, const struct pam_line *line,
    struct fault *fault)
{
    switch (line->kind) {
    case PAM_LINE_MODULE:
    case PAM_LINE_REFUSES:
        return add_line(place, file, line, line->kind, fault);
    case PAM_LINE_INCLUDE:
    case PAM_LINE_SUBSTACK:
        return add_included(place, file, line, fault);
    case PAM_LINE_BREAKS:
        break;
    }
    fault_raise(fault, REASON_CONFIG, "%s:%d: libpam gives up the file here",
                file, line->number);
    return -1;
}

/* Add the lines of a file, as far as they are of the place's type. */
static int
add_file(const struct place *place, const char *path, struct fault *fault)
{
    const struct pam_service_file *file =
        read_file(place->service, path, fault);
    struct pam_service_file kept;
    size_t i;

    if (file == NULL)
        return -1;
    /* The list of files may move while others are read; what they own stays. */
    kept = *file;
    for (i = 0; i < kept.lines.count; i++) {
        if (!is_passed_over(place, &kept.lines.list[i])
            && add(place, kept.path, &kept.lines.list[i], fault) < 0)
            return -1;
    }
    return 0;
}

/* NOLINTEND(misc-no-recursion) */

/*
 * Add the lines of a service's file, in a folder or else in the vendor's. Gives
 * 0, 1 where there is none, or -1 and the fault.
 */
static int
add_service(const struct place *place, const char *folder, const char *name,
            struct fault *fault)
{
    const char *const folders[] = {folder, VENDOR_FOLDER};
    size_t count = strcmp(folder, PAM_SERVICE_FOLDER) == 0 ? 2 : 1;
    char *path = NULL;
    int result = 1;
    size_t i;

    for (i = 0; i < count && result == 1; i++) {
        if (asprintf(&path, "%s/%s", folders[i], name) < 0) {
            fault_raise(fault, REASON_MEMORY, "no memory");
            return -1;
        }
        if (access(path, F_OK) == 0)
            result = add_file(place, path, fault);
        free(path);
    }
    return result;
}

/* Add the lines of "other" for the types that the service has none of. */
static int
add_other(struct pam_service *service, const char *folder, struct fault *fault)
{
    const struct place place = {.service = service,
                                .type = PAM_TYPE_ANY,
                                .depth = 1};
    int result = add_service(&place, folder, "other", fault);
    size_t i;
    size_t kept = service->own_count;

    for (i = kept; i < service->count; i++) {
        if (!pam_service_has_own(service, service->lines[i].type))
            service->lines[kept++] = service->lines[i];
    }
    service->count = kept;
    return result;
}

int
pam_service_read(const char *folder, const char *name,
                 struct pam_service *service, struct fault *fault)
{
    const struct place place = {.service = service, .type = PAM_TYPE_ANY};
    int own = -1;
    int other = -1;

    *service = (struct pam_service){.name = strdup(name)};
    if (service->name == NULL) {
        fault_raise(fault, REASON_MEMORY, "no memory");
        return -1;
    }
    if (name[0] == '\0' || strchr(name, '/') != NULL) {
        fault_raise(fault, REASON_CONFIG, "\"%.64s\" is no name of a service",
                    name);
        goto out;
    }
    own = add_service(&place, folder, name, fault);
    if (own < 0)
        goto out;
    service->own_count = service->count;
    other = add_other(service, folder, fault);
    if (own == 1 && other == 1)
        fault_raise(fault, REASON_CONFIG, "%s/%s: there is no such file",
                    folder, name);

out:
    if (fault->raised) {
        pam_service_clear(service);
        return -1;
    }
    return 0;
}

bool
pam_service_has_own(const struct pam_service *service, enum pam_type type)
{
    size_t i;

    for (i = 0; i < service->own_count; i++) {
        if (service->lines[i].type == type)
            return true;
    }
    return false;
}

/*
 * Whether what a folder has can be a service: libpam writes the names of
 * services in small letters, and so finds no others.
 */
static bool
can_be_service(const char *folder, const char *name)
{
    char *path = NULL;
    struct stat stat;
    bool result = true;

    if (name[0] == '.' || strpbrk(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL)
        return false;
    /* Without memory it is looked at. */
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return true;
    if (lstat(path, &stat) == 0)
        result = !S_ISDIR(stat.st_mode);
    free(path);
    return result;
}

/* Add the names of the files in a folder. Gives 0, or -1 and the fault. */
static int
list_folder(const char *path, struct text_list *names, struct fault *fault)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    int result = 0;

    if (folder == NULL) {
        fault_raise(fault, REASON_CONFIG, "%s: %s", path,
                    strerrordesc_np(errno));
        return -1;
    }
    /* Only this thread reads this folder. NOLINTNEXTLINE(concurrency-*) */
    while (result == 0 && (entry = readdir(folder)) != NULL) {
        if (can_be_service(path, entry->d_name)
            && !text_list_has(names, entry->d_name))
            result = text_list_add(names, entry->d_name);
    }
    closedir(folder);
    if (result < 0)
        fault_raise(fault, REASON_MEMORY, "no memory");
    return result;
}

int
pam_service_list(struct text_list *names, struct fault *fault)
{
    if (list_folder(PAM_SERVICE_FOLDER, names, fault) < 0)
        return -1;
    return access(VENDOR_FOLDER, F_OK) < 0
               ? 0
               : list_folder(VENDOR_FOLDER, names, fault);
}

bool
pam_service_includes(const struct pam_service *service, const char *path)
{
    size_t i;

    /* The first is the service's own. */
    for (i = 1; i < service->file_count; i++) {
        if (strcmp(service->files[i].path, path) == 0)
            return true;
    }
    return false;
}

bool
pam_service_line_is_ours(const struct pam_service_line *line)
{
    return line->kind == PAM_LINE_MODULE
           && strcmp(pam_line_module_name(line->line), PAM_SERVICE_OUR_MODULE)
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

bool
pam_service_line_is_served(const struct pam_service *service,
                           const struct pam_service_line *line)
{
    struct arguments arguments;
    struct fault ignored = {0};

    return pam_service_read_arguments(line, &arguments, &ignored) < 0
           || arguments_serve(&arguments, service->name);
}

const struct pam_service_line *
pam_service_find_ours(const struct pam_service *service, enum pam_type type)
{
    const struct pam_service_line *line;
    size_t i;

    for (i = 0; i < service->count; i++) {
        line = &service->lines[i];
        if (line->type == type && pam_service_line_is_ours(line)
            && pam_service_line_is_served(service, line))
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
