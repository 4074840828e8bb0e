"""Users, what their tokens claim, and the rule that must serve them: the table of test_rules.py.

Rules are written as an administrator writes them. Every user of the table presents a good token whose subject is his name, so that only the rules
tell what comes of it. The users are called for the groups that they are in; PEOPLE makes them.
"""

import dataclasses

import accounts
import cases


def role_arn(rule):
    return f"arn:aws:iam::{cases.ACCOUNT}:role/rules/{rule}"


def text(rules):
    """The setting `rules` for a dictionary of names and the settings of each, a rule to a line. Each has a role of its name."""
    lines = [f'  {{ name = "{name}"; role_arn = "{role_arn(name)}"; {settings} }}' for name, settings in rules.items()]
    return "rules = (\n" + ",\n".join(lines) + "\n);\n"


def add_people():
    """The users and groups of the table, beside alice and bob, who are in no group but their own."""
    for name in ("carol", "Carol", "caro", "carol2", "in-ops", "in-ops2", "in-lower", "in-upper", "in-100", "in-100-others", "in-dba", "in-no-dba",
                 "in-both", "in-alias", "in-audit", "in-huge", "dba-by-name"):
        accounts.add_user(name)
    for number in range(99):
        accounts.add_group(f"crowd{number:02}", "in-100", "in-100-others")
    accounts.add_group("crowd99", "in-100-others")
    ops = accounts.add_group("ops", "in-ops", "in-both", "in-100")
    accounts.add_user("first-ops", group=ops)
    accounts.add_user("first-ops2", group=accounts.add_group("ops2", "in-ops2"))
    accounts.add_group("Ops-Night-2", "in-upper")
    accounts.add_group("ops-night-2", "in-lower")
    dba = accounts.add_group("dba", "in-dba", "in-both")
    accounts.add_group("dba-alias", "in-alias", gid=dba.gr_gid)
    accounts.add_group("audit", "in-audit", "bob")
    accounts.add_group("huge", *(f"absent{number}" for number in range(5000)), "in-huge")


# What most rows are tried against. Every user and token can be served by one of them at most, unless a row says so.
RULES = {
    "named": 'users = [ "carol", "carol" ];',
    "operators": 'groups = [ "ops", "Ops-Night-2", "ops" ];',
    "databases": 'users = [ "dba-by-name" ]; groups = [ "dba" ];',
    "auditors": 'groups = [ "audit" ]; claims = ( { claim = "audit"; any = [ true ]; } );',
    "department": 'claims = ( { claim = "department"; any = [ "sre", "platform", "B\u00fccherei" ]; } );',
    "both": 'claims = ( { claim = "team"; any = [ "red", "blue" ]; }, { claim = "grade"; any = [ "senior" ]; } );',
    "level": 'claims = ( { claim = "level"; any = [ 3, 0, -7 ]; } );',
    "on-call": 'claims = ( { claim = "on_call"; any = [ true ]; } );',
    "guest": 'claims = ( { claim = "staff"; any = [ false ]; } );',
    "mixed": 'claims = ( { claim = "mixed"; any = ( "1", 2, true ); } );',
    "namespace": 'claims = ( { claim = [ "kubernetes.io", "namespace" ]; any = [ "prod" ]; } );',
    "dotted": 'claims = ( { claim = "a.b"; any = [ "yes" ]; } );',
    "url": 'claims = ( { claim = "https://example.com/claims/role"; any = [ "admin" ]; } );',
    "urn": 'claims = ( { claim = "urn:example:role"; any = [ "admin" ]; } );',
    "deep": 'claims = ( { claim = [ "a", "b", "c", "d", "e", "f" ]; any = [ "here" ]; } );',
    "address": 'claims = ( { claim = "email"; any = [ "alice@example.com" ]; } );',
    "contact": 'claims = ( { claim = [ "contact", "email" ]; any = [ "alice@example.com" ]; } );',
}

