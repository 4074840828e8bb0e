/*
 * check_stack - who gets in by a service that names the module, and who not.
 *
 * docs/stacks.md has what comes of stacks; this file comes to the same.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/check_stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/pam_stack.h"

/* Modules of which both answers are tried together with those of others. */
#define MAX_GATES 8

/* The service in which who logs in may have come by public key. */
#define SSHD "sshd"

/* The codes that our line refuses with: those of reasons.def, and libpam's own
   where the module is missing. */
static const enum pam_code codes_of_ours[] = {

#define REASON(id, name, pam_code, words) CODE_##pam_code,
#include "base/reasons.def"
#undef REASON
    CODE_PAM_MODULE_UNKNOWN,
};

/* The codes that other factors refuse with, of which stacks speak. */
static const enum pam_code codes_of_factors[] = {
    CODE_PAM_AUTH_ERR,         CODE_PAM_USER_UNKNOWN,
    CODE_PAM_AUTHINFO_UNAVAIL, CODE_PAM_CRED_INSUFFICIENT,
    CODE_PAM_MAXTRIES,         CODE_PAM_PERM_DENIED,
    CODE_PAM_MODULE_UNKNOWN,
};

/* How controls name the codes. */
static const char *const code_names[] = {
#define CODE(constant, name) [CODE_##constant] = (name),
#include "parse/pam_codes.def"
#undef CODE
};

/* A service, and what its modules say. */
struct scene {
    struct report *report;
    struct pam_way way;
    size_t ours; /* its first auth line of ours */
    bool serves; /* one that is meant for this service */
    size_t gates[MAX_GATES];
    size_t gate_count;
};

/* Whether a line has a module of a kind. */
static bool
is_module(const struct pam_service *service, size_t i, enum pam_type type,
          enum pam_module_kind kind)
{
    const struct pam_service_line *line = &service->lines[i];

    return line->type == type && line->kind == PAM_LINE_MODULE
           && pam_stack_kind(line) == kind;
}

/* Whether it is one of authentication. */
static bool
is_auth(const struct pam_service *service, size_t i, enum pam_module_kind kind)
{
    return is_module(service, i, PAM_TYPE_AUTH, kind);
}

/* Whether a line has an argument. */
static bool
has_argument(const struct pam_service_line *line, const char *argument)
{
    return text_list_has(&line->line->arguments, argument);
}

/*
 * Whether a line of pam_faillock only sees once more that nobody is locked out:
 * "authsucc" behind "preauth".
 */
static bool
is_second_look(const struct pam_service *service, size_t i)
{
    size_t before;

    for (before = 0; before < i; before++) {
        if (is_auth(service, before, PAM_MODULE_OPEN)
            && has_argument(&service->lines[before], "preauth"))
            return has_argument(&service->lines[i], "authsucc");
    }
    return false;
}

/* Whether a line's module can refuse, whatever ours says. */
static bool
can_refuse(const struct pam_service *service, size_t i)
{
    return is_auth(service, i, PAM_MODULE_FACTOR)
           || is_auth(service, i, PAM_MODULE_GATE)
           || is_auth(service, i, PAM_MODULE_VETO)
           || (is_auth(service, i, PAM_MODULE_OPEN)
               && !is_second_look(service, i));
}

/* Whether a line's module is pam_google_authenticator. */
static bool
is_google_authenticator(const struct pam_service_line *line)
{
    return strcmp(pam_line_module_name(line->line),
                  "pam_google_authenticator.so")
           == 0;
}

/* Whether a line takes a code off the answer, and leaves the rest of it. */
static bool
splits_answer(const struct pam_service_line *line)
{
    return is_google_authenticator(line) && has_argument(line, "forward_pass");
}

/*
 * What a factor says that refuses with a code: pam_google_authenticator with
 * "nullok" has no say about a user who has no secret.
 */
static enum pam_code
refusal_of(const struct pam_service_line *line, enum pam_code code)
{
    return is_google_authenticator(line) && has_argument(line, "nullok")
               ? CODE_PAM_IGNORE
               : code;
}

