"""Session policies: what STS gets of the policy of a rule, to the byte, and what no policy may be.

A mistake in one is the administrator's: it names the file and, where there is one, the line; and nobody is let in without the limits that the policy
was to set.
"""

import json
import os
import shutil
import urllib.parse
from pathlib import Path

import pytest

import accounts
import cases
import module_configuration
from iam import Role, trust_policy
from refusals import assert_refused

ANYBODY = f"arn:aws:iam::{cases.ACCOUNT}:role/Anybody"
FILE = Path("/etc/security/session-policy.json")
LONGEST = 2048                               # characters that STS takes

# Where a finding about the one rule stands in the file that conftest.py's settings make.
RULE = f"{module_configuration.PATH}:3: "
IN_FILE = f"{RULE}{FILE}: "                  # in the file that the rule names


def document(resource="*", **members):
    """A session policy for some resource. `members` replace those of its statement."""
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": resource} | members
    return json.dumps({"Version": "2012-10-17", "Statement": statement}, ensure_ascii=False)


def of_length(characters, filler="x", resource=""):
    """A session policy of so many characters."""
    return document(resource + filler * (characters - len(document(resource))))


@pytest.fixture
def log_in(login_service, settings, idp, sts):
    """log_in(user="alice", **settings of the rule): an attempt of a user whose token says that it is his, for a role that trusts all of them."""
    sts.iam.roles.append(Role(ANYBODY, trust_policy(sts.iam.providers[0], aud=cases.AUDIENCE)))
    settings["providers"][0]["user"] = {"claim": "sub", "is": "%u"}

    def attempt(user="alice", **rule):
        settings["rules"] = [{"name": "everyone", "role_arn": ANYBODY} | rule]
        return login_service(user, idp.mint(user))

    return attempt


@pytest.fixture
def policy_file():
    """policy_file(text or bytes, mode=0o644): the file that FILE names, for the length of a test."""
    def put(content, mode=0o644):
        FILE.write_bytes(content.encode() if isinstance(content, str) else content)
        FILE.chmod(mode)
        return str(FILE)

    yield put
    FILE.unlink(missing_ok=True)


def policy_at(sts, number=-1):
    """The bytes of the policy that STS got."""
    fields = dict(urllib.parse.parse_qsl(sts.requests[number].body.decode("ascii"), encoding="latin-1"))
    return fields["Policy"].encode("latin-1")


def assert_unusable(attempt, sts, place, *words):
    """Refused for the configuration, whose place the audit line names; STS was not asked."""
    assert_refused(attempt, "config")
    assert attempt.audit("what").startswith(place)
    assert all(word in attempt.audit("what") for word in words), attempt.line
    assert (sts.requests, sts.connections) == ([], 0)


# What STS gets.

@pytest.mark.parametrize("user", ["alice", "bob", "Al.i-c_e+1=2,3@example.com", "x" * 64])
@pytest.mark.parametrize("setting", ["policy", "policy_file"])
def test_user_stands_in_the_policy_of_his_session(log_in, sts, policy_file, user, setting):
    if user not in ("alice", "bob"):
        accounts.add_user(user)
    text = document("arn:aws:s3:::home/%u/*", Sid="of%u", Action=["%u", "%u%u"])
    attempt = log_in(user, **{setting: policy_file(text) if setting == "policy_file" else text})
    assert attempt.reason == "ok"
    assert policy_at(sts) == text.replace("%u", user).encode()


def test_each_session_has_its_own_users_policy(log_in, sts):
    for user in ("alice", "bob", "alice"):
        assert log_in(user, policy=document("home/%u")).reason == "ok"
    assert [policy_at(sts, number) for number in range(3)] == [document(f"home/{user}").encode() for user in ("alice", "bob", "alice")]


@pytest.mark.parametrize("written, sent", [("100%%", "100%"), ("%%u", "%u"), ("%%%u", "%alice"), ("%u%%u", "alice%u"), ("%%%%", "%%"),
                                           ("%%25", "%25"), ("%u%u", "alicealice"), ("u", "u")])
def test_percent_sign_is_written_twice(log_in, sts, written, sent):
    assert log_in(policy=document(written)).reason == "ok"
    assert policy_at(sts) == document(sent).encode()


