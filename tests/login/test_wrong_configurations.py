"""Wrong configurations: each is told to the administrator, with its file and its line, and to nobody else; and none lets anybody in.

The first half is about the text of the configuration, the second about files: the configuration's own, those that it names, and the helper.
"""

import pwd
import shutil
from pathlib import Path

import pytest

import accounts
import cases
import hosts
from hosts import CA_FILE
from host import WORDS_SETUP, WORDS_SYSTEM
from module_configuration import PATH
from refusals import assert_refused
from test_stack import DAMAGES, damaged

QUESTION = "OpenID Connect token: "
USERS_FILE = "/etc/security/pam_aws_oidc.users"
HELPER = Path("/usr/libexec/pam_aws_oidc/login-helper")

POLICY = '{ "Version": "2012-10-17" }'


def quoted(text):
    return '"' + text.replace('"', r'\"') + '"'


# A good configuration. Line 1 is GOOD[0].
GOOD = [
    'sts = {',                                                                      # 1
    '  region = "eu-west-1";',                                                      # 2
    f'  ca_file = "{CA_FILE}";',                                                    # 3
    '  timeout = 10;',                                                              # 4
    '  fips = false;',                                                              # 5
    '};',                                                                           # 6
    'providers = (',                                                                # 7
    '  { name = "corp";',                                                           # 8
    f'    issuer = "https://{hosts.ISSUER_HOST}";',                                 # 9
    f'    audience = [ "{cases.AUDIENCE}" ];',                                      # 10
    '    user = {',                                                                 # 11
    '      claim = "sub";',                                                         # 12
    f'      map_file = "{USERS_FILE}";',                                            # 13
    '    };',                                                                       # 14
    '  },',                                                                         # 15
    '  { name = "partner"; issuer = "https://login.example.org"; audience = [ "x" ]; user = { claim = "sub"; is = "%u"; }; }',
    ');',                                                                           # 17
    'min_uid = 1000;',                                                              # 18
    'rules = (',                                                                    # 19
    '  { name = "operators";',                                                      # 20
    '    users = [ "bob" ];',                                                       # 21
    '    claims = ( { claim = "department"; any = [ "sre" ]; } );',                 # 22
    f'    role_arn = "{cases.OPERATOR}";',                                          # 23
    '    duration = 3600;',                                                         # 24
    f'    policy_arns = [ "{cases.READ_ONLY}" ];',                                  # 25
    f'    policy = {quoted(POLICY)};',                                              # 26
    '  },',                                                                         # 27
    f'  {{ name = "everyone"; role_arn = "{cases.ENGINEER}"; }}',                   # 28
    ');',                                                                           # 29
]


GOOD_TEXT = "".join(f"{line}\n" for line in GOOD)


def good_but(first, *texts, last=None):
    """The good configuration with other lines in place of the first to the last one."""
    return "".join(f"{line}\n" for line in [*GOOD[:first - 1], *texts, *GOOD[last or first:]])


def arns(count):
    return ", ".join(f'"arn:aws:iam::{cases.ACCOUNT}:policy/Policy{number}"' for number in range(count))


LONG_ARN = f"arn:aws:iam::{cases.ACCOUNT}:policy/{'x' * 500}/P"
FITTING_POLICY = '{ "Version": "' + "x" * 2000 + '" }'

NO_TEXT = "must be a text in quotes, and not an empty one"
NOT_JSON = 'a rule: "policy" line 1: is not one JSON object without duplicate members'
NUMBER_TOO_LARGE = "the number 3000000000 is larger than any setting may be"
NO_INCLUDE = "@include is not allowed; write the settings here"