/*
 * What a line's module says where ours says this code, a factor that one, and
 * gates refuse.
 */
static enum pam_code
code_of(const struct scene *scene, const struct pam_service_line *line,
        enum pam_code ours, enum pam_code factor)
{
    switch (pam_stack_kind(line)) {
    case PAM_MODULE_OURS:
        return pam_service_line_is_served(scene->way.service, line)
                   ? ours
                   : CODE_PAM_IGNORE;
    case PAM_MODULE_FACTOR:
        return factor == CODE_PAM_SUCCESS ? factor : refusal_of(line, factor);
    case PAM_MODULE_OPEN:
    case PAM_MODULE_YES:
        return CODE_PAM_SUCCESS;
    case PAM_MODULE_VETO:
    case PAM_MODULE_NOTHING:
        return CODE_PAM_IGNORE;
    case PAM_MODULE_GATE:
    case PAM_MODULE_NO:
        break;
    }
    return CODE_PAM_AUTH_ERR;
}

/* Have every module say something; of the gates those in a set say yes. */
static void
cast(struct scene *scene, enum pam_code ours, enum pam_code factor,
     unsigned int open_gates)
{
    const struct pam_service *service = scene->way.service;
    size_t i;

    for (i = 0; i < service->count; i++)
        scene->way.codes[i] = code_of(scene, &service->lines[i], ours, factor);
    for (i = 0; i < scene->gate_count; i++) {
        if ((open_gates & (1U << i)) != 0)
            scene->way.codes[scene->gates[i]] = CODE_PAM_SUCCESS;
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

    report_add(scene->report, row, "service %s: %s:%d: %s",
               scene->way.service->name, ours->file, ours->line->number, what);
}

/* Report what another line does to ours. */
static void
report_other(const struct scene *scene, enum report_line row,
             const struct pam_service_line *other, const char *does)
{
    char what[512];
    char described[512];

    describe(other, described);
    snprintf(what, sizeof what, "%.480s %s", described, does);
    report_ours(scene, row, what);
}

/* Whether anybody is let in though ours refuses him with a code, and all
   others do, but for some gates. */
static bool
is_open_at(struct scene *scene, unsigned int open_gates, enum pam_code code)
{
    size_t i;

    for (i = 0; i < sizeof codes_of_factors / sizeof codes_of_factors[0]; i++) {
        cast(scene, code, codes_of_factors[i], open_gates);
        if (pam_stack_succeeds(&scene->way))
            return true;
    }
    return false;
}

/* The same for all that ours refuses with. Gives the code. */
static bool
is_open(struct scene *scene, unsigned int open_gates, enum pam_code *code)
{
    size_t i;

    for (i = 0; i < sizeof codes_of_ours / sizeof codes_of_ours[0]; i++) {
        *code = codes_of_ours[i];
        if (*code != CODE_PAM_SUCCESS && *code != CODE_PAM_IGNORE
            && is_open_at(scene, open_gates, *code))
            return true;
    }
    return false;
}

/* See that who has nothing is kept out. */
static void
check_open(struct scene *scene)
{
    char what[256];
    enum pam_code code;
    unsigned int set;

    if (is_open(scene, 0, &code)) {
        snprintf(what, sizeof what,
                 scene->serves
                     ? "where ours refuses with %s and nobody else says yes,"
                       " the user is let in"
                     : "the line is not meant for this service, and a user of"
                       " whom nobody says yes is let in",
                 code_names[code]);
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
    unsigned int set;
    size_t i;

    for (i = scene->ours + 1; i < service->count; i++) {
        if (!can_refuse(service, i))
            continue;
        for (set = 0; set < set_count(scene); set++) {
            cast(scene, CODE_PAM_SUCCESS, CODE_PAM_SUCCESS, set);
            scene->way.codes[i] = CODE_PAM_SUCCESS;
            if (!pam_stack_succeeds(&scene->way)
                || !scene->way.reached[scene->ours] || !scene->way.reached[i])
                continue;
            scene->way.codes[i] = CODE_PAM_AUTH_ERR;
            if (pam_stack_succeeds(&scene->way))
                continue;
            report_other(scene, REPORT_PAM_ORDER_WARN, &service->lines[i],
                         "can still refuse");
            return;
        }
    }
}

/*
 * See whether our line takes for the token what a factor above has asked for,
 * which saw it, then. pam_google_authenticator with "forward_pass" takes its
 * code off, and goes no further with the rest.
 */
static void
check_taken(struct scene *scene)
{
    const struct pam_service *service = scene->way.service;
    const struct pam_service_line *ours = &service->lines[scene->ours];
    size_t i;

    if (!has_argument(ours, "use_first_pass")
        && !has_argument(ours, "try_first_pass"))
        return;
    for (i = 0; i < scene->ours; i++) {
        if (!is_auth(service, i, PAM_MODULE_FACTOR)
            || splits_answer(&service->lines[i]))
            continue;
        report_other(scene, REPORT_PAM_PASSWORD_WARN, &service->lines[i],
                     "asks for what ours takes");
        return;
    }
}

/* See whether a factor behind our line is asked after we refused. */
static void
check_password(struct scene *scene)
{
    const struct pam_service *service = scene->way.service;
    unsigned int set;
    size_t i;

    for (set = 0; set < set_count(scene); set++) {
        cast(scene, CODE_PAM_AUTH_ERR, CODE_PAM_AUTH_ERR, set);
        pam_stack_succeeds(&scene->way);
        if (!scene->way.reached[scene->ours])
            continue;
        for (i = scene->ours + 1; i < service->count; i++) {
            if (!scene->way.reached[i]
                || !is_auth(service, i, PAM_MODULE_FACTOR))
                continue;
            report_other(scene, REPORT_PAM_PASSWORD_WARN, &service->lines[i],
                         "asks after we refused");
            return;
        }
    }
}

/*
 * Whether a line takes an answer that no line before it has asked for: ours
 * leaves none behind.
 */
static bool
takes_nothing(const struct pam_service *service, size_t i)
{
    size_t before;

    if (service->lines[i].type != PAM_TYPE_AUTH
        || !has_argument(&service->lines[i], "use_first_pass"))
        return false;
    for (before = 0; before < i; before++) {
        if (is_auth(service, before, PAM_MODULE_FACTOR)
            && !has_argument(&service->lines[before], "use_first_pass"))
            return false;
    }
    return true;
}

/* See whether there is such a line. */
static void
check_first_pass(struct scene *scene)
{
    const struct pam_service *service = scene->way.service;
    char what[512];
    size_t i;

    for (i = 0; i < service->count; i++) {
        if (takes_nothing(service, i)) {
            describe(&service->lines[i], what);
            report_ours(scene, REPORT_PAM_FIRST_PASS_WARN, what);
            return;
        }
    }
}

/*
 * Whether somebody gets in for whom ours says this code, and other factors
 * that, whatever gates say; but nobody says yes to an answer that was not
 * given.
 */
static bool
is_passable(struct scene *scene, enum pam_code ours, enum pam_code factor)
{
    const struct pam_service *service = scene->way.service;
    unsigned int set;
    size_t i;

    for (set = 0; set < set_count(scene); set++) {
        cast(scene, ours, factor, set);
        for (i = 0; i < service->count; i++) {
            if (takes_nothing(service, i))
                scene->way.codes[i] = CODE_PAM_AUTH_ERR;
        }
        if (pam_stack_succeeds(&scene->way))
            return true;
    }
    return false;
}

/*
 * Whether a line takes the very answer that another has asked for: none leaves
 * a part of it, as pam_google_authenticator does with "forward_pass", by which
 * pam_sss leaves all of it.
 */
static bool
takes_whole_answer(const struct pam_service *service, size_t i)
{
    size_t before;

    for (before = 0; before < i; before++) {
        if (is_auth(service, before, PAM_MODULE_FACTOR)
            && splits_answer(&service->lines[before]))
            return false;
    }
    return has_argument(&service->lines[i], "use_first_pass");
}

/* Whether a line of ours that is meant for this service was asked. */
static bool
is_ours_reached(const struct scene *scene)
{
    const struct pam_service *service = scene->way.service;
    size_t i;

    for (i = 0; i < service->count; i++) {
        if (scene->way.reached[i]
            && pam_service_line_is_ours(&service->lines[i])
            && pam_service_line_is_served(service, &service->lines[i]))
            return true;
    }
    return false;
}

/*
 * Whether a good token lets somebody in, whatever each of the others says.
 * Where they are more than can be tried together it is taken to be so.
 */
static bool
is_token_good_for_something(const struct scene *scene)
{
    const struct pam_service *service = scene->way.service;
    struct scene tried = *scene;
    unsigned int set;
    int code;
    size_t i;

    for (i = 0; i < service->count; i++) {
        if (!is_auth(service, i, PAM_MODULE_FACTOR))
            continue;
        if (tried.gate_count == MAX_GATES)
            return true;
        tried.gates[tried.gate_count++] = i;
    }
    for (code = 0; code < PAM_CODE_COUNT; code++) {
        for (set = 0; set < set_count(&tried); set++) {
            cast(&tried, CODE_PAM_SUCCESS, (enum pam_code) code, set);
            if (pam_stack_succeeds(&tried.way) && is_ours_reached(&tried))
                return true;
        }
    }
    return false;
}

/* See that somebody gets in: one answer cannot be a token and a password. */
static void
check_closed(struct scene *scene)
{
    bool is_one_answer = takes_whole_answer(scene->way.service, scene->ours);

    if (!(is_one_answer
              ? is_passable(scene, CODE_PAM_SUCCESS, CODE_PAM_AUTH_ERR)
                    || is_passable(scene, CODE_PAM_AUTH_ERR, CODE_PAM_SUCCESS)
              : is_passable(scene, CODE_PAM_SUCCESS, CODE_PAM_SUCCESS)))
        report_ours(scene, REPORT_PAM_CLOSED_FAIL,
                    is_one_answer
                        ? "one answer is taken for the token and for a password"
                        : "who has all that is asked for is refused");
    else if (scene->serves && !is_token_good_for_something(scene))
        report_ours(scene, REPORT_PAM_CLOSED_FAIL,
                    "whether others let in or refuse, no token changes it");
}

/* See that pam_faillock counts failures where it is to refuse for them. */
static void
check_faillock(struct scene *scene)
{
    const struct pam_service *service = scene->way.service;
    size_t counting = service->count;
    char what[512];
    unsigned int set;
    size_t i;

    for (i = 0; i < service->count; i++) {
        if (is_auth(service, i, PAM_MODULE_VETO)
            && has_argument(&service->lines[i], "authfail"))
            counting = i;
    }
    if (counting == service->count)
        return;
    for (set = 0; set < set_count(scene); set++) {
        for (i = 0; i < 2; i++) {
            cast(scene, CODE_PAM_AUTH_ERR,
                 i == 0 ? CODE_PAM_AUTH_ERR : CODE_PAM_SUCCESS, set);
            pam_stack_succeeds(&scene->way);
            if (scene->way.reached[counting])
                return;
        }
    }
    describe(&service->lines[counting], what);
    report_ours(scene, REPORT_PAM_FAILLOCK_WARN, what);
}

/* See whether anybody gets in while AWS is away. */
static void
check_alone(struct scene *scene)
{
    /* There users may come by public key. */
    if (strcmp(scene->way.service->name, SSHD) == 0)
        return;
    if (is_passable(scene, CODE_PAM_AUTHINFO_UNAVAIL, CODE_PAM_SUCCESS))
        return;
    report_ours(scene, REPORT_PAM_ALONE_WARN,
                "nothing lets in where ours cannot reach AWS");
}

/* Find the gates among the lines of a type. */
static void
find_gates(struct scene *scene, enum pam_type type)
{
    const struct pam_service *service = scene->way.service;
    size_t i;

    scene->gate_count = 0;
    for (i = 0; i < service->count && scene->gate_count < MAX_GATES; i++) {
        if (is_module(service, i, type, PAM_MODULE_GATE))
            scene->gates[scene->gate_count++] = i;
    }
}

/* Find our auth line, and the gates. Gives whether there is a line of ours. */
static bool
set_scene(struct scene *scene)
{
    const struct pam_service *service = scene->way.service;
    bool found = false;
    size_t i;

    for (i = 0; i < service->count; i++) {
        if (is_auth(service, i, PAM_MODULE_OURS)) {
            if (!found)
                scene->ours = i;
            found = true;
            if (pam_service_line_is_served(service, &service->lines[i]))
                scene->serves = true;
        }
    }
    find_gates(scene, PAM_TYPE_AUTH);
    return found;
}

/* Look at the auth lines. */
static void
check_auth(struct scene *scene)
{
    if (!set_scene(scene))
        return;
    check_open(scene);
    check_closed(scene);
    if (!scene->serves)
        return;
    check_order(scene);
    check_taken(scene);
    check_password(scene);
    check_first_pass(scene);
    check_faillock(scene);
    check_alone(scene);
}

/*
 * See that somebody passes the account lines. Ours has no say in them, and
 * libpam refuses where nobody has.
 */
static void
check_account(struct scene *scene)
{
    const struct pam_service *service = scene->way.service;
    size_t i;

    scene->way.type = PAM_TYPE_ACCOUNT;
    cast(scene, CODE_PAM_IGNORE, CODE_PAM_SUCCESS, 0);
    for (i = 0; i < service->count; i++) {
        if (pam_stack_kind(&service->lines[i]) == PAM_MODULE_GATE)
            scene->way.codes[i] = CODE_PAM_SUCCESS;
    }
    if (!pam_stack_succeeds(&scene->way))
        report_add(scene->report, REPORT_PAM_ACCOUNT_FAIL,
                   "service %s: no account line says yes", service->name);
}

/* See that our session line is reached where the others have no objection. */
static void
check_session(struct scene *scene)
{
    const struct pam_service *service = scene->way.service;
    const struct pam_service_line *ours =
        pam_service_find_ours(service, PAM_TYPE_SESSION);
    unsigned int set;

    if (ours == NULL)
        return;
    scene->way.type = PAM_TYPE_SESSION;
    find_gates(scene, PAM_TYPE_SESSION);
    for (set = 0; set < set_count(scene); set++) {
        cast(scene, CODE_PAM_SUCCESS, CODE_PAM_SUCCESS, set);
        pam_stack_succeeds(&scene->way);
        if (is_ours_reached(scene))
            return;
    }
    report_add(
        scene->report, REPORT_PAM_SESSION_FAIL,
        "service %s: %s:%d: the lines above it end the stack, or pass over"
        " it",
        service->name, ours->file, ours->line->number);
}

/* Begin with a service. What it gives must be ended. */
static struct scene
begin_scene(const struct pam_service *service)
{
    /* One more, as there may be no line. */
    return (struct scene){
        .way =
            {
                .service = service,
                .type = PAM_TYPE_AUTH,
                .codes = calloc(service->count + 1, sizeof(enum pam_code)),
                .reached = calloc(service->count + 1, sizeof(bool)),
            },
    };
}

/* Free what it owns. */
static void
end_scene(struct scene *scene)
{
    free(scene->way.codes);
    free(scene->way.reached);
}

void
check_stack(struct check *check, const struct pam_service *service)
{
    struct scene scene = begin_scene(service);

    scene.report = &check->report;
    if (scene.way.codes != NULL && scene.way.reached != NULL) {
        check_auth(&scene);
        if (scene.serves) {
            check_account(&scene);
            check_session(&scene);
        }
    }
    end_scene(&scene);
}

bool
check_stack_passes_without_us(const struct pam_service *service)
{
    struct scene scene = begin_scene(service);
    bool result = false;

    if (scene.way.codes != NULL && scene.way.reached != NULL) {
        set_scene(&scene);
        result =
            is_passable(&scene, CODE_PAM_AUTHINFO_UNAVAIL, CODE_PAM_SUCCESS);
    }
    end_scene(&scene);
    return result;
}
