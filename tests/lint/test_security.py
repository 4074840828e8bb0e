"""SECURITY.md claims nothing without a test that would fail if it were not so: each claim names one, and each name is a test's."""

import re

import pytest

# Sections that make no claims.
WITHOUT_CLAIMS = ["Report a fault", "What is protected", "What it leans on"]

REFERENCE = re.compile(r"\[([\w/.-]+\.(?:py|c)):([^]]*)\]")


@pytest.fixture(scope="module")
def page(source):
    return (source / "SECURITY.md").read_text(encoding="utf-8")


def claims(page):
    """The items of the lists in the sections that make claims."""
    for section in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        if section.split("\n", 1)[0] not in WITHOUT_CLAIMS:
            yield from re.findall(r"^(?:- |\d+\. ).*(?:\n {2,}.*)*", section, re.MULTILINE)


def test_every_claim_names_a_test(page):
    found = list(claims(page))
    assert len(found) > 50
    assert [claim for claim in found if not REFERENCE.search(claim)] == []


def test_every_test_that_is_named_is_there(page, source):
    references = REFERENCE.findall(page)
    assert len(references) > 60
    for file, names in references:
        text = (source / "tests" / file).read_text(encoding="utf-8")
        for name in re.split(r",\s*", names.strip()):
            definition = rf"^def {name}\(" if file.endswith(".py") else rf"\b{name}\b"
            assert name and re.search(definition, text, re.MULTILINE), f"{file}: {name}"