# Rules for the rows that want others.
EVERYBODY = {"everybody": ""}
WIDE_FIRST = {"wide": "", "narrow": 'users = [ "alice" ];'}
NARROW_FIRST = {"narrow": 'users = [ "alice" ];', "wide": ""}
BY_USER_THEN_CLAIM = {"user": 'users = [ "alice" ];', "claim": 'claims = ( { claim = "a"; any = [ 1 ]; } );'}
BY_CLAIM_THEN_USER = {"claim": 'claims = ( { claim = "a"; any = [ 1 ]; } );', "user": 'users = [ "alice" ];'}
FOR_NOBODY = {"nobody": 'users = [ "no-such-user" ];'}
FOR_NOBODY_AT_FIRST = FOR_NOBODY | EVERYBODY
OF_MANY_MEMBERS = {"huge": 'groups = [ "huge" ];'}
CALLED_LIKE_A_GROUP = {"user": 'users = [ "ops", "audit" ];'}
OWN_GROUP = {"own": 'groups = [ "alice" ];'}
USER_OR_GROUP_AND_CLAIM = {"all": 'users = [ "alice" ]; groups = [ "audit" ]; claims = ( { claim = "a"; any = [ 1 ]; } );'}
SAME_CLAIM_TWICE = {"twice": 'claims = ( { claim = "team"; any = [ "red" ]; }, { claim = "team"; any = [ "blue" ]; } );'}
SAME_VALUE_TWICE = {"twice": 'claims = ( { claim = "team"; any = [ "red", "red" ]; } );'}
PATH_OF_ONE = {"one": 'claims = ( { claim = [ "team" ]; any = [ "red" ]; } );'}
ADDRESS_BY_A_PATH = {"address": 'claims = ( { claim = [ "email" ]; any = [ "alice@example.com" ]; } );'}
ADDRESS_AND_MORE = {"more": 'claims = ( { claim = "team"; any = [ "red" ]; }, { claim = "email"; any = [ "alice@example.com" ]; } );'}
LARGE = {"large": 'claims = ( { claim = "id"; any = [ 9007199254740991L, -9007199254740991L ]; } );',
         "fits": 'claims = ( { claim = "id"; any = ( 2147483647, 2147483648L, 4294967296L, 0x100000001L ); } );'}
FRACTION = {"fraction": 'claims = ( { claim = "share"; any = [ 1.5, 0.1 ]; } );'}
TEXTS_LIKE_OTHERS = {"texts": 'claims = ( { claim = "odd"; any = [ "true", "null", "[]", "{}", "3.0" ]; } );'}
WRITTEN_WITH_CARE = {"written": 'users = ( /* "bob", */ "al\\x69ce" /* alone */ ); '
                                'claims = ( { claim = "a" /* in two parts */ ".b"; any = [ "\\\\", "\\"" ]; } );'}
OF_THE_STANDARD = {"aud": 'claims = ( { claim = "iss"; any = [ "https://login.example.com" ]; }, { claim = "sub"; any = [ "bob" ]; } );'}


@dataclasses.dataclass(frozen=True)
class Row:
    what: str
    user: str
    claims: dict                             # None is null here
    expected: str                            # a rule's name, or one of REFUSALS
    rules: dict = dataclasses.field(default_factory=lambda: RULES)


NO_RULE = "no_rule"
BAD_CLAIMS = "bad_claims"                    # for a number that nobody can hold
REFUSALS = {NO_RULE: "PAM_MAXTRIES", BAD_CLAIMS: "PAM_AUTH_ERR"}

