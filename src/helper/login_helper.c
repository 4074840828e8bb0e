/*
 * login_helper - the program that a login's outside bytes are read in.
 *
 * Started by pam_aws_oidc.so for one login, as a user of its own, with two
 * descriptors: a socket to the module and the configuration. It is told who
 * logs in, asks for the token, has STS check it, gives its verdict, and ends.
 * It also ends when the module does. SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>

#include "helper/module_asker.h"
#include "helper/sandbox.h"
#include "ipc/frame.h"
#include "ipc/helper_process.h"
#include "ipc/message.h"
#include "login/login.h"

/* Hear who logs in. */
static int
hear_hello(int socket, struct hello *hello, struct fault *fault)
{
    struct frame frame = {0};
    int result = -1;

    if (frame_receive(socket, &frame, NULL, fault) == FRAME_ARRIVED) {
        if (frame.label == FRAME_HELLO)
            result = message_read_hello(&frame.payload, hello, fault);
        else
            frame_refuse_turn(&frame, fault);
    }
    frame_clear(&frame);
    return result;
}

/* Say what the attempt came to. */
static int
give_verdict(int socket, const struct outcome *outcome, struct fault *fault)
{
    struct secret payload = {0};
    int result = -1;

    if (message_write_outcome(outcome, &payload, fault) == 0)
        result = frame_send(socket, FRAME_VERDICT, &payload, NULL, fault);
    secret_clear(&payload);
    return result;
}

int
main(void)
{
    int socket = HELPER_PROCESS_SOCKET;
    struct asker asker = module_asker(&socket);
    struct hello hello = {0};
    struct outcome outcome = {0};
    struct fault fault = {0};
    struct login_request request;
    int status = EXIT_FAILURE;

    if (sandbox_prepare() < 0 || hear_hello(socket, &hello, &fault) < 0)
        goto out;
    request = (struct login_request){
        .user = hello.user,
        .uid = hello.uid,
        .gid = hello.gid,
        .configuration = HELPER_PROCESS_CONFIGURATION,
        .configuration_path = hello.configuration,
        .presented = &hello.answer,
        .may_ask = hello.may_ask,
        .confine = sandbox_enter,
    };
    login_run(&request, &asker, &outcome);
    if (give_verdict(socket, &outcome, &fault) == 0)
        status = EXIT_SUCCESS;

out:
    outcome_clear(&outcome);
    message_clear_hello(&hello);
    return status;
}
