"""What the documents say, against the tables that the code is made of."""

import re

from tables import rows


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


def table_of(page, heading):
    """The rows of the one table in a section of a manual page, without the heading's row."""
    [section] = re.findall(rf"^\.Sh {heading}\n(.*?)^\.Sh ", page, re.MULTILINE | re.DOTALL)
    return [row.split(" Ta ") for row in re.findall(r"^\.It (?!Sy )(.*)$", section, re.MULTILINE)]


def test_manual_page_has_every_partition_with_its_domains(source):
    page = (source / "docs/pam_aws_oidc.conf.5").read_text(encoding="utf-8")
    partitions = rows(source, "src/model/partitions.def", "PARTITION")
    assert len(partitions) == 8
    assert table_of(page, "ENDPOINTS") == [[name, prefix or "others", suffix, dual_stack] for name, prefix, _, _, suffix, dual_stack, _, _ in partitions]
    # What the text says in place of two more columns.
    assert [name for name, _, pseudo, *_ in partitions if pseudo != f"{name}-global"] == ["aws-eusc"]
    assert [name for name, _, _, label, *_ in partitions if label != "sts-fips"] == ["aws-us-gov"]


def test_manual_page_has_every_region_of_the_global_host(source):
    code = (source / "src/model/endpoint.c").read_text(encoding="utf-8")
    [listed] = re.findall(r"global_regions\[\] = \{(.*?)\}", code, re.DOTALL)
    page = (source / "docs/pam_aws_oidc.conf.5").read_text(encoding="utf-8")
    [told] = re.findall(r"this is also the host of ([^.]*)\.", page)
    assert set(re.findall(r'"(.*?)"', listed)) - {"aws-global"} == set(re.findall(r"[a-z]+-[a-z]+-\d", told))


def test_manual_page_has_every_parameter_with_its_limits(source):
    page = (source / "docs/pam_aws_oidc.conf.5").read_text(encoding="utf-8")
    parameters = rows(source, "src/model/sts_parameters.def", "STS_PARAMETER")
    assert len(parameters) == 7
    assert [row[:2] for row in table_of(page, "REQUESTS")] == [[name, f"{minimum} to {maximum}"] for _, name, minimum, maximum, _ in parameters]


def test_manual_page_has_every_error_code_at_its_reason(source):
    page = (source / "docs/pam_aws_oidc.8").read_text(encoding="utf-8")
    errors = rows(source, "src/model/sts_errors.def", "STS_ERROR")
    assert len(errors) > 12
    for code, _, reason, _ in errors:
        [item] = re.findall(rf"^\.It Cm {reason.lower()} Dv PAM_\w+\n(.*?)(?=^\.It |^\.El)", page, re.MULTILINE | re.DOTALL)
        assert re.search(rf"\b{code}\b", item), code


def test_manual_page_has_every_line_of_check_with_what_it_means(source):
    page = (source / "docs/pam-aws-oidc.8").read_text(encoding="utf-8")
    [section] = re.findall(r"^\.Sh LINES OF CHECK\n(.*?)^\.Sh ", page, re.MULTILINE | re.DOTALL)
    items = dict(re.findall(r"^\.It Cm (\S+)\n(.*?)(?=^\.It |^\.El)", section, re.MULTILINE | re.DOTALL))
    lines = re.findall(r'^CHECK\(\w+, (\w+), "([\w-]+)",', (source / "src/admin/checks.def").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) > 40
    # One that is only ever good says so.
    told = {name: {status for status in ("WARN", "FAIL") if re.search(rf"^{status}: ?", text, re.MULTILINE)} for name, text in items.items()}
    assert told == {name: {status for status, other in lines if other == name} - {"OK"} for _, name in lines}


def test_the_documents_speak_of_files_that_are_there(source):
    for path in [*source.glob("*.md"), *source.glob("docs/**/*.md")]:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / link).exists(), f"{path.name}: {link}"
