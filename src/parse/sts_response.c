/*
 * sts_response - the XML that STS answers with.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/sts_response.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "model/timestamp.h"

/* Digits of a PackedPolicySize, which is a percentage. */
#define MAX_DIGITS 6

/* Raise the fault of a response that is not understood. */
static int
refuse(struct fault *fault, const char *what)
{
    fault_raise(fault, REASON_STS_UNREADABLE, "the response of STS %s", what);
    return -1;
}

/* Whether a node is an element of that name, in whatever namespace. */
static bool
is_element(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE
           && strcmp((const char *) node->name, name) == 0;
}

/*
 * Find the one child of that name. Gives 0 and the child, NULL where there is
 * none; or -1 where there are two, as no reader should have to choose.
 */
static int
find(const xmlNode *parent, const char *name, const xmlNode **found,
     struct fault *fault)
{
    const xmlNode *child = parent == NULL ? NULL : parent->children;

    *found = NULL;
    for (; child != NULL; child = child->next) {
        if (!is_element(child, name))
            continue;
        if (*found != NULL)
            return refuse(fault, "has an element twice");
        *found = child;
    }
    return 0;
}

/*
 * Append the text of a child, which must hold nothing but text. Gives 0, and
 * *there says whether there is such a child; or -1.
 */
static int
read_text(const xmlNode *parent, const char *name, bool *there,
          struct secret *text, struct fault *fault)
{
    const xmlNode *element;
    const xmlNode *part;

    if (find(parent, name, &element, fault) < 0)
        return -1;
    *there = element != NULL;
    for (part = element == NULL ? NULL : element->children; part != NULL;
         part = part->next) {
        if (part->type != XML_TEXT_NODE && part->type != XML_CDATA_SECTION_NODE)
            return refuse(fault, "has an element where text belongs");
        if (secret_append(text, part->content,
                          strlen((const char *) part->content))
            < 0)
            return refuse(fault, "is too long for the memory");
    }
    return 0;
}

/* Read the text of a child as a string; NULL where there is none. */
static int
read_string(const xmlNode *parent, const char *name, char **string,
            struct fault *fault)
{
    struct secret text = {0};
    bool there;
    int result = -1;

    if (read_text(parent, name, &there, &text, fault) < 0)
        goto out;
    if (there) {
        *string = strdup(secret_text(&text));
        if (*string == NULL) {
            refuse(fault, "is too long for the memory");
            goto out;
        }
    }
    result = 0;

out:
    secret_clear(&text);
    return result;
}

/* Read Credentials. */
static int
read_credentials(const xmlNode *result, struct credentials *credentials,
                 struct fault *fault)
{
    const xmlNode *element;
    char *expiration = NULL;
    bool there;
    int status = -1;

    if (find(result, "Credentials", &element, fault) < 0
        || read_text(element, "AccessKeyId", &there,
                     &credentials->access_key_id, fault)
               < 0
        || read_text(element, "SecretAccessKey", &there,
                     &credentials->secret_access_key, fault)
               < 0
        || read_text(element, "SessionToken", &there,
                     &credentials->session_token, fault)
               < 0
        || read_string(element, "Expiration", &expiration, fault) < 0)
        goto out;
    if (expiration != NULL
        && timestamp_parse(expiration, &credentials->expiration) < 0) {
        refuse(fault, "has an Expiration that is no moment");
        goto out;
    }
    status = 0;

out:
    free(expiration);
    return status;
}

/* Read AssumedRoleUser. Some servers have another name for its first field. */
static int
read_assumed_role(const xmlNode *result, struct sts_response *response,
                  struct fault *fault)
{
    const xmlNode *assumed;

    if (find(result, "AssumedRoleUser", &assumed, fault) < 0
        || read_string(assumed, "AssumedRoleId", &response->assumed_role_id,
                       fault)
               < 0)
        return -1;
    if (response->assumed_role_id == NULL
        && read_string(assumed, "AssumeRoleId", &response->assumed_role_id,
                       fault)
               < 0)
        return -1;
    return read_string(assumed, "Arn", &response->assumed_role_arn, fault);
}

/* Read PackedPolicySize; -1 where there is none. */
static int
read_packed_policy_size(const xmlNode *result, int *size, struct fault *fault)
{
    char *text = NULL;
    int status = -1;

    *size = -1;
    if (read_string(result, "PackedPolicySize", &text, fault) < 0)
        goto out;
    if (text != NULL && text[0] != '\0') {
        if (strlen(text) > MAX_DIGITS
            || strspn(text, "0123456789") < strlen(text)) {
            refuse(fault, "has a PackedPolicySize that is no number");
            goto out;
        }
        *size = (int) strtol(text, NULL, 10);
    }
    status = 0;

out:
    free(text);
    return status;
}

