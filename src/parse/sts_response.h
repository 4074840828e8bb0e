/*
 * sts_response - the XML that STS answers with. The one place that knows
 * libxml2.
 *
 * Source: AWS STS API Reference 2011-06-15, AssumeRoleWithWebIdentity, and
 * "Common Error Types". SPDX-License-Identifier: Apache-2.0
 */
#ifndef PARSE_STS_RESPONSE_H
#define PARSE_STS_RESPONSE_H

#include "base/fault.h"
#include "base/secret.h"
#include "model/credentials.h"

/* Bytes that a response may have; a real one has some 3,000. */
#define STS_RESPONSE_MAX_SIZE 262144

/*
 * What a response says. A text that it does not have is NULL. Either code is
 * set, and it is an error, or it is a success.
 */
struct sts_response {
    char *code;       /* of an error, as in "ExpiredTokenException" */
    char *message;    /* of an error; may be missing */
    char *request_id; /* not an empty one */

    struct credentials credentials;
    char *assumed_role_id; /* AssumedRoleId, or AssumeRoleId */
    char *assumed_role_arn;
    char *subject;  /* SubjectFromWebIdentityToken */
    char *audience; /* Audience */
    char *provider; /* Provider */
    char *source_identity;
    int packed_policy_size; /* percent; -1 where it is not there */
};

/*
 * Read a response, in AWS's form or in that of servers like it: with elements
 * in any order and namespace, an error with or without ErrorResponse around it.
 *
 * Refused are: what is no XML or has another root, a DTD, an
 * element that stands twice or holds other elements where text belongs, an
 * Expiration that is no moment, a PackedPolicySize that is no number. Fields
 * that are missing are for the caller to see. Nothing is fetched from anywhere.
 *
 * Gives 0, and the response must be cleared; or -1 and REASON_STS_UNREADABLE,
 * which quotes nothing.
 */
int sts_response_read(const struct secret *body, struct sts_response *response,
                      struct fault *fault);

/* Wipe and free. */
void sts_response_clear(struct sts_response *response);

/* Room for the version of libxml2, and the NUL. */
#define STS_RESPONSE_VERSION_SIZE 32

/* Write the version of libxml2 that is in use. */
void sts_response_version(char version[STS_RESPONSE_VERSION_SIZE]);

#endif
