/*
 * version - which pam_aws_oidc this is, where it lies, and what it stands on.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/version.h"

#include <stdio.h>

#include "login/https.h"
#include "parse/json.h"
#include "parse/settings.h"
#include "parse/sts_response.h"
#include "parse/token.h"

void
version_print(void)
{
    char config[SETTINGS_VERSION_SIZE];
    char xml[STS_RESPONSE_VERSION_SIZE];

    settings_version(config);
    sts_response_version(xml);
    printf("%s\n\n", PACKAGE_STRING);
    printf("module         %s\n", MODULE_PATH);
    printf("helper         %s\n", HELPER_PATH);
    printf("helper's user  %s\n", HELPER_USER);
    printf("configuration  %s\n\n", CONFIGURATION_PATH);
    printf("libcurl        %s, %s\n", https_version(), https_tls_version());
    printf("libxml2        %s\n", xml);
    printf("jansson        %s\n", json_version());
    printf("libconfig      %s when it was built\n", config);
    printf("libjose        %d when it was built\n", token_version());
}
