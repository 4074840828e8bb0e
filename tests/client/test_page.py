"""The manual page has every message of aws-oidc-askpass, and no other."""

import re

NUMBERS = {"$piece_length": "1000", "$token_max_length": "20000"}


def pattern(message):
    """What a message looks like on the page: names in capitals stand for what varies."""
    for name, number in NUMBERS.items():
        message = message.replace(name, number)
    return r"[A-Z_]+".join(re.escape(part) for part in re.split(r"\$\w+(?:/token)?", message))


def test_manual_page_has_every_message(source):
    program = (source / "src/client/aws-oidc-askpass").read_text(encoding="ascii")
    page = (source / "docs/aws-oidc-askpass.1").read_text(encoding="ascii")
    messages = {pattern(message) for message in re.findall(r'(?:refuse |problem=)"([^"]+)"', program) if message != "$problem"}
    [section] = re.findall(r"^\.Sh DIAGNOSTICS\n(.*?)^\.Sh ", page, re.MULTILINE | re.DOTALL)
    items = re.findall(r"^\.It (.*)$", section, re.MULTILINE)
    assert len(messages) > 15
    assert [message for message in messages if not any(re.fullmatch(message, item) for item in items)] == []
    assert [item for item in items if not any(re.fullmatch(message, item) for message in messages)] == []