ROWS = [
    # Users.
    Row("user is named", "carol", {}, "named"),
    Row("user of another case", "Carol", {}, NO_RULE),
    Row("user whose name is a part", "caro", {}, NO_RULE),
    Row("user whose name is longer", "carol2", {}, NO_RULE),
    Row("user without any rule", "alice", {}, NO_RULE),
    Row("rule for everybody", "alice", {}, "everybody", EVERYBODY),
    Row("rule for everybody, another user", "in-100", {"department": "sre"}, "everybody", EVERYBODY),
    Row("rule for a user whom nobody is", "alice", {}, NO_RULE, FOR_NOBODY),
    Row("rule for a user whom nobody is, then one for everybody", "alice", {}, "everybody", FOR_NOBODY_AT_FIRST),
    Row("claims do not make a user", "alice", {"users": ["carol"], "user": "carol", "name": "carol", "preferred_username": "carol"}, NO_RULE),

    # Groups.
    Row("supplementary group", "in-ops", {}, "operators"),
    Row("primary group", "first-ops", {}, "operators"),
    Row("group whose name is longer", "in-ops2", {}, NO_RULE),
    Row("primary group whose name is longer", "first-ops2", {}, NO_RULE),
    Row("group with upper case, a digit and hyphens", "in-upper", {}, "operators"),
    Row("group of another case", "in-lower", {}, NO_RULE),
    Row("last of a hundred groups", "in-100", {}, "operators"),
    Row("a hundred groups, none of them right", "in-100-others", {}, NO_RULE),
    Row("last of five thousand members", "in-huge", {}, "huge", OF_MANY_MEMBERS),
    Row("none of five thousand members", "in-100", {}, NO_RULE, OF_MANY_MEMBERS),
    Row("another name of the same gid", "in-alias", {}, "databases"),
    Row("several groups with rules: the first rule", "in-both", {}, "operators"),
    Row("claims do not make a group", "alice", {"groups": ["ops", "dba"], "group": "ops"}, NO_RULE),
    Row("user's own group", "alice", {}, "own", OWN_GROUP),
    Row("another user's own group", "bob", {}, NO_RULE, OWN_GROUP),
    Row("group's name among the users", "in-ops", {}, NO_RULE, CALLED_LIKE_A_GROUP),

    # Users or groups.
    Row("user of users or groups", "dba-by-name", {}, "databases"),
    Row("group of users or groups", "in-dba", {}, "databases"),
    Row("neither of users or groups", "in-no-dba", {}, NO_RULE),

    # Users or groups, and claims.
    Row("group and claim", "in-audit", {"audit": True}, "auditors"),
    Row("group without the claim", "in-audit", {}, NO_RULE),
    Row("group with another value of the claim", "in-audit", {"audit": False}, NO_RULE),
    Row("claim without the group", "alice", {"audit": True}, NO_RULE),
    Row("another member of the group, with the claim", "bob", {"audit": True}, "auditors"),
    Row("user of three, with the claim", "alice", {"a": 1}, "all", USER_OR_GROUP_AND_CLAIM),
    Row("group of three, with the claim", "in-audit", {"a": 1}, "all", USER_OR_GROUP_AND_CLAIM),
    Row("user of three, without the claim", "alice", {}, NO_RULE, USER_OR_GROUP_AND_CLAIM),
    Row("group of three, without the claim", "in-audit", {"a": 2}, NO_RULE, USER_OR_GROUP_AND_CLAIM),
    Row("claim of three alone", "in-ops", {"a": 1}, NO_RULE, USER_OR_GROUP_AND_CLAIM),

    # Texts.
    Row("text", "alice", {"department": "sre"}, "department"),
    Row("another text of the list", "bob", {"department": "platform"}, "department"),
    Row("text beyond ASCII", "alice", {"department": "B\u00fccherei"}, "department"),
    Row("text beyond ASCII that is composed otherwise", "alice", {"department": "Bu\u0308cherei"}, NO_RULE),
    Row("text without its dots", "alice", {"department": "Bucherei"}, NO_RULE),
    Row("text in another case", "alice", {"department": "SRE"}, NO_RULE),
    Row("text beyond ASCII in another case", "alice", {"department": "B\u00dccherei"}, NO_RULE),
    Row("text with more at its end", "alice", {"department": "sre-guest"}, NO_RULE),
    Row("text with more in front", "alice", {"department": "ex-sre"}, NO_RULE),
    Row("text that is a beginning", "alice", {"department": "sr"}, NO_RULE),
    Row("text that is an end", "alice", {"department": "re"}, NO_RULE),
    Row("text with a blank at its end", "alice", {"department": "sre "}, NO_RULE),
    Row("text with a newline at its end", "alice", {"department": "sre\n"}, NO_RULE),
    Row("text that lists texts", "alice", {"department": "sre,platform"}, NO_RULE),
    Row("text that is a pattern", "alice", {"department": "*"}, NO_RULE),
    Row("empty text", "alice", {"department": ""}, NO_RULE),
    Row("claim's name in another case", "alice", {"Department": "sre"}, NO_RULE),
    Row("claim's name with more at its end", "alice", {"department2": "sre"}, NO_RULE),
    Row("claim that is missing", "alice", {"team": "sre"}, NO_RULE),
    Row("claims of the standard", "bob", {}, "aud", OF_THE_STANDARD),
    Row("claims of the standard, another user", "alice", {}, NO_RULE, OF_THE_STANDARD),

    # Arrays and what is no value.
    Row("array", "alice", {"department": ["hr", "sre"]}, "department"),
    Row("array of one", "alice", {"department": ["sre"]}, "department"),
    Row("array with the value twice", "alice", {"department": ["sre", "sre"]}, "department"),
    Row("array of several types", "alice", {"department": [None, {}, [], 7, True, "sre"]}, "department"),
    Row("array of others", "alice", {"department": ["hr", "sales"]}, NO_RULE),
    Row("array of parts", "alice", {"department": ["s", "r", "e"]}, NO_RULE),
    Row("empty array", "alice", {"department": []}, NO_RULE),
    Row("array of arrays", "alice", {"department": [["sre"]]}, NO_RULE),
    Row("array of objects", "alice", {"department": [{"department": "sre"}, {"sre": "sre"}]}, NO_RULE),
    Row("array of null", "alice", {"department": [None]}, NO_RULE),
    Row("null", "alice", {"department": None}, NO_RULE),
    Row("object with the value as a member's name", "alice", {"department": {"sre": True}}, NO_RULE),
    Row("object with the value as a member's value", "alice", {"department": {"department": "sre"}}, NO_RULE),
    Row("empty object", "alice", {"department": {}}, NO_RULE),
    Row("number where texts are meant", "alice", {"department": 3}, NO_RULE),
    Row("boolean where texts are meant", "alice", {"department": True}, NO_RULE),
    Row("boolean where a text like it is meant", "alice", {"odd": True}, NO_RULE, TEXTS_LIKE_OTHERS),
    Row("null where a text like it is meant", "alice", {"odd": None}, NO_RULE, TEXTS_LIKE_OTHERS),
    Row("empty array where a text like it is meant", "alice", {"odd": []}, NO_RULE, TEXTS_LIKE_OTHERS),
    Row("empty object where a text like it is meant", "alice", {"odd": {}}, NO_RULE, TEXTS_LIKE_OTHERS),
    Row("number where a text like it is meant", "alice", {"odd": 3.0}, NO_RULE, TEXTS_LIKE_OTHERS),
    Row("text that looks like null", "alice", {"odd": "null"}, "texts", TEXTS_LIKE_OTHERS),

    # All conditions of a rule.
    Row("both conditions", "alice", {"team": "red", "grade": "senior"}, "both"),
    Row("both conditions, by arrays", "alice", {"grade": ["junior", "senior"], "team": ["green", "blue"]}, "both"),
    Row("the first condition alone", "alice", {"team": "red"}, NO_RULE),
    Row("the second condition alone", "alice", {"grade": "senior"}, NO_RULE),
    Row("the first condition with a wrong second one", "alice", {"team": "red", "grade": "junior"}, NO_RULE),
    Row("the second condition with a wrong first one", "alice", {"team": "green", "grade": "senior"}, NO_RULE),
    Row("conditions whose values are exchanged", "alice", {"team": "senior", "grade": "red"}, NO_RULE),
    Row("a claim of two conditions, both of them", "alice", {"team": ["blue", "red"]}, "twice", SAME_CLAIM_TWICE),
    Row("a claim of two conditions, one of them", "alice", {"team": "red"}, NO_RULE, SAME_CLAIM_TWICE),
    Row("a value that a condition lists twice", "alice", {"team": "red"}, "twice", SAME_VALUE_TWICE),

    # Numbers.
    Row("number", "alice", {"level": 3}, "level"),
    Row("number in an array", "alice", {"level": [1, 2, 3]}, "level"),
    Row("nought", "alice", {"level": 0}, "level"),
    Row("negative number", "alice", {"level": -7}, "level"),
    Row("number written with a fraction of nought", "alice", {"level": 3.0}, "level"),
    Row("another number", "alice", {"level": 4}, NO_RULE),
    Row("number of the other sign", "alice", {"level": 7}, NO_RULE),
    Row("number between", "alice", {"level": 3.5}, NO_RULE),
    Row("number that wraps to the same", "alice", {"level": 2**32 + 3}, NO_RULE),
    Row("number that wraps to the same in 64 bits", "alice", {"level": 2**64 + 3}, NO_RULE),
    Row("number beyond every range that is no whole one", "alice", {"level": 1e300}, NO_RULE),
    Row("whole number beyond 64 bits", "alice", {"level": 10**300}, NO_RULE),
    Row("number beyond every range", "alice", {"level": 10**400}, BAD_CLAIMS),
    Row("number as a text", "alice", {"level": "3"}, NO_RULE),
    Row("nought as false", "alice", {"level": False}, NO_RULE),
    Row("nought as null", "alice", {"level": None}, NO_RULE),
    Row("nought as an empty text", "alice", {"level": ""}, NO_RULE),
    Row("number of 32 bits", "alice", {"id": 2**31 - 1}, "fits", LARGE),
    Row("number of 33 bits", "alice", {"id": 2**31}, "fits", LARGE),
    Row("number of 34 bits", "alice", {"id": 2**32}, "fits", LARGE),
    Row("number that 32 bits hold by another", "alice", {"id": -2**31}, NO_RULE, LARGE),
    Row("number that 32 bits hold by nought", "alice", {"id": 0}, NO_RULE, LARGE),
    Row("number in hexadecimal digits", "alice", {"id": 2**32 + 1}, "fits", LARGE),
    Row("largest number", "alice", {"id": 2**53 - 1}, "large", LARGE),
    Row("largest number of the other sign", "alice", {"id": 1 - 2**53}, "large", LARGE),
    Row("number before the largest", "alice", {"id": 2**53 - 2}, NO_RULE, LARGE),
    Row("number behind the largest", "alice", {"id": 2**53}, NO_RULE, LARGE),
    Row("number that a double does not hold", "alice", {"id": 2**53 + 1}, NO_RULE, LARGE),
    Row("negative number that a double does not hold", "alice", {"id": -2**53 - 1}, NO_RULE, LARGE),
    Row("largest number of 64 bits", "alice", {"id": 2**63 - 1}, NO_RULE, LARGE),
    Row("number that is too large for 64 bits", "alice", {"id": 2.0**63}, NO_RULE, LARGE),
    Row("fraction", "alice", {"share": 1.5}, "fraction", FRACTION),
    Row("fraction that no binary number is", "alice", {"share": 0.1}, "fraction", FRACTION),
    Row("whole number where a fraction is meant", "alice", {"share": 1}, NO_RULE, FRACTION),

    # Booleans.
    Row("true", "alice", {"on_call": True}, "on-call"),
    Row("true in an array", "alice", {"on_call": [False, True]}, "on-call"),
    Row("false where true is meant", "alice", {"on_call": False}, NO_RULE),
    Row("text true", "alice", {"on_call": "true"}, NO_RULE),
    Row("one where true is meant", "alice", {"on_call": 1}, NO_RULE),
    Row("false", "alice", {"staff": False}, "guest"),
    Row("true where false is meant", "alice", {"staff": True}, NO_RULE),
    Row("nought where false is meant", "alice", {"staff": 0}, NO_RULE),
    Row("null where false is meant", "alice", {"staff": None}, NO_RULE),
    Row("empty text where false is meant", "alice", {"staff": ""}, NO_RULE),
    Row("empty array where false is meant", "alice", {"staff": []}, NO_RULE),

    # Values of several types in one condition.
    Row("text of a mixed list", "alice", {"mixed": "1"}, "mixed"),
    Row("number of a mixed list", "alice", {"mixed": 2}, "mixed"),
    Row("boolean of a mixed list", "alice", {"mixed": True}, "mixed"),
    Row("number that the list has as a text", "alice", {"mixed": 1}, NO_RULE),
    Row("text that the list has as a number", "alice", {"mixed": "2"}, NO_RULE),
    Row("text that the list has as a boolean", "alice", {"mixed": "true"}, NO_RULE),
    Row("boolean that the list does not have", "alice", {"mixed": False}, NO_RULE),

    # Names and paths.
    Row("path", "alice", {"kubernetes.io": {"namespace": "prod"}}, "namespace"),
    Row("path to an array", "alice", {"kubernetes.io": {"namespace": ["dev", "prod"], "pod": "web"}}, "namespace"),
    Row("path to another value", "alice", {"kubernetes.io": {"namespace": "dev"}}, NO_RULE),
    Row("path through an array", "alice", {"kubernetes.io": [{"namespace": "prod"}]}, NO_RULE),
    Row("path through a text", "alice", {"kubernetes.io": "prod"}, NO_RULE),
    Row("path through a text that looks like an object", "alice", {"kubernetes.io": '{"namespace": "prod"}'}, NO_RULE),
    Row("path through null", "alice", {"kubernetes.io": None}, NO_RULE),
    Row("path that goes on", "alice", {"kubernetes.io": {"namespace": {"namespace": "prod"}}}, NO_RULE),
    Row("path in one name", "alice", {"kubernetes.io.namespace": "prod"}, NO_RULE),
    Row("path in more names", "alice", {"kubernetes": {"io": {"namespace": "prod"}}}, NO_RULE),
    Row("path's end at the top", "alice", {"namespace": "prod"}, NO_RULE),
    Row("path's start alone", "alice", {"kubernetes.io": {}}, NO_RULE),
    Row("path whose start is in another case", "alice", {"Kubernetes.io": {"namespace": "prod"}}, NO_RULE),
    Row("path of one name", "alice", {"team": "red"}, "one", PATH_OF_ONE),
    Row("name with a dot", "alice", {"a.b": "yes"}, "dotted"),
    Row("name with a dot is no path", "alice", {"a": {"b": "yes"}}, NO_RULE),
    Row("name that is a URL", "alice", {"https://example.com/claims/role": ["user", "admin"]}, "url"),
    Row("name that is another URL", "alice", {"https://example.com/claims/role/": "admin"}, NO_RULE),
    Row("name with colons", "alice", {"urn:example:role": "admin"}, "urn"),
    Row("deep path", "alice", {"a": {"b": {"c": {"d": {"e": {"f": "here"}}}}}}, "deep"),
    Row("deep path that ends early", "alice", {"a": {"b": {"c": {"d": {"e": "here"}}}}}, NO_RULE),
    Row("deep path with an array in it", "alice", {"a": {"b": {"c": [{"d": {"e": {"f": "here"}}}]}}}, NO_RULE),

    # Addresses.
    Row("address that is verified", "alice", {"email": "alice@example.com", "email_verified": True}, "address"),
    Row("address without a word about it", "alice", {"email": "alice@example.com"}, NO_RULE),
    Row("address that is not verified", "alice", {"email": "alice@example.com", "email_verified": False}, NO_RULE),
    Row("address verified by a text", "alice", {"email": "alice@example.com", "email_verified": "true"}, NO_RULE),
    Row("address verified by a number", "alice", {"email": "alice@example.com", "email_verified": 1}, NO_RULE),
    Row("address verified by null", "alice", {"email": "alice@example.com", "email_verified": None}, NO_RULE),
    Row("address verified by an array", "alice", {"email": "alice@example.com", "email_verified": [True]}, NO_RULE),
    Row("address in another case", "alice", {"email": "Alice@example.com", "email_verified": True}, NO_RULE),
    Row("address in an array, not verified", "alice", {"email": ["alice@example.com"]}, NO_RULE),
    Row("address below another claim", "alice", {"contact": {"email": "alice@example.com"}}, "contact"),
    Row("address by a path of one, not verified", "alice", {"email": "alice@example.com"}, NO_RULE, ADDRESS_BY_A_PATH),
    Row("address by a path of one", "alice", {"email": "alice@example.com", "email_verified": True}, "address", ADDRESS_BY_A_PATH),
    Row("address and another condition", "alice", {"email": "alice@example.com", "email_verified": True, "team": "red"}, "more", ADDRESS_AND_MORE),
    Row("address not verified, and another condition", "alice", {"email": "alice@example.com", "team": "red"}, NO_RULE, ADDRESS_AND_MORE),
    Row("another condition needs no verified address", "alice", {"email_verified": False, "department": "sre"}, "department"),

    # Texts of the file: their escapes, their parts, and comments between them.
    Row("backslash", "alice", {"a.b": "\\"}, "written", WRITTEN_WITH_CARE),
    Row("quotation mark", "alice", {"a.b": '"'}, "written", WRITTEN_WITH_CARE),
    Row("escape as it is written", "alice", {"a.b": '\\"'}, NO_RULE, WRITTEN_WITH_CARE),
    Row("first part of a claim's name", "alice", {"a": "\\"}, NO_RULE, WRITTEN_WITH_CARE),
    Row("user in a comment", "bob", {"a.b": "\\"}, NO_RULE, WRITTEN_WITH_CARE),

    # The first one counts.
    Row("narrow rule before a wide one", "alice", {}, "narrow", NARROW_FIRST),
    Row("narrow rule before a wide one, another user", "bob", {}, "wide", NARROW_FIRST),
    Row("wide rule before a narrow one", "alice", {}, "wide", WIDE_FIRST),
    Row("rule of the user before that of a claim", "alice", {"a": 1}, "user", BY_USER_THEN_CLAIM),
    Row("rule of a claim before that of the user", "alice", {"a": 1}, "claim", BY_CLAIM_THEN_USER),
    Row("rule of the user where that of a claim does not match", "alice", {"a": 2}, "user", BY_CLAIM_THEN_USER),
    Row("rule of a claim where that of the user does not match", "bob", {"a": 1}, "claim", BY_USER_THEN_CLAIM),
    Row("two claims with rules", "alice", {"on_call": True, "department": "sre"}, "department"),
]
