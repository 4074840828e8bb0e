"""What the documents say, against the tables that the code is made of."""

import re


def reasons(source):
    """The rows of reasons.def: name, PAM code, words."""
    text = re.sub(r"/\*.*?\*/", "", (source / "src/base/reasons.def").read_text(encoding="utf-8"), flags=re.DOTALL)
    return [(name, code, "".join(re.findall(r'"(.*?)"', words)))
            for name, code, words in re.findall(r'REASON\(\w+,\s*"(\w+)",\s*(PAM_\w+),\s*((?:"[^"]*"\s*)+)\)', text)]


def test_manual_page_has_every_reason_with_its_code_and_words(source):
    rows = reasons(source)
    assert len(rows) > 30
    page = (source / "docs/pam_aws_oidc.8").read_text(encoding="utf-8")
    for name, code, words in rows:
        [item] = re.findall(rf"^\.It Cm {name} Dv {code}\n(.*?)(?=^\.It |^\.El)", page, re.MULTILINE | re.DOTALL)
        if words:
            assert f".Do\n{words}\n.Dc" in item, name
        else:
            assert "The user reads nothing." in item, name
    assert len(re.findall(r"^\.It Cm \w+ Dv PAM_", page, re.MULTILINE)) == len(rows)


def test_manual_page_has_every_field_of_the_audit_line(source):
    keys = re.findall(r'= "(\w+)",', (source / "src/model/outcome.c").read_text(encoding="utf-8"))
    keys += re.findall(r'append_(?:field|item)\(&line, "(\w+)"', (source / "src/module/audit.c").read_text(encoding="utf-8"))
    assert len(keys) > 15
    page = (source / "docs/pam_aws_oidc.8").read_text(encoding="utf-8")
    for key in keys:
        assert re.search(rf"^\.(It|Ss|Sh|Li) .*\b{key}\b", page, re.MULTILINE), key


def test_manual_page_has_every_setting(source):
    code = (source / "src/parse/configuration.c").read_text(encoding="utf-8")
    keys = {key for names in re.findall(r"keys\[\] = \{(.*?)\}", code, re.DOTALL) for key in re.findall(r'"(\w+)"', names)}
    assert len(keys) > 12
    page = (source / "docs/pam_aws_oidc.conf.5").read_text(encoding="utf-8")
    for key in keys:
        assert re.search(rf"^\.(It|Ss|Sh|Li) .*\b{key}\b", page, re.MULTILINE), key


def test_the_documents_speak_of_files_that_are_there(source):
    for path in [*source.glob("*.md"), *source.glob("docs/**/*.md")]:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / link).exists(), f"{path.name}: {link}"