# What is wrong, the text, the line that is named, and what is said of it.
WRONG = [
    ("unknown-key-of-the-file", good_but(18, "min_gid = 1000;"), 18, 'the file has no setting "min_gid"'),
    ("unknown-key-of-sts", good_but(4, "timout = 10;"), 4, 'sts has no setting "timout"'),
    ("unknown-key-of-a-provider", good_but(10, GOOD[9], 'azp = "x";'), 11, 'a provider has no setting "azp"'),
    ("unknown-key-of-a-user", good_but(12, GOOD[11], 'any = "x";'), 13, 'user has no setting "any"'),
    ("unknown-key-of-a-rule", good_but(24, "durations = 3600;"), 24, 'a rule has no setting "durations"'),
    ("unknown-key-of-a-condition", good_but(22, 'claims = ( { claim = "department"; any = [ "sre" ];', "none = 1; } );"), 23,
     'a claim\'s condition has no setting "none"'),
    ("key-in-upper-case", good_but(18, "Min_uid = 1000;"), 18, 'the file has no setting "Min_uid"'),

    ("number-in-place-of-a-text", good_but(2, "region = 7;"), 2, f'sts: "region" {NO_TEXT}'),
    ("empty-text", good_but(2, 'region = "";'), 2, f'sts: "region" {NO_TEXT}'),
    ("list-in-place-of-a-text", good_but(9, 'issuer = [ "https://login.example.com" ];'), 9, f'a provider: "issuer" {NO_TEXT}'),
    ("text-in-place-of-a-number", good_but(4, 'timeout = "10";'), 4, 'sts: "timeout" must be a whole number from 1 to 60'),
    ("fraction-in-place-of-a-number", good_but(24, "duration = 3600.0;"), 24, 'a rule: "duration" must be a whole number from 900 to 43200'),
    ("boolean-in-place-of-a-number", good_but(18, "min_uid = true;"), 18, 'the file: "min_uid" must be a whole number from 1 to 2147483647'),
    ("text-in-place-of-a-boolean", good_but(5, 'fips = "yes";'), 5, 'sts: "fips" must be true or false'),
    ("number-in-place-of-a-boolean", good_but(5, "fips = 0;"), 5, 'sts: "fips" must be true or false'),
    ("text-in-place-of-texts", good_but(10, 'audience = "ssh-bastion";'), 10, 'a provider: "audience" must be texts in [ ], at least one'),
    ("empty-text-among-others", good_but(21, "users = [", '"",', '"bob"', "];"), 21, f'a rule: "users" {NO_TEXT}'),
    ("empty-text-behind-others", good_but(21, "users = [", '"bob",', '""', "];"), 21, f'a rule: "users" {NO_TEXT}'),
    ("numbers-in-place-of-texts", good_but(21, "users = [ 1000 ];"), 21, f'a rule: "users" {NO_TEXT}'),
    ("group-in-place-of-groups", good_but(22, 'claims = { claim = "department"; any = [ "sre" ]; };'), 22,
     '"claims" must be groups in ( ), at least one'),
    ("text-in-place-of-a-group", good_but(11, f'user = "{USERS_FILE}";', last=14), 11, '"user" must be a group in { }'),
    ("text-in-place-of-a-provider", good_but(8, '"corp",', last=15), 7, "a provider must be a group in { }"),

    ("providers-of-one-name", good_but(16, GOOD[15].replace("partner", "corp")), 16, 'providers: another one has the same "name"'),
    ("providers-of-one-issuer", good_but(16, GOOD[15].replace("login.example.org", hosts.ISSUER_HOST)), 16,
     'providers: another one has the same "issuer"'),
    ("rules-of-one-name", good_but(28, GOOD[27].replace("everyone", "operators")), 28, 'rules: another one has the same "name"'),
    ("key-that-stands-twice", good_but(18, "min_uid = 1000;", "min_uid = 1001;"), 19, "duplicate setting name"),
    ("key-of-a-group-that-stands-twice", good_but(24, "duration = 3600;", "duration = 900;"), 25, "duplicate setting name"),

    ("no-sts", good_but(1, last=6), 0, 'the file needs the setting "sts"'),
    ("no-region", good_but(2), 1, "sts: needs a region or an endpoint"),
    ("no-providers", good_but(7, last=17), 0, 'the file needs the setting "providers"'),
    ("empty-providers", good_but(7, "providers = ( );", last=17), 7, '"providers" must be groups in ( ), at least one'),
    ("no-name-of-a-provider", good_but(8, "  {"), 8, 'a provider needs the setting "name"'),
    ("no-issuer", good_but(9), 8, 'a provider needs the setting "issuer"'),
    ("no-audience", good_but(10), 8, 'a provider needs the setting "audience"'),
    ("empty-audience", good_but(10, "audience = [ ];"), 10, 'a provider: "audience" must be texts in [ ], at least one'),
    ("no-user", good_but(11, last=14), 8, 'a provider needs the setting "user"'),
    ("no-claim-of-a-user", good_but(12), 11, 'user needs the setting "claim"'),
    ("neither-is-nor-map_file", good_but(13), 11, 'user needs either "is" or "map_file"'),
    ("both-is-and-map_file", good_but(13, 'is = "%u";', GOOD[12]), 11, 'user needs either "is" or "map_file"'),
    ("is-without-the-user", good_but(13, 'is = "alice";'), 13, 'user: "is" must be a text with %u, the user, and no other % but %%'),
    ("no-rules", good_but(19, last=29), 0, 'the file needs the setting "rules"'),
    ("empty-rules", good_but(19, "rules = ( );", last=29), 19, '"rules" must be groups in ( ), at least one'),
    ("empty-rules-in-brackets", good_but(19, "rules = [ ];", last=29), 19, '"rules" must be groups in ( ), at least one'),
    ("no-name-of-a-rule", good_but(20, "  {"), 20, 'a rule needs the setting "name"'),
    ("no-role", good_but(23), 20, 'a rule needs the setting "role_arn"'),
    ("no-claim-of-a-condition", good_but(22, 'claims = ( { any = [ "sre" ]; } );'), 22, 'a claim\'s condition needs the setting "claim"'),
    ("no-value-of-a-condition", good_but(22, 'claims = ( { claim = "department"; } );'), 22, 'a claim\'s condition needs the setting "any"'),

    ("issuer-without-tls", good_but(9, 'issuer = "http://login.example.com";'), 9,
     'a provider: "issuer" must be a URL that begins with https://'),
    ("role-that-is-none", good_but(23, 'role_arn = "Operator";'), 23,
     'a rule: "role_arn" must be a role, as in "arn:aws:iam::123456789012:role/Name"'),
    ("path-that-is-not-absolute", good_but(3, 'ca_file = "tests-ca.pem";'), 3, 'sts: "ca_file" must be an absolute path'),

    ("duration-899", good_but(24, "duration = 899;"), 24, 'a rule: "duration" must be a whole number from 900 to 43200'),
    ("duration-43201", good_but(24, "duration = 43201;"), 24, 'a rule: "duration" must be a whole number from 900 to 43200'),
    ("duration-3000000000", good_but(24, "duration = 3000000000;"), 24,
     f'{NUMBER_TOO_LARGE}; line 24: a rule: "duration" must be a whole number from 900 to 43200'),
    ("duration-3000000000L", good_but(24, "duration = 3000000000L;"), 24, 'a rule: "duration" must be a whole number from 900 to 43200'),
    ("min_uid-3000000000", good_but(18, "min_uid = 3000000000;"), 18,
     f'{NUMBER_TOO_LARGE}; line 18: the file: "min_uid" must be a whole number from 1 to 2147483647'),
    ("min_uid-0", good_but(18, "min_uid = 0;"), 18, 'the file: "min_uid" must be a whole number from 1 to 2147483647'),

    ("11-policy-arns", good_but(25, f"policy_arns = [ {arns(11)} ];"), 20, "a rule: there are 11 policy ARNs, not 10"),
    ("policies-over-2048-together", good_but(25, f'policy_arns = [ "{LONG_ARN}" ];', "policy = " + quoted(FITTING_POLICY) + ";", last=26), 20,
     f"a rule: the policies have {len(LONG_ARN + FITTING_POLICY)} characters together, not 2048"),
    ("policy-that-is-no-json", good_but(26, 'policy = "allow everything";'), 26, NOT_JSON),
    ("policy-that-is-no-object", good_but(26, 'policy = "[ ]";'), 26, NOT_JSON),
    ("policy-with-a-member-twice", good_but(26, "policy = " + quoted('{ "Sid": 1, "Sid": 2 }') + ";"), 26, NOT_JSON),

    ("include-at-the-top", good_but(1, '@include "/etc/security/sts.conf"', last=6), 1, NO_INCLUDE),
    ("include-within-a-group", good_but(4, '@include "/etc/security/sts.conf"'), 4, NO_INCLUDE),
    ("nul-byte", good_but(18, "min_uid = 1000;\0"), 18, "the file holds a NUL byte"),
    ("nul-byte-in-a-text", good_but(21, 'users = [ "b\0ob" ];'), 21, "the file holds a NUL byte"),
    ("nul-byte-behind-the-end", good_but(29, ");", "\0"), 30, "the file holds a NUL byte"),
    ("nul-byte-as-an-escape", good_but(21, r'users = [ "bob\x00" ];'), 21, "a text holds a NUL byte"),

    ("syntax-error", good_but(4, "timeout 10;"), 4, "syntax error"),
    ("text-without-an-end", good_but(28, '  { name = "everyone; }'), 30, "syntax error"),
    ("comment-without-an-end", good_but(18, "/* min_uid = 1000;"), 18, "this comment has no end"),
]


