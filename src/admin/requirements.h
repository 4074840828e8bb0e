/*
 * requirements - what a token would have to contain, for a user to get in.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_REQUIREMENTS_H
#define ADMIN_REQUIREMENTS_H

#include "admin/explanation.h"
#include "base/text_list.h"
#include "login/login.h"

/*
 * Explain which providers' tokens can be his, which rules can be for him, and
 * what STS would be asked for by each. Where there is no provider, or no rule,
 * that refuses.
 */
void requirements_explain(struct explanation *explanation, const char *user,
                          const struct login_view *view);

/*
 * Explain whose STS would have to say that an access token is. Where nothing
 * that it says makes it the user's, that refuses.
 */
void requirements_explain_subject(struct explanation *explanation,
                                  const char *user,
                                  const struct login_view *view);

/* Explain why a rule is not for somebody. */
void requirements_explain_rule(struct explanation *explanation,
                               const struct rule *rule,
                               const struct rule_subject *subject);

/*
 * Explain what STS would be sent, parameter by parameter; the token is what
 * stands for it.
 */
void requirements_explain_session(struct explanation *explanation,
                                  enum explanation_result result,
                                  const struct role_session *session,
                                  const char *token);

/* Texts, with ", " between them. Gives what must be freed, or NULL. */
char *requirements_join(const struct text_list *list);

#endif
