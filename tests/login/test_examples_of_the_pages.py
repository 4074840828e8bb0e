"""The examples of the documents, taken as they stand: the module reads each of them, and asks for a token of the kind that it speaks of."""

import json
import re

import pytest

import accounts
import cases
from hosts import CA_FILE
from iam import OidcProvider, Role


def unescaped(text):
    """What a block of a manual page says, without the few escapes that the pages use in one."""
    return text.replace("\\e", "\\").replace("\\(dq", '"').replace("\\&", "")


def blocks(source):
    """The configurations in the EXAMPLES of pam_aws_oidc.conf(5), and in README.md, whole or in part."""
    page = (source / "docs/pam_aws_oidc.conf.5").read_text(encoding="utf-8")
    [examples] = re.findall(r"^\.Sh EXAMPLES\n(.*?)^\.Sh ", page, re.MULTILINE | re.DOTALL)
    shown = [unescaped(block) for block in re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed$", examples, re.MULTILINE | re.DOTALL)]
    readme = re.findall(r"^```\n(sts = .*?)^```$", (source / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return shown, readme


def part(text, name):
    """A setting of the whole example at the top of the page, to complete a part with."""
    [found] = re.findall(rf"^{name} = .*?;\n(?=\n|\Z)", text, re.MULTILINE | re.DOTALL)
    return found


@pytest.fixture
def named_things(put_file):
    """The groups and the file that the examples name."""
    for name in ("contractors", "ops"):
        accounts.add_group(name)
    put_file("/etc/ssl/private-ca.pem", CA_FILE.read_text(encoding="ascii"))


def test_examples_are_configurations(source, login_service, configure, named_things, sts):
    shown, readme = blocks(source)
    assert len(shown) >= 6 and len(readme) == 1
    whole = shown[0]
    texts = [*readme, whole]
    for text in shown[1:]:
        names = re.findall(r"^(\w+) = ", text, re.MULTILINE)
        if set(names) & {"sts", "providers", "rules"}:
            texts.append(text + "".join(part(whole, name) for name in ("sts", "providers", "rules") if name not in names))
        elif names == ["user"]:
            texts.append(re.sub(r"user = \{.*?\};", lambda _: text.strip(), whole, flags=re.DOTALL))
        else:
            quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            texts.append(whole.replace("} );\n\nrules = ( {", "} );\n\nrules = ( {\n  policy = \"" + quoted + "\";", 1))
            assert texts[-1] != whole
    for text in texts:
        configure(text)
        attempt = login_service("alice", "a Unix password", configured=True)
        assert attempt.reason == "not_a_token", f"{attempt.line}\n{text}"
    assert sts.connections == 0


def trust_policies(source):
    """The trust policies of THE SIDE OF IAM in pam_aws_oidc.conf(5), and of README.md."""
    page = (source / "docs/pam_aws_oidc.conf.5").read_text(encoding="utf-8")
    [shown] = re.findall(r"^\.Bd -literal.*?\n(\{\n  \"Version\".*?)^\.Ed$", page, re.MULTILINE | re.DOTALL)
    [readme] = re.findall(r"^```json\n(.*?)^```$", (source / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [json.loads(unescaped(shown)), json.loads(readme)]


@pytest.mark.parametrize("number", [0, 1], ids=["page", "readme"])
def test_readme_logs_in_whom_its_trust_policy_lets_in(source, login_service, configure, put_file, sts, idp, system_trusts_authority, number):
    """Its configuration, its map file and its trust policy, or the page's, as they stand."""
    _, [configuration] = blocks(source)
    [listed] = re.findall(r"^```\n(\d+ alice\n)```$", (source / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    subject = listed.split()[0]
    sts.iam.providers[:] = [OidcProvider(cases.ACCOUNT, "login.example.com", ["ssh-bastion", "other"])]
    sts.iam.roles[:] = [Role(cases.ENGINEER, trust_policies(source)[number])]
    configure(configuration)
    put_file("/etc/security/pam_aws_oidc.users", f"{listed}stranger alice\n")
    assert login_service("alice", idp.mint(subject), configured=True).reason == "ok"
    assert login_service("alice", idp.mint("stranger"), configured=True).reason == "sts_denied"
    configure(configuration.replace('"ssh-bastion"', '"other"'))
    assert login_service("alice", idp.mint(subject, aud="other"), configured=True).reason == "sts_denied"