@pytest.fixture
def log_in(login_service, idp, configure):
    """log_in(text): an attempt of Alice, under a configuration of this text."""
    def attempt(text):
        configure(text)
        return login_service("alice", idp.mint("alice"), configured=True)

    return attempt


def assert_wrong(attempt, sts, what, prompts=(QUESTION,), requests=0):
    """Refused for the configuration, of which the log says this, and the user no more than that there is something; and STS was not asked."""
    assert_refused(attempt, "config")
    assert (attempt.audit("what"), attempt.prompts) == (what, list(prompts))
    assert (len(sts.requests), sts.connections) == (requests, requests)


# The text.

def test_configuration_that_is_changed_here_is_good(log_in):
    attempt = log_in(GOOD_TEXT)
    assert (attempt.reason, attempt.prompts) == ("ok", [QUESTION])


@pytest.mark.parametrize("text, line, words", [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_wrong_configuration_is_named_with_file_and_line(log_in, sts, text, line, words):
    assert_wrong(log_in(text), sts, f"{PATH}:{line}: {words}")


def test_configuration_of_10_mb_is_not_read(log_in, sts):
    assert_wrong(log_in(GOOD_TEXT + "#" * 10_000_000), sts, f"{PATH}: has more than 1048576 bytes")


# All that is wrong with the text, at once.

def test_all_that_is_wrong_is_named_at_once(log_in, sts):
    text = GOOD_TEXT.replace("timeout = 10", "timeout = 61").replace('name = "corp";', "").replace("duration = 3600", "duration = 899")
    assert_wrong(log_in(text), sts, f'{PATH}:4: sts: "timeout" must be a whole number from 1 to 60; line 8: a provider needs the setting "name"; '
                                    'line 24: a rule: "duration" must be a whole number from 900 to 43200')


def test_number_that_is_too_large_does_not_hide_what_else_is_wrong(log_in, sts):
    text = good_but(24, "duration = 3000000000;").replace("timeout = 10", "timeout = 61")
    assert_wrong(log_in(text), sts, f'{PATH}:24: {NUMBER_TOO_LARGE}; line 4: sts: "timeout" must be a whole number from 1 to 60; '
                 'line 24: a rule: "duration" must be a whole number from 900 to 43200')


def test_what_there_is_no_room_for_is_counted(log_in, sts):
    text = good_but(19, "rules = (", "{ },", "{ },", "{ },", "{ }", ");", last=29)
    needs = [f'line {line}: a rule needs the setting "{name}"' for line in (20, 21, 22, 23) for name in ("name", "role_arn")]
    assert_wrong(log_in(text), sts, f"{PATH}:{'; '.join(needs[:6]).removeprefix('line ')}; and 2 more")


def test_longest_findings_leave_room_for_how_many_more_there_are(log_in, sts):
    attempt = log_in("".join(f"{letter * 500} = 1;\n" for letter in "abc"))
    assert_refused(attempt, "config")
    what = attempt.audit("what")
    assert what.startswith(f'{PATH}:1: the file has no setting "aaa') and what.endswith("a; and 5 more")
    assert sts.connections == 0


# The user.

@pytest.mark.parametrize("row", [row for row in WRONG if row[0] in ("unknown-key-of-a-rule", "no-issuer", "empty-rules", "syntax-error")],
                         ids=lambda row: row[0])
@pytest.mark.parametrize("with_token", [True, False], ids=["with-a-token", "with-a-password"])
def test_wrong_configuration_does_not_tell_who_exists(login_service, configure, idp, sts, row, with_token):
    configure(row[1])
    answer = idp.mint("alice") if with_token else "a Unix password"
    attempts = {user: login_service(user, answer, configured=True) for user in ("alice", "ghost", "root", "daemon", accounts.HELPER_USER)}
    assert_refused(attempts["alice"], "config")
    assert {(attempt.code, *attempt.prompts, *attempt.words) for attempt in attempts.values()} == {("PAM_SERVICE_ERR", QUESTION, WORDS_SETUP)}
    assert (sts.requests, sts.connections) == ([], 0)


# The files that are named, and the configuration's own.

@pytest.fixture
def stack(pam_service):
    """stack(arguments): the service that login_service uses, with arguments of the module's."""
    return lambda arguments: pam_service("bastion", "".join(f"{kind} required pam_aws_oidc.so {arguments}\n" for kind in ("auth", "session"))
                                         + "account required pam_permit.so\n")


# What names a file, and the line that it stands on.
NAMED = {
    "map_file": (13, "map_file = \"{}\";"),
    "policy_file": (28, f'{{{{ name = "everyone"; role_arn = "{cases.ENGINEER}"; policy_file = "{{}}"; }}}}'),
    "ca_file": (3, "ca_file = \"{}\";"),
    "ca_path": (3, "ca_path = \"{}\";"),
}


@pytest.fixture
def good(folder, authority):
    """good(setting): what a setting of NAMED may name; or "conf", a configuration."""
    def make(setting):
        path = folder / setting
        if setting == "ca_path":
            return authority.hashed_folder(path)
        path.write_text({"map_file": "alice alice\nbob bob\n", "policy_file": cases.policy("*"), "ca_file": CA_FILE.read_text(encoding="ascii"),
                         "conf": GOOD_TEXT}[setting], encoding="ascii")
        return path

    return make


@pytest.fixture
def log_in_with(login_service, log_in, stack, idp):
    """log_in_with(setting, path): Alice's attempt where the setting names this path."""
    def attempt(setting, path):
        if setting == "conf":
            stack(f"conf={path}")
            return login_service("alice", idp.mint("alice"), configured=True)
        line, text = NAMED[setting]
        return log_in(good_but(line, text.format(path)))

    return attempt


def assert_file_wrong(attempt, sts, setting, what):
    """Refused because of a file: the log says this, and which line names it."""
    if setting == "conf":
        assert_wrong(attempt, sts, what, prompts=[])
    else:
        # Whom the token belongs to is looked up in the map file once STS says that it is good.
        assert_wrong(attempt, sts, f"{PATH}:{NAMED[setting][0]}: {what}", requests=1 if setting == "map_file" else 0)


FILES = ["conf", "map_file", "policy_file", "ca_file"]


@pytest.mark.parametrize("setting", [*FILES, "ca_path"])
def test_file_that_is_spoilt_here_is_good(log_in_with, good, setting):
    assert log_in_with(setting, good(setting)).reason == "ok"


@pytest.mark.parametrize("setting, how", [(setting, how) for setting in [*FILES, "ca_path"] for how in DAMAGES if how != "relative"
                                          if (setting, how) != ("ca_path", "folder")] + [("ca_path", "file")])
def test_file_that_is_not_to_be_trusted_is_named(log_in_with, good, sts, setting, how):
    path, what = damaged(good(setting), how)
    assert_file_wrong(log_in_with(setting, path), sts, setting, what)


@pytest.mark.parametrize("shut", ["itself", "folder"])
@pytest.mark.parametrize("setting", ["map_file", "policy_file", "ca_file", "ca_path"])
def test_file_that_the_helper_may_not_read_is_named(log_in_with, good, sts, setting, shut):
    path = good(setting)
    (path if shut == "itself" else path.parent).chmod(0o600 if path.is_file() and shut == "itself" else 0o700)
    uid = pwd.getpwnam(accounts.HELPER_USER).pw_uid
    assert_file_wrong(log_in_with(setting, path), sts, setting,
                      f"{path}: Permission denied; uid {uid} must be able to read it, and to enter the folders above")


@pytest.mark.parametrize("shut", ["itself", "folder"])
def test_configuration_need_be_read_by_root_alone(log_in_with, good, shut):
    path = good("conf")
    (path if shut == "itself" else path.parent).chmod(0o600 if shut == "itself" else 0o700)
    assert log_in_with("conf", path).reason == "ok"


@pytest.mark.parametrize("setting, content, what", [
    ("map_file", "alice alice\n".ljust(10_000_000), "has more than 4194304 bytes"),
    ("map_file", "alice alice\nbob bob\0\n", "line 2 is not a claim's value and a user's name"),
    ("map_file", "alice alice\n\0\0\0\0", "line 2 is not a claim's value and a user's name"),
    ("policy_file", "", "line 1: is not one JSON object without duplicate members"),
    ("policy_file", cases.policy("*").ljust(10_000_000), "has more than 8192 bytes"),
    ("policy_file", cases.policy("*") + "\0", "holds a character that STS takes in no policy"),
    ("ca_file", "", "holds no certificates in PEM"),
    ("ca_file", "{}".ljust(10_000_000), "has more than 4194304 bytes"),
    ("ca_file", "\0{}", "holds no certificates in PEM"),
], ids=["map_file-10-mb", "map_file-nul-byte", "map_file-nul-bytes-at-its-end", "policy_file-empty", "policy_file-10-mb", "policy_file-nul-byte",
        "ca_file-empty", "ca_file-10-mb", "ca_file-nul-byte"])
def test_file_of_a_wrong_content_is_named(log_in_with, good, sts, setting, content, what):
    path = good(setting)
    path.write_text(content.replace("{}", path.read_text(encoding="ascii")) if setting == "ca_file" else content, encoding="ascii")
    assert_file_wrong(log_in_with(setting, path), sts, setting, f"{path}: {what}")


@pytest.mark.parametrize("spoil", [
    lambda text: text[:len(text) // 2],
    lambda text: text[:200] + "\0" + text[200:],
    lambda text: text.replace("M", "?"),
], ids=["cut", "nul-byte-inside", "no-base64"])
def test_ca_file_of_broken_certificates_is_named(log_in_with, good, sts, spoil):
    path = good("ca_file")
    path.write_text(spoil(path.read_text(encoding="ascii")), encoding="ascii")
    attempt = log_in_with("ca_file", path)
    assert_refused(attempt, "config")
    assert attempt.prompts == [QUESTION] and sts.requests == []
    assert attempt.audit("what").startswith(f"{PATH}:{NAMED['ca_file'][0]}: {path}: ")


def test_ca_path_that_the_helper_may_list_but_not_enter_is_named(log_in_with, good, sts):
    path = good("ca_path")
    path.chmod(0o744)
    attempt = log_in_with("ca_path", path)
    assert_refused(attempt, "config")
    assert attempt.audit("what").startswith(f"{PATH}:{NAMED['ca_path'][0]}: {path}: ") and sts.connections == 0


def test_ca_path_of_an_empty_folder_is_named(log_in_with, folder, sts):
    assert_file_wrong(log_in_with("ca_path", folder), sts, "ca_path", f"{folder}: has no hash links (*.0); use openssl rehash")


def test_empty_configuration_is_named(log_in, sts):
    assert_wrong(log_in(""), sts, "; ".join([f'{PATH}:0: the file needs the setting "sts"', 'line 0: the file needs the setting "providers"',
                                             'line 0: the file needs the setting "rules"']))


def test_empty_map_file_lets_nobody_in(log_in_with, good):
    path = good("map_file")
    path.write_text("", encoding="ascii")
    attempt = log_in_with("map_file", path)
    assert (attempt.reason, attempt.environment) == ("not_your_token", {})


# The helper.

@pytest.fixture
def helper():
    """The installed helper. It and its folder are put back afterwards."""
    kept = HELPER.parent.with_name("pam_aws_oidc.kept")
    shutil.copytree(HELPER.parent, kept)
    yield HELPER
    shutil.rmtree(HELPER.parent)
    kept.rename(HELPER.parent)


@pytest.fixture
def log_in_by(login_service, stack, idp, helper):
    """log_in_by(path): Alice's attempt by the helper that has this path; the installed one's is not named."""
    def attempt(path=helper):
        stack("" if path == helper else f"helper={path}")
        return login_service("alice", idp.mint("alice"))

    return attempt


def assert_no_helper(attempt, sts, what):
    """Refused because there is no helper to be started; nobody was asked anything."""
    assert (attempt.reason, attempt.audit("what")) == ("helper_missing", what)
    assert (attempt.code, attempt.words, attempt.prompts, attempt.environment) == ("PAM_SERVICE_ERR", [WORDS_SETUP], [], {})
    assert (sts.requests, sts.connections) == ([], 0)


@pytest.mark.parametrize("how", [*(how for how in DAMAGES if how not in ("relative", "socket", "symbolic-link")), "not-executable"])
def test_helper_that_is_not_to_be_trusted_is_named(log_in_by, sts, helper, how):
    path, what = damaged(helper, how)
    assert_no_helper(log_in_by(path), sts, what)


def test_helper_that_is_a_link_to_a_good_one_is_named(log_in_by, sts, helper):
    helper.rename(helper.with_name("good"))
    helper.symlink_to("good")
    assert_no_helper(log_in_by(), sts, f"{helper}: is a symbolic link")


@pytest.mark.parametrize("mode", [0o775, 0o757, 0o1777])
def test_helper_in_a_folder_that_others_may_write_to_is_named(log_in_by, sts, helper, mode):
    helper.parent.chmod(mode)
    assert_no_helper(log_in_by(), sts, f"{helper.parent}: others may write to it; use chmod go-w")


def test_helper_may_have_another_path(log_in_by, folder, helper):
    path = Path(shutil.copy(helper, folder))
    helper.unlink()
    assert log_in_by(path).reason == "ok"
    # It is the other one that was started: without it there is none.
    path.unlink()
    assert log_in_by(path).audit("what") == f"{path}: No such file or directory"


# What may stand in the helper's place, and how the module's own words for the end of that begin.
PROGRAMS = {
    "program-that-says-nothing": (Path("/bin/true").read_bytes(), "no frame arrived: "),
    "program-that-fails": (Path("/bin/false").read_bytes(), "helper ended with status 1: "),
    "script": (b"#!/bin/sh\nexit 0\n", "helper could not get its program: "),
    "program-of-no-machine": (b"\x7fELF but not really", "helper could not get its program: "),
    "text": (b"login-helper\n", "helper could not get its program: "),
    "empty": (b"", "helper could not get its program: "),
}


def replaced(path, content):
    """Put another program in the place of one, as a package manager does: the old one lives on where it runs."""
    new = path.with_name("new")
    new.write_bytes(content)
    new.chmod(0o711)
    new.rename(path)


@pytest.mark.parametrize("content, what", PROGRAMS.values(), ids=PROGRAMS)
def test_helper_that_is_another_program_lets_nobody_in(log_in_by, sts, helper, content, what):
    replaced(helper, content)
    attempt = log_in_by()
    assert (attempt.reason, attempt.code, attempt.words, attempt.environment) == ("system", "PAM_SYSTEM_ERR", [WORDS_SYSTEM], {})
    assert attempt.audit("what").startswith(what)
    assert (attempt.prompts, sts.requests, sts.connections) == ([], [], 0)


@pytest.mark.parametrize("change", [Path.unlink, lambda helper: replaced(helper, Path("/bin/true").read_bytes())], ids=["removed", "replaced"])
def test_login_that_waits_for_its_answer_goes_on_with_the_helper_that_it_has(module_login, ssh, idp, log, helper, change):
    with module_login():
        terminal = ssh.terminal("echo", "in")
        terminal.expect("OpenID Connect token: ")
        change(helper)
        terminal.sendline(idp.mint("alice"))
        terminal.expect("\r\nin\r\n")
        terminal.read()
        assert " reason=ok " in log.wait_for(r"pam_aws_oidc\(sshd:auth\): result=")
        log.clear()
        assert ssh.ssh("true", answers=[idp.mint("alice")]).status == 255
        assert "result=refused" in log.wait_for(r"pam_aws_oidc\(sshd:auth\): result=")


@pytest.mark.parametrize("line, problem", [
    ("", "does not exist"),
    (f"{accounts.HELPER_USER}:x:0:0::/:/bin/false\n", "must not be root"),
    (f"{accounts.HELPER_USER}:x:0:412::/:/bin/false\n", "must not be root"),
    (f"{accounts.HELPER_USER}:x:412:0::/:/bin/false\n", "must not be root"),
], ids=["missing", "root", "of-roots-uid", "of-roots-group"])
def test_helpers_user_that_cannot_be_is_named(log_in_by, put_file, sts, line, problem):
    passwd = Path("/etc/passwd")
    lines = [other for other in passwd.read_text(encoding="utf-8").splitlines(True) if not other.startswith(f"{accounts.HELPER_USER}:")]
    put_file(passwd, "".join([*lines, line]))
    assert_no_helper(log_in_by(), sts, f"the user {accounts.HELPER_USER} for the login helper {problem}")