@pytest.mark.parametrize("setting", ["policy", "policy_file"])
def test_every_character_that_sts_takes_arrives(log_in, sts, policy_file, setting):
    inside = "".join(chr(code) for code in range(0x20, 0x100) if chr(code) not in '"\\')
    text = "\t\r\n " + document(inside.replace("%", "%%")) + "\r\n\t "
    assert log_in(**{setting: policy_file(text) if setting == "policy_file" else text}).reason == "ok"
    assert policy_at(sts) == ("\t\r\n " + document(inside) + "\r\n\t ").encode()


def test_escapes_of_json_are_left_as_they_are(log_in, sts, policy_file):
    text = document("RESOURCE").replace("RESOURCE", r"\u0100\ud83d\ude00\"\\\/\n\u0025u&=+;")
    assert log_in(policy_file=policy_file(text)).reason == "ok"
    assert policy_at(sts) == text.encode()


def test_what_means_something_to_a_form_arrives(log_in, sts):
    text = document("a&Policy=x&RoleArn=y;DurationSeconds=900#+%%41 %%")
    assert log_in(policy=text).reason == "ok"
    assert sts.requests[0].parameters["RoleArn"] == ANYBODY
    assert len(sts.requests[0].fields) == 6
    assert policy_at(sts) == text.replace("%%", "%").encode()


@pytest.mark.parametrize("text", ["{}", "{ }", '{"Statement": []}', '{"Version": 1e5, "a": [null, true, -0.5, {"b": "c"}]}'])
def test_what_a_policy_means_is_left_to_sts(log_in, sts, text):
    attempt = log_in(policy=text)
    assert (attempt.reason, attempt.audit("sts_code"), policy_at(sts)) == ("sts_request", "MalformedPolicyDocument", text.encode())


def test_without_a_policy_none_is_sent(log_in, sts):
    assert log_in().reason == "ok"
    assert [name for name in sts.requests[0].parameters if name.startswith("Policy")] == []


def test_policy_file_is_read_anew_for_each_login(log_in, sts, policy_file):
    for name in ("one", "two"):
        assert log_in(policy_file=policy_file(document(name))).reason == "ok"
        assert policy_at(sts) == document(name).encode()


def test_policy_file_of_another_rule_is_not_read(login_service, log_in, settings, idp):
    log_in()
    settings["rules"].insert(0, {"name": "bob", "users": ["bob"], "role_arn": ANYBODY, "policy_file": "/etc/security/no-such-file"})
    assert login_service("alice", idp.mint("alice")).audit("rule") == "everyone"
    assert login_service("bob", idp.mint("bob")).reason == "config"


@pytest.mark.parametrize("setting", ["policy", "policy_file"])
def test_policy_is_sent_for_an_opaque_token_too(log_in, login_service, settings, sts, policy_file, setting):
    settings["providers"].append({"name": "amazon", "provider_id": cases.AMAZON, "token_prefix": "Atza|",
                                  "audience": [cases.APPLICATION[cases.AMAZON]], "user": {"claim": "sub", "is": "amzn1.account.%u"}})
    settings["rules"] = [{"name": "shoppers", "role_arn": cases.SHOPPER, "policy_arns": [cases.READ_ONLY],
                          setting: policy_file(document("%u")) if setting == "policy_file" else document("%u")}]
    accounts.add_user("ALICE")
    assert login_service("ALICE", cases.ACCESS_TOKEN[cases.AMAZON]).reason == "ok"
    assert policy_at(sts) == document("ALICE").encode()
    assert (sts.requests[0].parameters["ProviderId"], sts.requests[0].parameters["PolicyArns.member.1.arn"]) == (cases.AMAZON, cases.READ_ONLY)


# How long a policy may be.

@pytest.mark.parametrize("filler", ["x", "\u00fc"])
@pytest.mark.parametrize("setting", ["policy", "policy_file"])
def test_longest_policy(log_in, sts, policy_file, filler, setting):
    text = of_length(LONGEST, filler)
    assert log_in(**{setting: policy_file(text) if setting == "policy_file" else text}).reason == "ok"
    assert policy_at(sts) == text.encode()


@pytest.mark.parametrize("filler", ["x", "\u00fc"])
def test_policy_that_is_too_long(log_in, sts, filler):
    assert_unusable(log_in(policy=of_length(LONGEST + 1, filler)), sts, RULE, "2048")


