"""A machine to check: what check prints of it, and how tests break it in one way.

A table of breaks is a list of pairs: the row of checks.def that must appear, as its enumerator and status ("MAP_FILE_FAIL"), and a function that
takes a Machine and breaks it. test_every_line_of_check.py sees that no row is left out."""

import dataclasses
import re

import module_configuration

TABLE = "src/admin/checks.def"


def checks(source):
    """The rows of the table: (enumerator and status, name, status)."""
    text = (source / TABLE).read_text(encoding="utf-8")
    found = re.findall(r'^CHECK\((\w+), (\w+), "([\w-]+)",', text, re.MULTILINE)
    assert found and len(found) == text.count("\nCHECK(")
    return [(f"{enumerator}_{status}", name, status) for enumerator, status, name in found]


@dataclasses.dataclass
class Machine:
    """What a break gets hold of."""

    settings: dict
    put_file: object
    configure: object
    sts: object
    idp: object
    proxy: object
    tmp_path: object
    words: list = dataclasses.field(default_factory=list)      # more words for the command
    user: str = None                                           # who runs it, where it is not root

    @property
    def path(self):
        return module_configuration.PATH


def seen(report):
    """The lines of a report, as pairs of name and status."""
    return {(line["check"], line["status"]) for line in report["checks"]}


def texts(report, name, status):
    """What the lines of that kind say that was seen."""
    return [line["seen"] for line in report["checks"] if (line["check"], line["status"]) == (name, status)]
