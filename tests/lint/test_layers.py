"""The rooms of ARCHITECTURE.md: which folder of src/ may include which, and where each outside library lives."""

import re

# What a folder may include beside itself. Folders that are not named here do not exist.
MAY_INCLUDE = {
    "base": set(),
    "model": {"base"},
    "ipc": {"model", "base"},
    "parse": {"model", "base"},
    "login": {"parse", "model", "base"},
    "module": {"ipc", "model", "base"},
    "helper": {"login", "ipc", "parse", "model", "base"},
    "admin": {"login", "parse", "model", "base"},
}

# The one home of each library, by the start of its headers' names.
HOMES = {
    "security/": ["src/module/"],
    "curl/": ["src/login/https.c"],
    "libxml/": ["src/parse/sts_response.c"],
    "libconfig.h": ["src/parse/settings.c"],
    "jansson.h": ["src/parse/json.c", "src/parse/json_writer.c"],
    "jose/": ["src/parse/token.c"],
    "seccomp.h": ["src/helper/sandbox.c"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)


def files(source):
    return sorted(path for path in (source / "src").rglob("*.[ch]"))


def includes(source, mark):
    """Pairs of a file, relative to the source tree, and what it includes: with mark '"' our own headers, with "<" others."""
    for path in files(source):
        for found, name in INCLUDE.findall(path.read_text(encoding="utf-8")):
            if found == mark:
                yield path.relative_to(source).as_posix(), name


def test_there_is_something_to_look_at(source):
    assert len(files(source)) > 50
    assert {path.parent.name for path in files(source)} == set(MAY_INCLUDE)


def test_a_folder_includes_only_what_stands_under_it(source):
    for path, name in includes(source, '"'):
        if name == "config.h":
            continue
        own, other = path.split("/")[1], name.split("/")[0]
        assert other == own or other in MAY_INCLUDE[own], f"{path} includes {name}"


def test_an_outside_library_has_one_home(source):
    for path, name in includes(source, "<"):
        for header, homes in HOMES.items():
            if name.startswith(header):
                assert any(path.startswith(home) for home in homes), f"{path} includes {name}"


def test_every_library_that_configure_asks_for_has_a_home(source):
    asked = set(re.findall(r"PKG_CHECK_MODULES\(\[(\w+)\]", (source / "configure.ac").read_text(encoding="utf-8")))
    assert asked == {"CURL", "XML", "CONFIG", "JANSSON", "JOSE", "SECCOMP", "CMOCKA"}


def test_a_source_file_has_a_header_of_its_name(source):
    programs = {"src/helper/login_helper.c", "src/module/pam_sm.c", "src/admin/pam_aws_oidc.c"}
    for path in files(source):
        if path.suffix == ".c" and path.relative_to(source).as_posix() not in programs:
            header = path.with_name("command.h") if path.name.endswith("_command.c") else path.with_suffix(".h")
            assert header.exists(), path


def test_nothing_starts_a_process_but_helper_process_and_sshd(source):
    """A login starts its helper; check has sshd tell its settings."""
    callers = {path.relative_to(source).as_posix() for path in files(source)
               if re.search(r"\b(fork|vfork|clone|posix_spawnp?|system|popen)\s*\(", re.sub(r"SCMP_SYS\(\w+\)|/\*.*?\*/|\"[^\"]*\"", "", path.read_text(encoding="utf-8"), flags=re.DOTALL))}
    assert callers == {"src/ipc/helper_process.c", "src/admin/sshd.c"}


def test_nothing_reads_the_environment(source):
    for path in files(source):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"\b(secure_)?getenv\s*\(|\benviron\b|\bsetenv\s*\(|\bputenv\s*\(|\bsetlocale\s*\(", text), path
