"""What pam-aws-oidc prints with --json is what docs/pam-aws-oidc.schema.json says."""

import json

import jsonschema
import pytest

import cases
import module_configuration
from sts import error
from web_identity import SOURCE_IDENTITY_CLAIM


@pytest.fixture
def schema(source):
    return json.loads((source / "docs/pam-aws-oidc.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def is_of(schema):
    """is_of(document, command): fail unless a document is of the command's definition."""
    def validate(document, command):
        jsonschema.Draft202012Validator({"$ref": f"#/$defs/{command}", "$defs": schema["$defs"]}).validate(document)
    return validate


def test_schema_is_one(schema):
    jsonschema.Draft202012Validator.check_schema(schema)


def test_check(configure, command, is_of):
    configure()
    is_of(command.json("check"), "check")


def test_check_of_a_broken_host(configure, command, is_of):
    configure("sts = { region = \"\xff\033\"; };\n")
    is_of(command.json("check"), "check")


def test_endpoint(command, is_of):
    is_of(command.json("endpoint", "--region", "eu-west-1"), "endpoint")


@pytest.mark.parametrize("words, token", [(["--user", "alice"], None), (["--user", "alice", "--token-file", "-"], "his"), (["--user", "alice", "--token-file", "-"], "x"),
                                          (["--user", "nosuchuser"], None), (["--user", "alice", "--config", "/no/such"], None)])
def test_explain(configure, command, idp, is_of, words, token):
    configure()
    token = idp.mint("alice") if token == "his" else token
    is_of(json.loads(command("explain", "--config", module_configuration.PATH, *words, "--json", stdin=token or "").stdout), "explain")


def test_login(configure, settings, command, idp, sts, is_of):
    settings["rules"][0] |= {"role_arn": cases.OPERATOR, "policy_arns": [cases.READ_ONLY]}
    configure()
    sts.answers.append(lambda *_: error("Throttling", "again"))
    token = idp.mint("alice", **{SOURCE_IDENTITY_CLAIM: "alice"})
    done = command("login", "--user", "alice", "--config", module_configuration.PATH, "--token-file", "-", "--format", "json", stdin=token)
    said = json.loads(done.stdout)
    assert {"source_identity", "packed_policy_size", "attempts"} <= said.keys()
    is_of(said, "login")


def test_trust_policy(configure, settings, command, is_of):
    settings["rules"].append({"name": "operators", "groups": ["ops"], "role_arn": "arn:aws:iam::123456789012:role/path/Operator", "duration": 7200})
    configure()
    said = command.json("trust-policy")
    assert len(said["roles"]) == 2
    is_of(said, "trust-policy")


@pytest.mark.parametrize("document", [{}, {"version": 2, "url": "https://sts.amazonaws.com"}, {"version": 1, "url": "http://sts.amazonaws.com"}])
def test_schema_takes_not_everything(schema, document):
    assert not jsonschema.Draft202012Validator(schema).is_valid(document)