@pytest.mark.parametrize("characters", [LONGEST + 1, 4096, 10_000, 5_000_000])
def test_policy_file_that_is_too_long(log_in, sts, policy_file, characters):
    assert_unusable(log_in(policy_file=policy_file(of_length(characters))), sts, IN_FILE)


def test_newline_at_the_end_counts(log_in, sts, policy_file):
    assert log_in(policy_file=policy_file(of_length(LONGEST - 1) + "\n")).reason == "ok"
    sts.requests.clear()
    assert log_in(policy_file=policy_file(of_length(LONGEST) + "\n")).reason == "config"
    assert sts.requests == []


@pytest.mark.parametrize("setting, place", [("policy", f"{RULE}everyone: "), ("policy_file", IN_FILE)])
def test_users_name_that_makes_a_policy_too_long(log_in, sts, policy_file, setting, place):
    fitting, longer, longest = "x" * 32, "x" * 33, "x" * 64
    for user in (fitting, longer, longest):
        accounts.add_user(user)
    text = of_length(LONGEST - 10 * 30, resource="%u" * 10)
    rule = {setting: policy_file(text) if setting == "policy_file" else text}
    assert log_in(fitting, **rule).reason == "ok"
    assert len(policy_at(sts)) == LONGEST
    for user in (longer, longest):
        attempt = log_in(user, **rule)
        assert_refused(attempt, "config")
        assert attempt.audit("what").startswith(place) and "2048" in attempt.audit("what")
    assert len(sts.requests) == 1


def test_percent_sign_that_is_written_twice_counts_once(log_in, sts):
    assert log_in(policy=of_length(LONGEST + 200, resource="%%" * 200)).reason == "ok"
    assert len(policy_at(sts)) == LONGEST
    sts.requests.clear()
    assert log_in(policy=of_length(LONGEST + 201, resource="%%" * 200)).reason == "config"
    assert sts.requests == []


# What no policy may be.

BAD_TEXTS = [
    ("no-json", "allow everything", "line 1"),
    ("empty-lines", "\n\n", "line"),
    ("error-in-line-3", '{\n  "Version": "2012-10-17",\n  "Statement": [ }\n}\n', "line 3"),
    ("never-closed", '{\n  "Version": "2012-10-17"\n', "line"),
    ("comma-behind", '{\n  "Version": "2012-10-17",\n}', "line 3"),
    ("comment", '{ # all of it\n  "Version": "2012-10-17" }', "line 1"),
    ("array", '[ { "Version": "2012-10-17" } ]', "object"),
    ("text", '"Version"', "object"),
    ("number", "7", "object"),
    ("null", "null", "object"),
    ("two-objects", document() + document(), "object"),
    ("text-behind", document() + " allow", "object"),
    ("member-twice", '{ "Version": "2012-10-17",\n  "Version": "2008-10-17" }', "duplicate"),
    ("member-twice-below", '{ "Statement": { "Effect": "Deny", "Effect": "Allow" } }', "duplicate"),
    ("user-outside-a-text", '{ "Version": %u }', "line 1"),
    ("user-in-place-of-an-object", "%u", "line 1"),
    ("user-in-place-of-a-name", '{ %u: "2012-10-17" }', "line 1"),
    ("percent-sign-alone", document("100%"), "percent"),
    ("percent-sign-before-another-letter", document("%U"), "percent"),
    ("percent-sign-before-a-digit", document("%20"), "percent"),
    ("three-percent-signs", document("%%%"), "percent"),
    ("percent-sign-behind-a-user", document("%u%"), "percent"),
    ("letter-beyond-latin-1", document("\u0100"), "character"),
    ("currency-sign", document("\u20ac"), "character"),
    ("emoji", document("\U0001f600"), "character"),
    ("byte-order-mark", "\ufeff" + document(), "character"),
    ("control-character", document("RESOURCE").replace("RESOURCE", "\x01"), "character"),
    ("vertical-tabulator", "\x0b" + document(), "character"),
]


@pytest.mark.parametrize("text, word", [case[1:] for case in BAD_TEXTS], ids=[case[0] for case in BAD_TEXTS])
def test_policy_that_cannot_be_meant(log_in, sts, text, word):
    assert_unusable(log_in(policy=text), sts, RULE, '"policy"', word)


@pytest.mark.parametrize("text, word", [case[1:] for case in BAD_TEXTS], ids=[case[0] for case in BAD_TEXTS])
def test_policy_file_that_cannot_be_meant(log_in, sts, policy_file, text, word):
    assert_unusable(log_in(policy_file=policy_file(text)), sts, IN_FILE, word)


