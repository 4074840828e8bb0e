"""The tables of the code, src/**/*.def, as the tests read them."""

import re


def rows(source, path, macro):
    """The rows of a table, each a list of its fields, without the quotes around them."""
    text = re.sub(r"/\*.*?\*/", "", (source / path).read_text(encoding="utf-8"), flags=re.DOTALL)
    found = re.findall(rf"^{macro}\((.*?)\)$", text, re.DOTALL | re.MULTILINE)
    assert found and len(found) == text.count(f"{macro}(")
    return [[field.strip().strip('"') for field in row.split(",")] for row in found]
