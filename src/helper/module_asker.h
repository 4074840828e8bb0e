/*
 * module_asker - asks the user through the module, over the socket.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HELPER_MODULE_ASKER_H
#define HELPER_MODULE_ASKER_H

#include "login/login.h"

/*
 * An asker on a socket, which must outlive it. The end of the module is a fault
 * like any other: nobody is left to answer.
 */
struct asker module_asker(int *socket);

#endif
