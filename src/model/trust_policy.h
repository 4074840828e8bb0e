/*
 * trust_policy - what the trust policy of a role in IAM has to say.
 *
 * It must let in whomever the rules let in, and should let in nobody else; but
 * IAM sees little of a token, and nothing of this host. So a policy is never
 * narrower than the rules. Where it is wider, a remark says so, and why.
 *
 * Sources: AWS IAM User Guide, "IAM and AWS STS condition context keys",
 * "Available keys for AWS OIDC federation"; "Pass session tags in AWS STS",
 * "Passing session tags using AssumeRoleWithWebIdentity"; "IAM policy elements:
 * Variables and tags"; IAM API Reference, CreateOpenIDConnectProvider, Url.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_TRUST_POLICY_H
#define MODEL_TRUST_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text_list.h"
#include "model/provider.h"
#include "model/rule.h"

/* A condition: the key has one of the values. */
struct trust_condition {
    char *key;
    bool is_pattern; /* values are patterns of StringLike, else StringEquals' */
    struct text_list values; /* sorted, each once, escaped as IAM wants it */
};

/* Whom a provider's tokens let in. All conditions must be met. */
struct trust_statement {
    char *principal;                    /* Principal.Federated */
    struct trust_condition *conditions; /* the first is the audience's */
    size_t condition_count;
};

/* A zeroed policy lets nobody in. */
struct trust_policy {
    struct trust_statement *statements;
    size_t statement_count;
    bool tags;                /* whether tokens may set session tags, */
    bool source_identity;     /* and the source identity */
    struct text_list remarks; /* for who is to paste it */
    bool failed;              /* memory was short: nothing of it counts */
};

/* What a map file lists: each value with the user at the same place. */
struct trust_listed {
    struct text_list values;
    struct text_list users;
};

/* The provider's name in condition keys: its issuer, without the scheme. */
const char *trust_policy_provider_name(const struct provider *provider);

/* Whether a provider is built into IAM, so that nobody creates it there. */
bool trust_policy_is_built_in(const struct provider *provider);

/*
 * Write the provider's principal for the account of a role: its name, where it
 * is built in, else an ARN. Gives what must be freed, or NULL without memory.
 */
char *trust_policy_principal(const struct provider *provider,
                             const struct role *role);

/*
 * Whether IAM can see what a condition looks at: texts of the subject, a
 * session tag or the source identity.
 */
bool trust_policy_sees_condition(const struct claim_condition *condition);

/* Whether IAM can see the claim that says whose a provider's tokens are. */
bool trust_policy_sees_mapping(const struct provider *provider);

/*
 * Let tokens set what rules look at: who sends session tags, or a source
 * identity, sends them with each token, and STS refuses a token whose tags the
 * role does not let it set. To be called for all rules and providers of the
 * configuration, whatever their role.
 */
void trust_policy_allow_for_rule(struct trust_policy *policy,
                                 const struct rule *rule);
void trust_policy_allow_for_provider(struct trust_policy *policy,
                                     const struct provider *provider);

/*
 * Let in whom a rule lets in with a provider's tokens. The list is that of the
 * provider's map file, and empty where it has none.
 */
void trust_policy_add(struct trust_policy *policy, const struct rule *rule,
                      const struct provider *provider,
                      const struct trust_listed *listed);

/*
 * List what ties every statement to somebody, beside the audience: "sub", or
 * another condition key. Nothing, where one is for anybody with a token.
 */
void trust_policy_list_bonds(struct trust_policy *policy,
                             struct text_list *bonds);

/* Add a remark, unless it is there. */
void trust_policy_remark(struct trust_policy *policy, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Free what they own. */
void trust_policy_clear(struct trust_policy *policy);
void trust_listed_clear(struct trust_listed *listed);

#endif
