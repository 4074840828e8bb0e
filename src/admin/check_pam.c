/*
 * check_pam - the stacks that name the module.
 *
 * docs/stacks.md has what comes of stacks; this file comes to the same.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/check_pam.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin/pam_service.h"
#include "admin/pam_stack.h"

/* Modules of which both answers are tried together with those of others. */
#define MAX_GATES 8

/* The service in which who logs in may have come by public key. */
#define SSHD "sshd"

/* The codes that our module refuses with, as controls name them: those of
   reasons.def behind "PAM_". */
static const char *const codes_of_ours[] = {
#define REASON(id, name, pam_code, words) #pam_code,
#include "base/reasons.def"
#undef REASON
};

#define PAM_PREFIX "PAM_"

/* What has been said of lines that several services have. */
struct stacks {
    struct check *check;
    struct text_list said; /* "ROW FILE:LINE" */
    struct text_list seen; /* "FILE:LINE" of our lines without services= */
    int asking;            /* services that ask for a token */
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
    char path[sizeof PAM_SERVICE_FOLDER + 256];
    char what[512];
    size_t length;

    while (*services != '\0') {
        length = strcspn(services, ",");
        snprintf(path, sizeof path, "%s/%.*s", PAM_SERVICE_FOLDER, (int) length,
                 services);
        if (access(path, F_OK) < 0) {
            snprintf(what, sizeof what,
                     "services= names \"%.*s\", which has no file here",
                     (int) length, services);
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

/* A service, and what its modules say. */
struct scene {
    struct stacks *stacks;
    struct pam_way way;
    size_t ours; /* its first auth line of ours */
    bool serves; /* that is meant for this service */
    size_t gates[MAX_GATES];
    size_t gate_count;
};

/* Whether a line is one of authentication, and of a kind. */
static bool
is_auth(const struct pam_service *service, size_t i, enum pam_module_kind kind)
{
    return service->lines[i].line->type == PAM_TYPE_AUTH
           && pam_stack_kind(&service->lines[i]) == kind;
}

/*
 * Have every module say something: ours this code, a factor that one, and of
 * the gates those that are in a set yes.
 */
static void
cast(struct scene *scene, const char *ours, const char *factor,
     unsigned int open_gates)
{
    static const char *const by_kind[] = {
        [PAM_MODULE_OURS] = NULL,
        [PAM_MODULE_FACTOR] = NULL,
        [PAM_MODULE_GATE] = PAM_CODE_AUTH_ERR,
        [PAM_MODULE_YES] = PAM_CODE_SUCCESS,
        [PAM_MODULE_NO] = PAM_CODE_AUTH_ERR,
        [PAM_MODULE_NOTHING] = PAM_CODE_IGNORE,
    };
    const struct pam_service *service = scene->way.service;
    enum pam_module_kind kind;
    size_t i;

    for (i = 0; i < service->count; i++) {
        kind = pam_stack_kind(&service->lines[i]);
        scene->way.codes[i] = by_kind[kind];
        if (kind == PAM_MODULE_OURS)
            scene->way.codes[i] = scene->serves ? ours : PAM_CODE_IGNORE;
        if (kind == PAM_MODULE_FACTOR)
            scene->way.codes[i] = factor;
    }
    for (i = 0; i < scene->gate_count; i++) {
        if ((open_gates & (1U << i)) != 0)
            scene->way.codes[scene->gates[i]] = PAM_CODE_SUCCESS;
    }
}

/* Sets of gates: all of them closed is 0. */
static unsigned int
set_count(const struct scene *scene)
{
    return 1U << scene->gate_count;
}

/* Describe a line by its module, as in "/etc/pam.d/sshd:3 (pam_unix.so)". */
static void
describe(const struct pam_service_line *line, char text[512])
{
    snprintf(text, 512, "%s:%d (%s)", line->file, line->line->number,
             pam_line_module_name(line->line));
}

/* Report something about our line in this service. */
static void
report_ours(const struct scene *scene, enum report_line row, const char *what)
{
    const struct pam_service_line *ours =
        &scene->way.service->lines[scene->ours];

    report_add(&scene->stacks->check->report, row, "service %s: %s:%d: %s",
               scene->way.service->name, ours->file, ours->line->number, what);
}

/* Whether anybody is let in though everybody refuses him, but for some gates.
 */
static bool
is_open(struct scene *scene, unsigned int open_gates, const char **code)
{
    size_t i;

    for (i = 0; i < sizeof codes_of_ours / sizeof codes_of_ours[0]; i++) {
        *code = codes_of_ours[i] + strlen(PAM_PREFIX);
        if (strcasecmp(*code, PAM_CODE_SUCCESS) == 0
            || strcasecmp(*code, PAM_CODE_IGNORE) == 0)
            continue;
        cast(scene, *code, PAM_CODE_AUTH_ERR, open_gates);
        if (pam_stack_lets_in(&scene->way))
            return true;
    }
    return false;
}

/* See that who has nothing is kept out. */
static void
check_open(struct scene *scene)
{
    char what[256];
    const char *code;
    unsigned int set;

    if (is_open(scene, 0, &code)) {
        snprintf(what, sizeof what,
                 scene->serves
                     ? "where ours refuses with %s and nobody else says yes,"
                       " the user is let in"
                     : "the line is not meant for this service, and a user of"
                       " whom nobody says yes is let in",
                 code);
        report_ours(scene, REPORT_PAM_OPEN_FAIL, what);
        return;
    }
    for (set = 1; set < set_count(scene); set++) {
        if (is_open(scene, set, &code)) {
            report_ours(scene, REPORT_PAM_GATE_WARN,
                        "some module that asks for nothing lets in by itself");
            return;
        }
    }
}

/*
 * See whether a factor or a gate behind our line can still refuse. The user's
 * token was good then, and STS has given credentials for it.
 */
static void
check_order(struct scene *scene)
{
    const struct pam_service *service = scene->way.service;
    char what[512];
    char described[512];
    unsigned int set;
    size_t i;

    for (i = scene->ours + 1; i < service->count; i++) {
        if (!is_auth(service, i, PAM_MODULE_FACTOR)
            && !is_auth(service, i, PAM_MODULE_GATE))
            continue;
        for (set = 0; set < set_count(scene); set++) {
            cast(scene, PAM_CODE_SUCCESS, PAM_CODE_SUCCESS, set);
            scene->way.codes[i] = PAM_CODE_SUCCESS;
            if (!pam_stack_lets_in(&scene->way)
                || !scene->way.reached[scene->ours] || !scene->way.reached[i])
                continue;
            scene->way.codes[i] = PAM_CODE_AUTH_ERR;
            if (pam_stack_lets_in(&scene->way))
                continue;
            describe(&service->lines[i], described);
            snprintf(what, sizeof what, "%.480s can still refuse", described);
            report_ours(scene, REPORT_PAM_ORDER_WARN, what);
            return;
        }
    }
}

/* See whether a factor behind our line is asked after we refused. */
static void
check_password(struct scene *scene)
{
    const struct pam_service *service = scene->way.service;
    char what[512];
    char described[512];
    unsigned int set;
    size_t i;

    for (set = 0; set < set_count(scene); set++) {
        cast(scene, PAM_CODE_AUTH_ERR, PAM_CODE_AUTH_ERR, set);
        pam_stack_lets_in(&scene->way);
        if (!scene->way.reached[scene->ours])
            continue;
        for (i = scene->ours + 1; i < service->count; i++) {
            if (!scene->way.reached[i]
                || !is_auth(service, i, PAM_MODULE_FACTOR))
                continue;
            describe(&service->lines[i], described);
            snprintf(what, sizeof what, "%.480s asks after we refused",
                     described);
            report_ours(scene, REPORT_PAM_PASSWORD_WARN, what);
            return;
        }
    }
}

/* See whether a line takes an answer that nobody has asked for. */
static void
check_first_pass(struct scene *scene)
{
    const struct pam_service *service = scene->way.service;
    const struct pam_service_line *line;
    char what[512];
    size_t i;

    for (i = 0; i < service->count; i++) {
        line = &service->lines[i];
        /* The first that asks sets what those behind it may take. */
        if (is_auth(service, i, PAM_MODULE_FACTOR)
            && !text_list_has(&line->line->arguments, "use_first_pass"))
            return;
        if (line->line->type == PAM_TYPE_AUTH
            && text_list_has(&line->line->arguments, "use_first_pass")) {
            describe(line, what);
            report_ours(scene, REPORT_PAM_FIRST_PASS_WARN, what);
            return;
        }
    }
}

/* See whether anybody gets in while AWS is away. */
static void
check_alone(struct scene *scene)
{
    unsigned int set;

    /* There users may come by public key. */
    if (strcmp(scene->way.service->name, SSHD) == 0)
        return;
    for (set = 0; set < set_count(scene); set++) {
        cast(scene, "authinfo_unavail", PAM_CODE_SUCCESS, set);
        if (pam_stack_lets_in(&scene->way))
            return;
    }
    report_ours(scene, REPORT_PAM_ALONE_WARN,
                "nothing lets in where ours cannot reach AWS");
}

/* Find our auth line, and the gates. Gives whether there is a line of ours. */
static bool
set_scene(struct scene *scene)
{
    const struct pam_service *service = scene->way.service;
    bool found = false;
    size_t i;

    for (i = 0; i < service->count; i++) {
        if (!found && is_auth(service, i, PAM_MODULE_OURS)) {
            scene->ours = i;
            found = true;
        }
        if (scene->gate_count < MAX_GATES
            && is_auth(service, i, PAM_MODULE_GATE))
            scene->gates[scene->gate_count++] = i;
    }
    return found;
}

/* Look at the auth lines of a service. */
static void
check_auth(struct scene *scene)
{
    if (!set_scene(scene))
        return;
    check_open(scene);
    if (!scene->serves)
        return;
    check_order(scene);
    check_password(scene);
    check_first_pass(scene);
    check_alone(scene);
}

/* See that nothing replaces what our session line sets. */
static void
check_session_order(struct stacks *stacks, const struct pam_service *service,
                    const struct pam_service_line *ours)
{
    const struct pam_service_line *line;

    for (line = ours + 1; line < service->lines + service->count; line++) {
        if (line->line->type == PAM_TYPE_SESSION
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
        stacks->asking++;
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

/* Look at a service that was read. */
static void
check_service(struct stacks *stacks, const struct pam_service *service)
{
    struct scene scene = {.stacks = stacks, .way = {.service = service}};
    bool names_us = false;
    size_t i;

    for (i = 0; i < service->count; i++) {
        if (pam_service_line_is_ours(&service->lines[i])) {
            names_us = true;
            check_arguments(stacks, &service->lines[i]);
        }
    }
    if (!names_us)
        return;
    check_pair(stacks, service);
    scene.serves = pam_service_find_ours(service, PAM_TYPE_AUTH) != NULL;
    scene.way.codes = calloc(service->count, sizeof *scene.way.codes);
    scene.way.reached = calloc(service->count, sizeof *scene.way.reached);
    if (scene.way.codes != NULL && scene.way.reached != NULL)
        check_auth(&scene);
    free(scene.way.codes);
    free(scene.way.reached);
}

/* How the names of files end that packages and editors leave behind. */
static const char *const left_behind[] = {
    "~",         ".bak",  ".dpkg-dist", ".dpkg-new",
    ".dpkg-old", ".orig", ".rpmnew",    ".rpmsave",
};

/*
 * Whether a file is for services to log in by: not one that others include, nor
 * one that was left behind.
 */
static bool
is_service(const char *name, const struct text_list *included)
{
    size_t length = strlen(name);
    char *path = NULL;
    bool is_part;
    size_t i;

    for (i = 0; i < sizeof left_behind / sizeof left_behind[0]; i++) {
        if (length > strlen(left_behind[i])
            && strcmp(name + length - strlen(left_behind[i]), left_behind[i])
                   == 0)
            return false;
    }
    if (asprintf(&path, "%s/%s", PAM_SERVICE_FOLDER, name) < 0)
        return true;
    is_part = text_list_has(included, path);
    free(path);
    return !is_part;
}

/* Find the files that some service includes. */
static void
find_included(const struct text_list *names, struct text_list *included)
{
    struct pam_service service;
    struct fault ignored;
    size_t i;

    for (i = 0; i < names->count; i++) {
        ignored = (struct fault){0};
        /* Without memory a part is looked at like a service. */
        if (pam_service_read(names->texts[i], &service, &ignored) == 0)
            (void) pam_service_list_included(&service, included);
        pam_service_clear(&service);
    }
}

/* Look at each of the services. */
static void
check_services_of(struct stacks *stacks, const struct text_list *names)
{
    struct report *report = &stacks->check->report;
    struct text_list included = {0};
    struct pam_service service;
    struct fault fault;
    size_t i;

    find_included(names, &included);
    for (i = 0; i < names->count; i++) {
        fault = (struct fault){0};
        if (!is_service(names->texts[i], &included))
            continue;
        if (pam_service_read(names->texts[i], &service, &fault) < 0)
            report_add(report, REPORT_PAM_FILE_WARN, "service %s: %s",
                       names->texts[i], fault.text);
        else
            check_service(stacks, &service);
        pam_service_clear(&service);
    }
    text_list_clear(&included);
}

void
check_pam(struct check *check)
{
    struct stacks stacks = {.check = check};
    struct text_list names = {0};
    struct fault fault = {0};

    if (pam_service_list(&names, &fault) < 0)
        report_add(&check->report, REPORT_PAM_FILE_WARN, "%s", fault.text);
    check_services_of(&stacks, &names);
    if (stacks.asking == 0)
        report_add(&check->report, REPORT_PAM_UNUSED_WARN,
                   "no service of %s asks for a token", PAM_SERVICE_FOLDER);
    text_list_clear(&names);
    text_list_clear(&stacks.said);
    text_list_clear(&stacks.seen);
}
