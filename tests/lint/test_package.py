"""The package: what make leaves in the tree, installs, and puts into a tarball."""

import re
import subprocess

import pytest


def run(command, folder):
    done = subprocess.run(["sh", "-ec", command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout[-5000:]
    return done.stdout


def test_build_left_no_file_that_git_would_add(source):
    assert run("git status --porcelain --untracked-files=all | grep -v '^A ' || true", source) == ""


def test_configure_ends_with_a_summary(source, build):
    log = run("cat config.log", build)
    assert "configure: exit 0" in log
    summary = run(f'mkdir -p /run/summary && cd /run/summary && "{source}/configure" --prefix=/usr --with-helper-user=_login | tail -n 15', source)
    assert re.search(r"PAM module +/usr/lib/.*/security/pam_aws_oidc\.so", summary)
    assert re.search(r"login helper +/usr/libexec/pam_aws_oidc/login-helper, as _login", summary)
    assert re.search(r"configuration +/etc/security/pam_aws_oidc\.conf", summary)


@pytest.mark.parametrize("name", ["root", "nobody"])
def test_configure_refuses_users_that_others_run_as(source, tmp_path, name):
    done = subprocess.run([f"{source}/configure", f"--with-helper-user={name}"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "--with-helper-user" in done.stderr


def test_install_into_a_folder_and_uninstall(build, tmp_path):
    run(f'make install DESTDIR="{tmp_path}"', build)
    installed = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert "usr/libexec/pam_aws_oidc/login-helper" in installed
    assert any(re.fullmatch(r"usr/lib/.*/security/pam_aws_oidc\.so", path) for path in installed)
    assert {"usr/share/man/man8/pam_aws_oidc.8", "usr/share/man/man1/aws-oidc-askpass.1", "usr/bin/aws-oidc-askpass", "usr/bin/aws-oidc-ssh"} <= installed
    assert {"usr/share/bash-completion/completions/pam-aws-oidc", "usr/share/zsh/site-functions/_pam-aws-oidc"} <= installed
    assert not any(path.endswith((".la", ".a")) for path in installed)
    run(f'make uninstall DESTDIR="{tmp_path}"', build)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.full
@pytest.mark.timeout(900)
def test_distcheck(build):
    run("make -j2 distcheck", build)