@pytest.mark.parametrize("members, clashes", [
    ('"alice": 1, "%u": 2', True),
    ('"%u": 1, "alice": 2', True),
    (r'"\u0061lice": 1, "%u": 2', True),
    ('"x-alice": 1, "x-%u": 2', True),
    ('"a": { "alice": 1,\n "%u": 2 }', True),
    ('"Alice": 1, "%u": 2, "%u2": 3, "u": 4', False),
    ('"a": { "alice": 1 }, "%u": 2', False),
    ('"a": "alice", "b": "%u"', False),
])
@pytest.mark.parametrize("setting, place", [("policy", f"{RULE}everyone: "), ("policy_file", IN_FILE)])
def test_users_name_that_makes_two_members_of_one_name(log_in, sts, policy_file, setting, place, members, clashes):
    text = document("*", Condition="CONDITION").replace('"CONDITION"', f'{{ "StringLike": {{\n{members} }} }}')
    rule = {setting: policy_file(text) if setting == "policy_file" else text}
    assert log_in("bob", **rule).reason == "ok"
    assert policy_at(sts) == text.replace("%u", "bob").encode()
    sts.requests.clear()
    attempt = log_in("alice", **rule)
    if clashes:
        assert_refused(attempt, "config")
        line = 2 + members.count("\n")
        assert attempt.audit("what") == f"{place}line {line}: with the user in it, it has duplicate members"
        assert sts.requests == []
    else:
        assert attempt.reason == "ok"
        assert policy_at(sts) == text.replace("%u", "alice").encode()


@pytest.mark.parametrize("members", [r'"100%%": 1, "100\u0025": 2', '"%u": 1, "xx": 2'])
def test_policy_that_has_duplicate_members_with_a_user_in_it_is_found_whoever_logs_in_where_that_can_be(log_in, sts, members):
    assert_unusable(log_in(policy=document(Condition="CONDITION").replace('"CONDITION"', f"{{ {members} }}")), sts, RULE, "duplicate")


@pytest.mark.parametrize("user", ["12", "1e5", "alice"])
def test_user_whose_name_would_be_json_stands_in_texts_only(log_in, sts, policy_file, user):
    if user != "alice":
        accounts.add_user(user)
    assert_unusable(log_in(user, policy_file=policy_file('{ "Statement": %u }')), sts, IN_FILE)


@pytest.mark.parametrize("content", [document("\u00fc").encode("latin-1"), document().encode() + b"\0", b"\0", document().encode("utf-16"),
                                     document("RESOURCE").encode().replace(b"RESOURCE", b"a\0b"), document("x").encode().replace(b"x", b"\xc1\xbf"),
                                     document("RESOURCE").encode().replace(b"RESOURCE", b"\xed\xa0\x80")],
                         ids=["latin-1", "nul-behind", "nul", "utf-16", "nul-inside", "utf-8-too-long", "surrogate"])
def test_policy_file_of_bytes_that_are_no_text(log_in, sts, policy_file, content):
    assert_unusable(log_in(policy_file=policy_file(content)), sts, IN_FILE, "character")


def test_empty_policy(log_in, sts):
    assert_unusable(log_in(policy=""), sts, RULE, '"policy"')


def test_empty_policy_file(log_in, sts, policy_file):
    assert_unusable(log_in(policy_file=policy_file("")), sts, IN_FILE)


# Files that cannot be trusted, or not be read.

def test_policy_file_that_is_missing(log_in, sts):
    assert_unusable(log_in(policy_file=str(FILE)), sts, IN_FILE, "No such file")


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666, 0o622, 0o777])
def test_policy_file_that_others_may_write(log_in, sts, policy_file, mode):
    assert_unusable(log_in(policy_file=policy_file(document(), mode)), sts, IN_FILE)


@pytest.mark.parametrize("owner", ["alice", accounts.HELPER_USER])
def test_policy_file_of_somebody_else(log_in, sts, policy_file, owner):
    policy_file(document())
    shutil.chown(FILE, owner)
    assert_unusable(log_in(policy_file=str(FILE)), sts, IN_FILE)


def test_policy_file_that_the_helper_may_not_read(log_in, sts, policy_file):
    assert_unusable(log_in(policy_file=policy_file(document(), 0o600)), sts, IN_FILE, "Permission denied")


