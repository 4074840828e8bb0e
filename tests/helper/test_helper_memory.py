"""The real login helper under valgrind, and built with sanitizers: whole logins, good and bad, without a wrong access and without a leak."""

import shutil

import pytest

import frames
from module_side import ModuleSide

# valgrind reads the program, so everybody may. What a library keeps for the life of a process is no leak.
VALGRIND = ["/usr/bin/valgrind", "--quiet", "--vgdb=no", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite"]

# Leaks are for valgrind: the sanitizer would have to trace the process, which the sandbox refuses.
SANITIZERS = {"ASAN_OPTIONS": "detect_leaks=0:exitcode=99", "UBSAN_OPTIONS": "print_stacktrace=1"}

TOKENS = {
    "good": (lambda idp: idp.mint("alice"), "ok"),
    "long": (lambda idp: idp.mint("alice", length=20000), "ok"),
    "of-somebody-else": (lambda idp: idp.mint("alice2"), "not_your_token"),
    "forged": (lambda idp: idp.mint("alice", forged=True), "sts_invalid_token"),
    "expired": (lambda idp: idp.mint("alice", exp=idp.now() - 1), "token_expired"),
    "no-json": (lambda idp: idp.mint(payload_text="{"), "bad_claims"),
    "no-token": (lambda idp: "password", "not_a_token"),
    "none": (lambda idp: "", "no_token"),
}


@pytest.fixture(params=["valgrind", "sanitizers"])
def checked_module(request, build, asan_build, folder, configuration, tmp_path):
    """checked_module(): the module's side of a helper that is watched; at the end nobody has had a word to say of it."""
    program = folder / f"login-helper-{request.param}"
    shutil.copy({"valgrind": build, "sanitizers": asan_build}[request.param] / "login-helper", program)
    program.chmod(0o755)
    said = tmp_path / "said"
    with open(said, "wb") as errors:
        wrapper, environment = {"valgrind": (VALGRIND, None), "sanitizers": ((), SANITIZERS)}[request.param]
        with ModuleSide(program, configuration, wrapper=wrapper, environment=environment, errors=errors) as module:
            yield module
            status = module.end()
    # Between hyphens valgrind speaks of itself: it does not know seccomp(), and libseccomp goes another way.
    complaints = [line for line in said.read_text(encoding="utf-8", errors="replace").splitlines() if not line.startswith("--")]
    assert (status, complaints) == (0, [])


@pytest.mark.parametrize("name", TOKENS)
def test_login_has_no_wrong_access_and_no_leak(checked_module, idp, sts, name):
    token, reason = TOKENS[name]
    assert checked_module.login(token(idp))["reason"] == reason


def test_broken_configuration_has_no_wrong_access_and_no_leak(checked_module, configuration):
    configuration.write_text("sts = { region = 7; color = 1; };\nrules = ();\n", encoding="ascii")
    checked_module.send(frames.hello())
    checked_module.ask()
    checked_module.send(frames.answer("x"))
    assert checked_module.verdict()["reason"] == "config"


def test_answer_that_is_no_xml_has_no_wrong_access_and_no_leak(checked_module, idp, sts):
    sts.answers.append(lambda request, answer: type(answer)(200, b"<html>" + b"<br/>" * 1000))
    assert checked_module.login(idp.mint("alice"))["reason"] == "sts_unreadable"
