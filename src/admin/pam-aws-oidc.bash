# Completion of pam-aws-oidc(8) for bash. It needs nothing but bash 4.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# Offer the words of a list, divided by blanks, that go on from what was typed.
_pam_aws_oidc_offer() {
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

# Offer what can stand behind an option; give 1 where nothing is known of it.
_pam_aws_oidc_value() {
    local service services=

    case $1 in
        --config | --token-file)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$2")
            ;;
        --user)
            mapfile -t COMPREPLY < <(compgen -u -- "$2")
            ;;
        --service)
            for service in /etc/pam.d/*; do
                services+=" ${service##*/}"
            done
            _pam_aws_oidc_offer "$services" "$2"
            ;;
        --format)
            _pam_aws_oidc_offer \
                'summary env json credential-process console-url' "$2"
            ;;
        --region | --endpoint | --rule | --session-duration | \
            --destination | --federation-endpoint)
            ;;
        *)
            return 1
            ;;
    esac
}

_pam_aws_oidc() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local options=

    COMPREPLY=()
    # "--config=FILE" comes as three words.
    if [[ $word == = ]]; then
        word=
    elif [[ $before == = ]]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    if ((COMP_CWORD == 1)); then
        _pam_aws_oidc_offer \
            'check endpoint explain login trust-policy --help --version' "$word"
        return
    fi
    _pam_aws_oidc_value "$before" "$word" && return
    case ${COMP_WORDS[1]} in
        check)
            options='--config --online --json --help'
            ;;
        endpoint)
            options='--region --fips --dual-stack --global --endpoint --json
                --help'
            ;;
        explain)
            options='--user --service --config --token-file --json --help'
            ;;
        login)
            options='--user --service --config --token-file --format
                --session-duration --destination --federation-endpoint --help'
            ;;
        trust-policy)
            options='--config --rule --json --help'
            ;;
    esac
    _pam_aws_oidc_offer "$options" "$word"
}

complete -F _pam_aws_oidc pam-aws-oidc