def test_policy_file_that_the_helpers_group_may_read(log_in, sts, policy_file):
    policy_file(document(), 0o640)
    shutil.chown(FILE, "root", accounts.HELPER_USER)
    assert log_in(policy_file=str(FILE)).reason == "ok"
    assert policy_at(sts) == document().encode()


def test_policy_file_that_is_a_folder(log_in, sts):
    assert_unusable(log_in(policy_file="/etc/security"), sts, f"{RULE}/etc/security: ")


def test_policy_file_that_is_a_pipe_is_not_waited_for(log_in, sts, policy_file):
    os.mkfifo(FILE, 0o644)
    assert_unusable(log_in(policy_file=str(FILE)), sts, IN_FILE)


def test_policy_file_that_is_a_link(log_in, sts, policy_file, put_file):
    target = put_file("/etc/security/target.json", document())
    FILE.symlink_to(target)
    assert_unusable(log_in(policy_file=str(FILE)), sts, IN_FILE)


def test_policy_file_below_a_link(log_in, sts, folder, put_file):
    (folder / "real").mkdir(mode=0o755)
    (folder / "link").symlink_to("real")
    (folder / "real/policy.json").write_text(document(), encoding="ascii")
    assert log_in(policy_file=f"{folder}/real/policy.json").reason == "ok"
    sts.requests.clear()
    attempt = log_in(policy_file=f"{folder}/link/policy.json")
    assert_refused(attempt, "config")
    assert f"{folder}/link" in attempt.audit("what") and sts.requests == []


@pytest.mark.parametrize("mode, owner", [(0o777, "root"), (0o775, "root"), (0o755, "alice")])
def test_policy_file_in_a_folder_that_others_may_write(log_in, sts, folder, mode, owner):
    (folder / "policy.json").write_text(document(), encoding="ascii")
    folder.chmod(mode)
    shutil.chown(folder, owner)
    attempt = log_in(policy_file=f"{folder}/policy.json")
    assert_refused(attempt, "config")
    assert f"{folder}" in attempt.audit("what") and sts.requests == []


@pytest.mark.parametrize("path", ["policy.json", "./policy.json", "~/policy.json", "file:///etc/security/session-policy.json", ""])
def test_policy_file_is_named_by_an_absolute_path(log_in, sts, path):
    assert_unusable(log_in(policy_file=path), sts, RULE, '"policy_file"')


def test_user_does_not_stand_in_the_name_of_the_policy_file(log_in, sts):
    assert_unusable(log_in(policy_file="/etc/security/%u.json"), sts, f"{RULE}/etc/security/%u.json: ")


@pytest.mark.parametrize("value", [7, True, ["{}"], {"Version": "2012-10-17"}], ids=["number", "boolean", "array", "group"])
@pytest.mark.parametrize("setting", ["policy", "policy_file"])
def test_policy_of_another_type(log_in, sts, setting, value):
    assert_unusable(log_in(**{setting: value}), sts, RULE, f'"{setting}"')


def test_policy_and_policy_file_together(log_in, sts, policy_file):
    assert_unusable(log_in(policy=document(), policy_file=policy_file(document())), sts, RULE, '"policy"', '"policy_file"')


# Managed policies.

def own_policy(name):
    return f"arn:aws:iam::{cases.ACCOUNT}:policy/{name}"


@pytest.mark.parametrize("arns", [
    [cases.READ_ONLY],
    [cases.OWN_POLICY, cases.READ_ONLY],
    [own_policy(f"Policy{number}") for number in range(10)],
    [own_policy("team/bastion/" + "x" * 128)],
    [own_policy("w+=,.@-_W9")],
    ["arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"],
], ids=["of-aws", "both-in-order", "ten", "path-and-longest-name", "signs", "path-of-aws"])
def test_managed_policies_arrive_in_their_order(log_in, sts, arns):
    assert log_in(policy_arns=arns).reason == "ok"
    sent = {name: value for name, value in sts.requests[0].parameters.items() if name.startswith("Policy")}
    assert sent == {f"PolicyArns.member.{number}.arn": arn for number, arn in enumerate(arns, start=1)}


