/*
 * check_pam - the stacks that name the module.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/check_pam.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin/check_stack.h"
#include "admin/pam_service.h"

/* What has been said of lines that several services have. */
struct stacks {
    struct check *check;
    const struct text_list *names; /* of all services */
    struct text_list said;         /* "ROW FILE:LINE" */
    struct text_list seen; /* "FILE:LINE" of our lines without services= */
};

/* Whether something is said for the first time. Without memory it is. */
static bool
is_new(struct text_list *list, int what, const struct pam_service_line *line)
{
    char *text = NULL;
    bool known = false;

    if (asprintf(&text, "%d %s:%d", what, line->file, line->line->number) < 0)
        return true;
    known = text_list_has(list, text);
    if (!known && text_list_add(list, text) < 0)
        known = false;
    free(text);
    return !known;
}

/* Report something about one line, once. */
static void
report_line(struct stacks *stacks, enum report_line row,
            const struct pam_service_line *line, const char *what)
{
    if (is_new(&stacks->said, (int) row, line))
        report_add(&stacks->check->report, row, "%s:%d: %s", line->file,
                   line->line->number, what);
}

/* Look at the services that a line of ours is meant for. */
static void
check_services(struct stacks *stacks, const struct pam_service_line *line,
               const char *services)
{
    char name[256];
    char what[512];
    size_t length;

    while (*services != '\0') {
        length = strcspn(services, ",");
        snprintf(name, sizeof name, "%.*s", (int) length, services);
        if (!text_list_has(stacks->names, name)) {
            snprintf(what, sizeof what,
                     "services= names \"%s\", which has no file here", name);
            report_line(stacks, REPORT_PAM_SERVICES_WARN, line, what);
        }
        services += length;
        services += strspn(services, ",");
    }
}

/* Look at the arguments of a line of ours. */
static void
check_arguments(struct stacks *stacks, const struct pam_service_line *line)
{
    struct arguments arguments;
    struct fault fault = {0};
    char what[512];

    if (pam_service_read_arguments(line, &arguments, &fault) < 0) {
        report_line(stacks, REPORT_PAM_ARGUMENTS_FAIL, line, fault.text);
        return;
    }
    if (strcmp(arguments.configuration, stacks->check->configuration_path)
        != 0) {
        snprintf(what, sizeof what, "reads %s, not %s", arguments.configuration,
                 stacks->check->configuration_path);
        report_line(stacks, REPORT_PAM_CONF_WARN, line, what);
    }
    if (strcmp(arguments.helper, HELPER_PATH) != 0) {
        snprintf(what, sizeof what, "starts %s", arguments.helper);
        report_line(stacks, REPORT_PAM_HELPER_WARN, line, what);
    }
    if (arguments.services != NULL)
        check_services(stacks, line, arguments.services);
    else if (line->is_shared && !is_new(&stacks->seen, 0, line))
        report_line(stacks, REPORT_PAM_SHARED_WARN, line,
                    "several services include it");
}

/* See that nothing replaces what our session line sets. */
static void
check_session_order(struct stacks *stacks, const struct pam_service *service,
                    const struct pam_service_line *ours)
{
    const struct pam_service_line *line;

    for (line = ours + 1; line < service->lines + service->count; line++) {
        if (line->type == PAM_TYPE_SESSION
            && strcmp(pam_line_module_name(line->line), "pam_env.so") == 0) {
            report_line(stacks, REPORT_PAM_SESSION_ORDER_WARN, ours,
                        "pam_env.so stands behind it");
            return;
        }
    }
}

/* Look at whether both lines are there, and report the service. */
static void
check_pair(struct stacks *stacks, const struct pam_service *service)
{
    const struct pam_service_line *auth =
        pam_service_find_ours(service, PAM_TYPE_AUTH);
    const struct pam_service_line *session =
        pam_service_find_ours(service, PAM_TYPE_SESSION);
    struct report *report = &stacks->check->report;

    if (auth != NULL) {
        stacks->check->asking++;
        report_add(report, REPORT_PAM_OK, "service %s: %s:%d asks for a token",
                   service->name, auth->file, auth->line->number);
    }
    if (auth != NULL && session == NULL)
        report_add(report, REPORT_PAM_SESSION_FAIL,
                   "service %s: %s:%d: no session line belongs to it",
                   service->name, auth->file, auth->line->number);
    if (auth == NULL && session != NULL)
        report_add(report, REPORT_PAM_AUTH_WARN,
                   "service %s: %s:%d: no auth line belongs to it",
                   service->name, session->file, session->line->number);
    if (session != NULL)
        check_session_order(stacks, service, session);
}

/* Bytes of the folder that our module lies in, with its slash. */
#define FOLDER_LENGTH (sizeof MODULE_PATH - sizeof PAM_SERVICE_OUR_MODULE)

/* Whether so much of a path, and a name, lead to no file. */
static bool
is_missing(const char *folder, size_t length, const char *name)
{
    char *path = NULL;
    bool result;

    if (asprintf(&path, "%.*s%s", (int) length, folder, name) < 0)
        return false;
    result = access(path, F_OK) < 0 && errno == ENOENT;
    free(path);
    return result;
}

/*
 * Whether a line's module is not there. libpam looks for it where its own are,
 * and in Debian then where they once were; ours may lie elsewhere.
 */
static bool
is_module_missing(const struct pam_service_line *line)
{
    static const char old_folder[] = "/lib/security/";
    const char *module = line->line->module;

    /* "$ISA" is libpam's to replace. */
    if (strchr(module, '$') != NULL)
        return false;
    if (module[0] == '/')
        return is_missing("", 0, module);
    return !is_missing(MODULE_PATH, FOLDER_LENGTH, "pam_permit.so")
           && is_missing(MODULE_PATH, FOLDER_LENGTH, module)
           && is_missing(old_folder, strlen(old_folder), module);
}

