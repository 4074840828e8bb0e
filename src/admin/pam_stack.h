/*
 * pam_stack - what comes of a stack, where each module says this or that.
 *
 * Goes through the lines as libpam's pam_dispatch.c of Linux-PAM 1.5.2 does at
 * pam_authenticate() and pam_acct_mgmt(). SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_PAM_STACK_H
#define ADMIN_PAM_STACK_H

#include <stdbool.h>
#include <stddef.h>

#include "admin/pam_service.h"

/* What a module may be good for, as far as is known of it. */
enum pam_module_kind {
    PAM_MODULE_OURS,
    PAM_MODULE_FACTOR,  /* asks for something that it checks: or unknown */
    PAM_MODULE_GATE,    /* says yes or no without asking */
    PAM_MODULE_OPEN,    /* a gate that says yes, but for who is locked out */
    PAM_MODULE_VETO,    /* says no, or has no say */
    PAM_MODULE_YES,     /* says yes whoever it is */
    PAM_MODULE_NO,      /* says no */
    PAM_MODULE_NOTHING, /* has no say */
};

/* The kind of a line's module. */
enum pam_module_kind pam_stack_kind(const struct pam_service_line *line);

/* One way through the lines of a type. */
struct pam_way {
    const struct pam_service *service;
    enum pam_type type;
    enum pam_code *codes; /* what each line's module returns */
    bool *reached;        /* whether it was asked */
};

/* Go that way. Gives whether libpam succeeds, and who was asked. */
bool pam_stack_succeeds(const struct pam_way *way);

#endif