@pytest.mark.parametrize("arns", [
    [own_policy(f"Policy{number}") for number in range(11)],
    [f"arn:aws:iam::{cases.ACCOUNT_WITHOUT_STS}:policy/Restrict"],
    [cases.READ_ONLY, f"arn:aws:iam::{cases.ACCOUNT_WITHOUT_STS}:policy/Restrict"],
    [f"arn:aws-cn:iam::{cases.ACCOUNT}:policy/Restrict"],
    ["arn:aws-cn:iam::aws:policy/ReadOnlyAccess"],
    ["arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess"],
    ["arn:aws:iam::AWS:policy/ReadOnlyAccess"],
    ["arn:aws:iam:::policy/ReadOnlyAccess"],
    ["arn:aws:iam::aws-managed:policy/ReadOnlyAccess"],
    ["arn:aws:iam:eu-west-1:aws:policy/ReadOnlyAccess"],
    ["arn:aws:s3::aws:policy/ReadOnlyAccess"],
    ["ReadOnlyAccess"],
    ["arn:aws:iam::aws:policy/"],
    ["arn:aws:iam::aws:policy/ends-in-a-slash/"],
    ["arn:aws:iam::aws:policy"],
    [ANYBODY],
    [own_policy("with a blank")],
    [own_policy("x" * 129)],
    [own_policy("caf\u00e9-and-more")],
    [own_policy("star*")],
    [own_policy("path/star*")],
    [own_policy("path/" + "x" * 129)],
    [" " + cases.READ_ONLY],
    [cases.READ_ONLY + " "],
    [cases.READ_ONLY + "\n"],
    [own_policy("%u")],
    [own_policy("x" * 2048)],
    [""],
    [cases.READ_ONLY, ""],
    [],
    [7],
    cases.READ_ONLY,
    True,
], ids=lambda arns: str(arns).replace(" ", "_")[:60])
def test_managed_policies_that_cannot_be_meant(log_in, sts, arns):
    assert_unusable(log_in(policy_arns=arns), sts, RULE, "polic")


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_managed_policies_are_of_the_roles_partition(log_in, sts, partition):
    # STS in the world is not that partition's: what it gets is what counts.
    role = f"arn:{partition}:iam::{cases.ACCOUNT}:role/Anybody"
    arns = [f"arn:{partition}:iam::aws:policy/ReadOnlyAccess", f"arn:{partition}:iam::{cases.ACCOUNT}:policy/Restrict"]
    assert log_in(role_arn=role, policy_arns=arns).reason != "config"
    assert [sts.requests[0].parameters[f"PolicyArns.member.{number}.arn"] for number in (1, 2)] == arns


def test_managed_and_inline_policies_together_at_their_longest(log_in, sts):
    arns = [own_policy("x" * 100), own_policy("y" * 100)]
    text = of_length(LONGEST - sum(map(len, arns)))
    assert log_in(policy=text, policy_arns=arns).reason == "ok"
    assert len(policy_at(sts)) + sum(map(len, arns)) == LONGEST


def test_managed_and_inline_policies_together_too_long(log_in, sts):
    arns = [own_policy("x" * 100), own_policy("y" * 100)]
    text = of_length(LONGEST - sum(map(len, arns)) + 1)
    assert_unusable(log_in(policy=text, policy_arns=arns), sts, RULE, "2048")


def test_managed_policies_and_a_policy_file_together_too_long(log_in, sts, policy_file):
    arns = [own_policy("x" * 100), own_policy("y" * 100)]
    text = of_length(LONGEST - sum(map(len, arns)))
    assert log_in(policy_file=policy_file(text), policy_arns=arns).reason == "ok"
    sts.requests.clear()
    attempt = log_in(policy_file=policy_file(text + " "), policy_arns=arns)
    assert_refused(attempt, "config")
    assert attempt.audit("what").startswith(IN_FILE) and "2048" in attempt.audit("what") and sts.requests == []


def test_users_name_that_makes_managed_and_inline_policies_too_long(log_in, sts):
    accounts.add_user("alice2")
    arns = [own_policy("x" * 100)]
    text = of_length(LONGEST - len(arns[0]) - 3, resource="%u")
    assert log_in(policy=text, policy_arns=arns).reason == "ok"
    attempt = log_in("alice2", policy=text, policy_arns=arns)
    assert_refused(attempt, "config")
    assert attempt.audit("what").startswith(f"{RULE}everyone: ") and "2048" in attempt.audit("what")
    assert len(sts.requests) == 1