/* Read the id of the request, unless it is known; an empty one is none. */
static int
read_request_id(const xmlNode *parent, struct sts_response *response,
                struct fault *fault)
{
    char *id = NULL;

    if (read_string(parent, "RequestId", &id, fault) < 0)
        return -1;
    if (response->request_id == NULL && id != NULL && id[0] != '\0')
        response->request_id = id;
    else
        free(id);
    return 0;
}

/* Read what a success says. */
static int
read_success(const xmlNode *root, struct sts_response *response,
             struct fault *fault)
{
    const xmlNode *result;
    const xmlNode *metadata;

    if (find(root, "AssumeRoleWithWebIdentityResult", &result, fault) < 0
        || find(root, "ResponseMetadata", &metadata, fault) < 0
        || read_credentials(result, &response->credentials, fault) < 0
        || read_assumed_role(result, response, fault) < 0
        || read_packed_policy_size(result, &response->packed_policy_size, fault)
               < 0)
        return -1;
    if (read_string(result, "SubjectFromWebIdentityToken", &response->subject,
                    fault)
            < 0
        || read_string(result, "Audience", &response->audience, fault) < 0
        || read_string(result, "Provider", &response->provider, fault) < 0
        || read_string(result, "SourceIdentity", &response->source_identity,
                       fault)
               < 0)
        return -1;
    return read_request_id(metadata, response, fault);
}

/* Read what an error says; the id of the request stands in it or beside it. */
static int
read_error(const xmlNode *root, const xmlNode *error,
           struct sts_response *response, struct fault *fault)
{
    if (read_string(error, "Code", &response->code, fault) < 0
        || read_string(error, "Message", &response->message, fault) < 0
        || read_request_id(root, response, fault) < 0
        || read_request_id(error, response, fault) < 0)
        return -1;
    if (response->code == NULL || response->code[0] == '\0')
        return refuse(fault, "is an error without a code");
    return 0;
}

/* Read the response whose root this is. */
static int
read_root(const xmlNode *root, struct sts_response *response,
          struct fault *fault)
{
    const xmlNode *error;

    if (root == NULL)
        return refuse(fault, "is empty");
    if (is_element(root, "AssumeRoleWithWebIdentityResponse"))
        return read_success(root, response, fault);
    if (is_element(root, "Error"))
        return read_error(root, root, response, fault);
    if (is_element(root, "ErrorResponse")) {
        if (find(root, "Error", &error, fault) < 0)
            return -1;
        return read_error(root, error, response, fault);
    }
    return refuse(fault, "is XML of another kind");
}

int
sts_response_read(const struct secret *body, struct sts_response *response,
                  struct fault *fault)
{
    xmlDoc *document = NULL;
    int result = -1;

    *response = (struct sts_response){.packed_policy_size = -1};
    /* STS writes UTF-8: the response does not choose what converts it. */
    if (body->length > 0 && body->length <= STS_RESPONSE_MAX_SIZE)
        document =
            xmlReadMemory(body->bytes, (int) body->length, NULL, "UTF-8",
                          XML_PARSE_NONET | XML_PARSE_NOERROR
                              | XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC);
    if (document == NULL)
        return refuse(fault, "is not XML");
    if (document->intSubset != NULL || document->extSubset != NULL) {
        refuse(fault, "has a DTD");
        goto out;
    }
    result = read_root(xmlDocGetRootElement(document), response, fault);

out:
    if (result < 0)
        sts_response_clear(response);
    xmlFreeDoc(document);
    return result;
}

void
sts_response_clear(struct sts_response *response)
{
    free(response->code);
    free(response->message);
    free(response->request_id);
    credentials_clear(&response->credentials);
    free(response->assumed_role_id);
    free(response->assumed_role_arn);
    free(response->subject);
    free(response->audience);
    free(response->provider);
    free(response->source_identity);
    *response = (struct sts_response){0};
}

void
sts_response_version(char version[STS_RESPONSE_VERSION_SIZE])
{
    /* 20914 is 2.9.14. */
    long number = strtol(xmlParserVersion, NULL, 10);

    snprintf(version, STS_RESPONSE_VERSION_SIZE, "%ld.%ld.%ld", number / 10000,
             number / 100 % 100, number % 100);
}