/* Whether a line refuses where its module is not there. */
static bool
needs_module(const struct pam_line *line)
{
    enum pam_action_kind kind = line->actions[CODE_PAM_MODULE_UNKNOWN].kind;

    return kind == PAM_ACTION_BAD || kind == PAM_ACTION_DIE;
}

/* Say where libpam refuses in a stack because of how it is written. */
static void
check_lines(struct stacks *stacks, const struct pam_service *service)
{
    const struct pam_service_line *line;
    char what[512];

    for (line = service->lines; line < service->lines + service->count;
         line++) {
        if (line->kind == PAM_LINE_REFUSES)
            report_line(stacks, REPORT_PAM_LINE_WARN, line,
                        line->line->kind == PAM_LINE_REFUSES
                            ? "a word is missing, or means nothing"
                            : "the file that it includes cannot be read");
        else if (line->kind == PAM_LINE_MODULE && needs_module(line->line)
                 && is_module_missing(line)) {
            snprintf(what, sizeof what, "there is no module %.400s",
                     line->line->module);
            report_line(stacks, REPORT_PAM_LINE_WARN, line, what);
        }
    }
}

/* Whether a line names our module, or was to: with another ending. */
static bool
means_us(const struct pam_service_line *line)
{
    return line->kind == PAM_LINE_MODULE
           && strncmp(pam_line_module_name(line->line), PAM_SERVICE_OUR_MODULE,
                      strcspn(PAM_SERVICE_OUR_MODULE, "."))
                  == 0;
}

/* Look at a service that was read. */
static void
check_service(struct stacks *stacks, const struct pam_service *service)
{
    bool names_us = false;
    size_t i;

    for (i = 0; i < service->count; i++) {
        names_us = names_us || means_us(&service->lines[i]);
        if (pam_service_line_is_ours(&service->lines[i]))
            check_arguments(stacks, &service->lines[i]);
    }
    if (!names_us)
        return;
    check_lines(stacks, service);
    check_pair(stacks, service);
    check_stack(stacks->check, service);
}

/* How the names of files end that packages and editors leave behind. */
static const char *const left_behind[] = {
    "~",        ".bak",    ".dpkg-dist", ".dpkg-new", ".dpkg-old", ".orig",
    ".pam-old", ".rpmnew", ".rpmsave",   ".ucf-dist", ".ucf-new",  ".ucf-old",
};

/* Whether a file was left behind. */
static bool
was_left_behind(const char *name)
{
    size_t length = strlen(name);
    size_t i;

    for (i = 0; i < sizeof left_behind / sizeof left_behind[0]; i++) {
        if (length > strlen(left_behind[i])
            && strcmp(name + length - strlen(left_behind[i]), left_behind[i])
                   == 0)
            return true;
    }
    return false;
}

/*
 * Whether a file is there for others to include: another does, and who tried to
 * log in by it would miss lines of some type.
 */
static bool
is_part(const struct pam_service *services, size_t count, size_t which)
{
    const struct pam_service *service = &services[which];
    char *path = NULL;
    bool result = false;
    size_t i;

    if (strcmp(service->name, "other") == 0
        || (pam_service_has_own(service, PAM_TYPE_AUTH)
            && pam_service_has_own(service, PAM_TYPE_ACCOUNT)
            && pam_service_has_own(service, PAM_TYPE_SESSION)))
        return false;
    /* Without memory a part is looked at like a service. */
    if (asprintf(&path, "%s/%s", PAM_SERVICE_FOLDER, service->name) < 0)
        return false;
    for (i = 0; i < count && !result; i++)
        result = i != which && pam_service_includes(&services[i], path);
    free(path);
    return result;
}

/* Read the services. Gives how many there are in what must be freed. */
static size_t
read_services(struct stacks *stacks, const struct text_list *names,
              struct pam_service *services)
{
    struct fault fault;
    size_t count = 0;
    size_t i;

    for (i = 0; i < names->count; i++) {
        fault = (struct fault){0};
        if (was_left_behind(names->texts[i]))
            continue;
        if (pam_service_read(PAM_SERVICE_FOLDER, names->texts[i],
                             &services[count], &fault)
            == 0)
            count++;
        else
            report_add(&stacks->check->report, REPORT_PAM_FILE_FAIL,
                       "service %s: %s", names->texts[i], fault.text);
    }
    return count;
}

/* Look at each of the services. */
static void
check_services_of(struct stacks *stacks, const struct text_list *names)
{
    struct pam_service *services = calloc(names->count + 1, sizeof *services);
    size_t count;
    size_t i;

    if (services == NULL)
        return;
    count = read_services(stacks, names, services);
    for (i = 0; i < count; i++) {
        if (!is_part(services, count, i))
            check_service(stacks, &services[i]);
    }
    for (i = 0; i < count; i++)
        pam_service_clear(&services[i]);
    free(services);
}

void
check_pam(struct check *check)
{
    struct text_list names = {0};
    struct stacks stacks = {.check = check, .names = &names};
    struct fault fault = {0};

    if (pam_service_list(&names, &fault) < 0)
        report_add(&check->report, REPORT_PAM_FILE_FAIL, "%s", fault.text);
    check_services_of(&stacks, &names);
    if (check->asking == 0)
        report_add(&check->report, REPORT_PAM_UNUSED_WARN,
                   "no service of %s asks for a token", PAM_SERVICE_FOLDER);
    text_list_clear(&names);
    text_list_clear(&stacks.said);
    text_list_clear(&stacks.seen);
}
