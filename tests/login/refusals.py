"""What a refusal is outside the log: the PAM code that the application gets, and what the user reads."""

AWAY = ("PAM_AUTHINFO_UNAVAIL", ["AWS cannot be reached just now; try again later."])

REFUSALS = {
    "config": ("PAM_SERVICE_ERR", ["This host is not set up for token logins; tell its administrator."]),
    "memory": ("PAM_BUF_ERR", ["This host has a problem and cannot check your token."]),
    "response_mismatch": ("PAM_MAXTRIES", ["Your login could not be verified; tell the host's administrator."]),
    "sts_denied": ("PAM_MAXTRIES", ["AWS does not let this token have the role."]),
    "sts_expired_token": ("PAM_MAXTRIES", ["AWS says that your token has expired; get a new one."]),
    "sts_idp_unreachable": ("PAM_AUTHINFO_UNAVAIL", ["AWS cannot reach your identity provider just now; try again later."]),
    "sts_invalid_token": ("PAM_MAXTRIES", ["AWS says that your token is not valid."]),
    "sts_region_disabled": ("PAM_AUTHINFO_UNAVAIL", ["AWS does not serve this host's region; tell its administrator."]),
    "sts_rejected_claim": ("PAM_MAXTRIES", ["AWS rejects what your token says."]),
    "sts_request": ("PAM_MAXTRIES", ["AWS rejects the request of this host; tell its administrator."]),
    "sts_throttled": AWAY,
    "sts_timeout": AWAY,
    "sts_unavailable": AWAY,
    "sts_unreachable": AWAY,
    "sts_unreadable": AWAY,
}


def assert_refused(attempt, reason):
    """An attempt was refused for a reason, with the code and the words that belong to it, and left nothing in the environment."""
    assert (attempt.reason, attempt.code, attempt.words, attempt.environment) == (reason, *REFUSALS[reason], {}), attempt.line
