/*
 * Fuzzes parse/sts_response: the input is the body of a response.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "parse/sts_response.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct secret body = {0};
    struct sts_response response;
    struct fault fault = {0};

    must(secret_append(&body, data, size) == 0);
    if (sts_response_read(&body, &response, &fault) == 0) {
        must(!fault.raised && size <= STS_RESPONSE_MAX_SIZE);
        must(response.code == NULL || response.code[0] != '\0');
        must(response.code == NULL
             || response.credentials.access_key_id.length == 0);
        must(response.credentials.expiration >= 0);
        must(response.packed_policy_size >= -1
             && response.packed_policy_size < 1000000);
        must(response.code == NULL
             || (response.subject == NULL && response.assumed_role_arn == NULL
                 && response.packed_policy_size == -1));
    } else {
        must(fault.raised && fault.reason == REASON_STS_UNREADABLE);
        must(response.credentials.secret_access_key.bytes == NULL);
    }
    sts_response_clear(&response);
    secret_clear(&body);
    return 0;
}
