"""Canaries: every secret of the tests is one, and must be found nowhere but where it belongs.

Secrets are the tokens that the identity provider mints, the access tokens that STS is asked about, and the secret keys and session tokens that STS
gives. Noted once, they are searched for in every later test too. The id of an access key is no secret: the audit line has it.

Searched are all lines of the system log and of sshd's own, the arguments and environments of all processes (also while a request is at STS, when
the token is in use), and, at the end of the run, every file that is new or changed, cores among them. Left out are, by name:

- environments of ordinary users' processes, as far as keys and session tokens go: a session has them;
- files, as far as access tokens go: those stand in the tests themselves;
- pytest's own folder: the client's askpass program takes tokens from there, and the AWS CLI is called there;
- pytest's own variable, which has the name of the test in it: some are called for the access token that they bring;
- memory, which holds the secrets of this process and of clients that a test plays.
"""

import binascii
import os
import re
import socket
import stat
import tempfile
import time
from pathlib import Path

import cases
import processes
from identity_provider import TokenIssuer
from lines import Lines
from sts import SecurityTokenService
from system_log import PATH, LogLine

# So many characters in a row of a secret are found, whichever they are: there is a part in them, as one is noted at every STEP.
SHORTEST = 24
PART = 16
STEP = SHORTEST - PART + 1

# So few different characters in a part are no secret, but what a test fills a token up with.
FILLER = 4

# Another test's role has a name in which the alphabet stands too.
NO_SECRETS = {cases.VISIBLE_ACCESS_TOKEN}

# What secrets are written with, and what their other forms are written with.
PLAIN = re.compile(rb"[A-Za-z0-9+/=_.|-]{%d,}" % PART)
HEXADECIMAL = re.compile(rb"[0-9A-Fa-f]{%d,}" % (2 * SHORTEST))
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{%d,}" % (SHORTEST * 4 // 3))
PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")

PYTESTS_OWN = re.compile(rb"\bPYTEST_CURRENT_TEST=[^\0]*")

# Where files are searched for: wherever a world keeps them, but not in /usr, where it takes too long to look at the time of every file. Of / itself,
# only what lies directly there: the rest is the machine's own, which other programs use meanwhile.
FOLDERS = ["/etc", "/var", "/tmp", "/run", "/home", "/root", "/dev/shm", "/mnt"]

ET_CORE = 4                                  # elf(5), e_type


