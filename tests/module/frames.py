"""Frames between module and helper, packed byte by byte, so that a test can also pack a wrong one.

What they are made of stands in src/ipc: pack.h (values), frame.h (header), message.h (payloads). Nothing here is taken from the C code: the two
must agree.
"""

import struct
import time
from pathlib import Path

SOURCE = Path(__file__).parent.parent.parent

HELLO, ASK, ANSWER, VERDICT = 1, 2, 3, 4
HEADER_SIZE = 6
VERSION = 2
AUDIT = ["provider", "sub", "rule", "role", "assumed", "key_id", "expires", "source_identity", "packed_policy_size", "sts_code",
         "request_id", "attempts", "warning"]

ROLE = "arn:aws:iam::123456789012:role/Engineer"
KEY_ID = "ASIAQWERTYUIOPASDFGH"
SECRET_KEY = "wJalr/XUtnFEMI+K7MDENG/bPxRfiCYEXAMPLEK="
SESSION_TOKEN = "FwoGZXIvYXdzEBYaD/Rh9+canary=="


def u8(value):
    return struct.pack(">B", value)


def u32(value):
    return struct.pack(">I", value)


def u64(value):
    return struct.pack(">Q", value)


def data(content):
    """Bytes, or text, with the length in front."""
    content = content.encode() if isinstance(content, str) else content
    return u32(len(content)) + content


def frame(label, payload=b"", version=VERSION, length=None):
    """A whole frame; `length` claims another one than the payload has."""
    return u32(len(payload) if length is None else length) + u8(version) + u8(label) + payload


def ask(text="Token: ", echo=0):
    return frame(ASK, u8(echo) + data(text))


def answer(text):
    return frame(ANSWER, data(text))


def hello(user="alice", uid=1000, gid=1000, configuration="/etc/security/pam_aws_oidc.conf", may_ask=1, presented=""):
    return frame(HELLO, data(user) + u32(uid) + u32(gid) + data(configuration) + u8(may_ask) + data(presented))


def refusal(reason="no_token", text="", words="", audit=None):
    """The verdict of a refused attempt."""
    return frame(VERDICT, _head(reason, text, words, audit or {}))


def acceptance(user="alice", reason="ok", text="", words="", audit=None, **changes):
    """The verdict of an accepted attempt; the fields of the credentials by their names, or without one where it is None."""
    audit = {"provider": "corp", "role": ROLE, "key_id": KEY_ID} if audit is None else audit
    return frame(VERDICT, _head(reason, text, words, audit) + granted(user, **changes))


def granted(user="alice", region="eu-west-1", key_id=KEY_ID, secret_key=SECRET_KEY, session_token=SESSION_TOKEN, expiration=None):
    """What an acceptance has behind the fields of every verdict."""
    texts = [text for text in (user, region, key_id, secret_key, session_token) if text is not None]
    return b"".join(map(data, texts)) + u64(int(time.time()) + 3600 if expiration is None else expiration)


def handoff(nonce, user="alice", service="bastion", role=ROLE, version=1, **changes):
    """The value of the variable that carries an accepted attempt to open_session (src/module/handoff.c)."""
    tail = granted(user, **changes)[len(data(user)):]
    return (u8(version) + data(nonce) + data(user) + data(service) + data(role) + tail).hex()


def split(stream):
    """The frames of a stream: (label, payload) each."""
    found = []
    while stream:
        length, version, label = struct.unpack(">IBB", stream[:HEADER_SIZE])
        assert version == VERSION
        found.append((label, stream[HEADER_SIZE:HEADER_SIZE + length]))
        stream = stream[HEADER_SIZE + length:]
    return found


class Reader:
    """Takes values off a payload, from its front."""

    def __init__(self, payload):
        self._left = payload

    def take(self, size):
        assert len(self._left) >= size
        taken, self._left = self._left[:size], self._left[size:]
        return taken

    def u8(self):
        return self.take(1)[0]

    def u32(self):
        return struct.unpack(">I", self.take(4))[0]

    def u64(self):
        return struct.unpack(">Q", self.take(8))[0]

    def text(self):
        return self.take(self.u32()).decode()

    def end(self):
        assert not self._left


def read_hello(payload):
    reader = Reader(payload)
    fields = {"user": reader.text(), "uid": reader.u32(), "gid": reader.u32(), "configuration": reader.text(), "may_ask": reader.u8(),
              "presented": reader.text()}
    reader.end()
    return fields


def read_ask(payload):
    reader = Reader(payload)
    fields = {"echo": reader.u8(), "text": reader.text()}
    reader.end()
    return fields


def read_verdict(payload):
    """The fields of a verdict: reason, text, words, what the audit line gets; and of an acceptance the rest."""
    reader = Reader(payload)
    fields = {name: reader.text() for name in ["reason", "text", "words", *AUDIT]}
    if fields["reason"] == "ok":
        fields |= {name: reader.text() for name in ["user", "region", "access_key_id", "secret_access_key", "session_token"]}
        fields["expiration"] = reader.u64()
    reader.end()
    return fields


def _head(reason, text, words, audit):
    assert not set(audit) - set(AUDIT)
    return b"".join(map(data, [reason, text, words, *(audit.get(key, "") for key in AUDIT)]))
