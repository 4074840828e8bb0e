"""The log line of an attempt: one line, whose fields nobody but the module can write, whatever user, remote host, helper and token say."""

import re
import string

import pytest

import frames
from frames import acceptance, refusal
from host import after_hello, send

# What tries to end the line, to begin another field, or to drive a terminal.
HOSTILE = ["a\nresult=accepted", 'a" result="accepted', "a\\", 'a\\" result=accepted', "a\r\nb", "\x1b[2J", "st\u00e4rk", "a b", "'",
           "a=b result=accepted", "\x7f", "%s%n%5000d", "a\tb", "\udcff\udc80", "`id`", "$(id)", "#", "\u2028result=accepted"]


def fields_of(line):
    """Parse a line strictly by its format: key=value with one blank between; a value is plain, or quoted with \\", \\\\ and \\xNN."""
    text = re.fullmatch(r"pam-driver\[\d+\]: pam_aws_oidc\(bastion:(?:auth|session)\): (.*)", line, re.DOTALL).group(1)
    assert all(character in string.printable and character not in "\n\r\t\x0b\x0c" for character in text)
    found = {}
    while text:
        match = re.match(r'([a-z_]+)=(?:([A-Za-z0-9_+=,.@:/|-]*)|"((?:[^"\\]|\\["\\]|\\x[0-9a-f]{2})*)")(?: |$)', text)
        assert match, text
        assert match.group(1) not in found
        plain, quoted = match.group(2), match.group(3)
        found[match.group(1)] = plain if quoted is None else quoted
        text = text[match.end():]
    return found


def escaped(text):
    """A text as the line has it, inside quotes where it needs them."""
    def one(byte):
        if chr(byte) in '"\\':
            return "\\" + chr(byte)
        return chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}"
    return "".join(map(one, text.encode("utf-8", "surrogateescape")))


def raw(text):
    """A word of an order with every byte of it encoded."""
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogateescape"))


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_remote_host_cannot_forge_a_field(host, hostile):
    said = host.attempt(before=[f"rhost {raw(hostile)}"], orders=after_hello(send(refusal())))
    line, = said.log
    assert fields_of(line) | {"ms": ""} == {"result": "refused", "reason": "no_token", "user": "alice", "service": "bastion", "ms": "",
                                            "rhost": escaped(hostile)}


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_user_cannot_forge_a_field(host, hostile):
    host.service(orders=after_hello(send(acceptance(audit={}))))
    said = host.run("start bastion alice", f"user {raw(hostile)}", "rhost 192.0.2.1", "authenticate", "end")
    line, = said.log
    fields = fields_of(line)
    assert list(fields) == ["result", "reason", "user", "service", "rhost", "ms", "what"]
    assert (fields["result"], fields["reason"], fields["user"]) == ("refused", "user_refused", escaped(hostile))


@pytest.mark.parametrize("hostile", [each for each in HOSTILE if "\udcff" not in each], ids=ascii)
def test_helper_cannot_forge_a_field(host, hostile):
    said = host.attempt(orders=after_hello(send(refusal(text=hostile, audit={key: hostile for key in frames.AUDIT}))))
    line, = said.log
    fields = fields_of(line)
    assert list(fields) == ["result", "reason", "user", "service", "ms", *frames.AUDIT, "what"]
    assert (fields["result"], fields["reason"]) == ("refused", "no_token")
    assert {fields[key] for key in [*frames.AUDIT, "what"]} == {escaped(hostile)}


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_line_of_a_session_cannot_be_forged(host, hostile):
    host.service(orders=after_hello(send(refusal())))
    said = host.run("start bastion alice", f"user {raw(hostile)}", f"rhost {raw(hostile)}", "putenv PAM_AWS_OIDC_HANDOFF=00", "open_session", "end")
    line, = said.log
    fields = fields_of(line)
    assert (fields["session"], fields["user"], fields["rhost"]) == ("without_credentials", escaped(hostile), escaped(hostile))


@pytest.mark.parametrize("character", ["a", "\n", '"', "\u00e9", " "], ids=["letter", "line-feed", "quote", "non-ascii", "blank"])
@pytest.mark.parametrize("item", ["user", "rhost"])
def test_ten_kilobytes_push_nothing_out_of_the_line(host, item, character):
    """Whoever knocks chooses the user's name; what bans him by his address must still find that."""
    host.service(orders=after_hello(send(acceptance(user="alice"))))
    said = host.run("start bastion alice", "rhost 192.0.2.1", f"{item} {raw(character * 10000)}", "authenticate", "end")
    line, = said.log
    fields = fields_of(line)
    assert fields["reason"] == ("user_refused" if item == "user" else "ok")
    assert fields["user" if item == "rhost" else "rhost"] == ("alice" if item == "rhost" else "192.0.2.1")
    assert {"service", "ms", "role", "key_id"} < set(fields)
    assert 400 < len(fields[item]) < 600


def test_all_fields_at_their_longest_are_in_the_line(host):
    host.service(orders=after_hello(send(refusal(text="\n" * 319, audit={key: "\n" * 319 for key in frames.AUDIT}))))
    said = host.run("start bastion alice", f"user {raw('%' * 10000)}", f"rhost {raw('%' * 10000)}", "authenticate", "end")
    line, = said.log
    fields = fields_of(line)
    assert list(fields) == ["result", "reason", "user", "service", "rhost", "ms", *frames.AUDIT, "what"]


def test_line_goes_to_the_log_of_authentication_as_loud_as_it_is_grave(host):
    """Severities of RFC 5424: 3 error, 5 notice, 6 informational, 7 debug."""
    grave = {"config": 3, "system": 3, "memory": 3, "helper_missing": 3, "no_token": 5, "not_your_token": 5, "sts_unreachable": 5}
    for reason, severity in grave.items():
        said = host.attempt(orders=after_hello(send(refusal(reason))))
        assert [(line.facility, line.severity) for line in said.log] == [(10, severity)], reason
    said = host.attempt(orders=after_hello(send(acceptance())))
    assert [(line.facility, line.severity) for line in said.log] == [(10, 6)]
    host.service(arguments="services=sshd")
    assert [(line.facility, line.severity) for line in host.attempt().log] == [(10, 7)]


def reasons():
    """The rows of the table of reasons: name, PAM code, the user's words."""
    text = (frames.SOURCE / "src/base/reasons.def").read_text(encoding="utf-8")
    for _, name, code, words in re.findall(r'^REASON\((\w+), "(\w+)", (\w+),\s+"([^"]*)"\)', text, re.MULTILINE):
        if name not in ("ok", "service_not_served"):
            yield pytest.param(name, code, words, id=name)


@pytest.mark.parametrize("reason, code, words", reasons())
def test_every_reason_has_its_code_and_words(host, reason, code, words):
    # The helper sends the words along; what the module adds is the code.
    said = host.attempt(orders=after_hello(send(refusal(reason, "for the log", words))))
    assert said.codes == [code]
    assert said.all("error") == ([words] if words else [])
    assert (said.audit[0]["reason"], said.audit[0]["what"]) == (reason, "for the log")