class Canaries:
    """All secrets so far, and the searches for them. What these find they give as sentences, for whoever reads the failed test."""

    def __init__(self, own_folder):
        self.findings = []                   # what was found while STS was asked
        self._own_folder = str(own_folder)
        self._parts = {}                     # a part of a secret -> its kind
        self._lines = Lines()
        self._markers = 0
        self._start = time.time() - 1        # The clock of files is a little behind.

    # The secrets.

    def note(self, kind, secret):
        """Search for this secret from now on."""
        secret = secret.encode()
        for start in range(0, len(secret) - PART + 1, STEP):
            part = secret[start:start + PART]
            if len(set(part)) > FILLER:
                self._parts[part] = kind

    def find(self, content):
        """The kinds of the secrets that some bytes, or a text, hold any SHORTEST characters of, and in which form: {"token as it is"}."""
        content = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
        return {f"{self._parts[part]} {form}" for form, text in _forms(content) for run in PLAIN.findall(text)
                for part in (run[start:start + PART] for start in range(len(run) - PART + 1)) if part in self._parts}

    # The places.

    def watch(self, patch):
        """As long as a MonkeyPatch lasts, note what the identity provider and STS give, search processes while STS has a request, keep all lines."""
        mint, respond, add = TokenIssuer.mint, SecurityTokenService.respond, Lines.add

        def mint_and_note(issuer, *arguments, **claims):
            token = mint(issuer, *arguments, **claims)
            self.note("token", token)
            return token

        def respond_and_search(sts, request):
            answer = respond(sts, request)
            self._note_exchange(request, answer)
            self.findings += self.search_processes()
            return answer

        def add_and_keep(lines, line):
            add(lines, line)
            add(self._lines, line)

        patch.setattr(TokenIssuer, "mint", mint_and_note)
        patch.setattr(SecurityTokenService, "respond", respond_and_search)
        patch.setattr(Lines, "add", add_and_keep)
        self._lines.clear()

    def _note_exchange(self, request, answer):
        """Access tokens are not minted, so they are taken from the request."""
        try:
            parameters = request.parameters
        except ValueError:
            return
        token = parameters.get("WebIdentityToken", "")
        if "ProviderId" in parameters and token not in NO_SECRETS:
            self.note("access token", token)
        if credentials := getattr(answer, "credentials", None):
            self.note("secret key", credentials.secret_access_key)
            self.note("session token", credentials.session_token)

    def search_logs(self):
        """What the lines of the logs hold."""
        self._settle()
        return [f"{found}, in {'the system log' if isinstance(line, LogLine) else 'the log of sshd'}: {line.split(':')[0][:40]}: ..."
                for line in self._lines.matching() for found in sorted(self.find(line))]

    def lines(self):
        """All lines since the start of the test, or since forget_lines()."""
        self._settle()
        return self._lines.matching()

    def forget_lines(self):
        """For a test that has had a secret logged."""
        self.lines()
        self._lines.clear()

    def _settle(self):
        """Wait for every line of the system log. They arrive in their order: so when our own has arrived, all have."""
        self._markers += 1
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as marker:
            marker.sendto(f"<86>Jan  1 00:00:00 canaries: marker {self._markers}.".encode(), PATH)
        self._lines.wait_for(rf"^canaries: marker {self._markers}\.$")

    def search_processes(self):
        """What the arguments and environments of processes hold."""
        return [f"{found}, in {place} of {process.name}, process {process.pid}, of the user {process.uid}"
                for process in processes.processes() for place in ("cmdline", "environ")
                for found in sorted(self.find(_of_process(process, place))) if not _is_session(process, place, found)]

    def holders(self, place, kind):
        """The processes in whose "cmdline" or "environ" a secret of this kind is, those of sessions among them."""
        return [process for process in processes.processes() if any(found.startswith(kind) for found in self.find(_of_process(process, place)))]

    def search_files(self, folders=(*FOLDERS, "/")):
        """What files that have come or changed since the start of the run hold, in their content or their name.

        Access tokens are left out: they stand in the tests themselves, of which somebody may make a copy meanwhile."""
        return [f"{found}, in the file {path}" for path in self.changed_files(folders)
                for found in sorted(self.find(os.fsencode(path)) | self.find(_content(path))) if not found.startswith("access token")]

    def cores(self, folders=(*FOLDERS, "/")):
        """The files among those that are cores, whatever they are called."""
        return [path for path in self.changed_files(folders) if _is_core(_content(path))]

    def changed_files(self, folders):
        """Regular files and symbolic links whose content, name, owner or mode has changed since the start of the run."""
        for folder in folders:
            device = device_of_new_files(folder)
            for path, folders_below, names in os.walk(folder):
                folders_below[:] = [] if path == "/" else [name for name in folders_below if os.path.join(path, name) != self._own_folder]
                for name in names:
                    file = os.path.join(path, name)
                    try:
                        status = os.lstat(file)
                    except FileNotFoundError:
                        continue             # It has gone meanwhile.
                    if status.st_dev == device and status.st_ctime >= self._start and stat.S_IFMT(status.st_mode) in (stat.S_IFREG, stat.S_IFLNK):
                        yield file


def device_of_new_files(folder):
    """The device that a file gets which is made in this folder now. Where the machine's own folder is beneath, what the machine writes there has another."""
    with tempfile.TemporaryFile(dir=folder) as file:
        return os.fstat(file.fileno()).st_dev


def _forms(content):
    """The content as it is, and what is written in it in other forms, with the name of the form."""
    yield "as it is", content
    yield "in hexadecimal", b"\0".join(binascii.unhexlify(run[start:start + (len(run) - start) // 2 * 2])
                                       for run in HEXADECIMAL.findall(content) for start in (0, 1))
    # Where in a group of four the secret begins is not known. A last group that is not full is filled up.
    yield "in base64", b"\0".join(binascii.a2b_base64(run[start:].translate(URL_SAFE) + b"A" * (-(len(run) - start) % 4))
                                  for run in BASE64.findall(content) for start in range(4))
    if PERCENT.search(content):
        yield "percent-encoded", PERCENT.sub(lambda escape: binascii.unhexlify(escape[1]), content)


URL_SAFE = bytes.maketrans(b"-_", b"+/")


def _of_process(process, place):
    try:
        return PYTESTS_OWN.sub(b"", Path(f"/proc/{process.pid}/{place}").read_bytes())
    except (FileNotFoundError, ProcessLookupError):
        return b""                           # It has ended meanwhile.


def _is_session(process, place, found):
    """Whether that is a session's credentials, in its own environment."""
    return place == "environ" and 1000 <= process.uid < 65534 and found.startswith(("secret key", "session token"))


def _content(path):
    try:
        return os.fsencode(os.readlink(path)) if os.path.islink(path) else Path(path).read_bytes()
    except FileNotFoundError:
        return b""


def _is_core(content):
    return content.startswith(b"\x7fELF") and int.from_bytes(content[16:18], "little") == ET_CORE
