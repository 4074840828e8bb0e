"""What ends the helper between two attempts to reach STS: whoever waits for it goes away, or speaks out of turn."""

import re
import threading

import pytest

import frames
from module_side import TIMEOUT, ModuleSide
from sts import error

ATTEMPTS = 3    # The pause behind so many is up to 4 seconds long: one that has ended before its first millisecond is rare.


@pytest.fixture
def pausing(program, configuration, idp, sts):
    """pausing(act): the module's side of a helper for which STS throttles for ever; act(module) happens once it pauses for the third time."""
    configuration.write_text(re.sub(r"timeout = \d+;", r"\g<0> attempts = 10;", configuration.read_text(encoding="ascii")), encoding="ascii")

    def start(act):
        acted = threading.Event()

        def throttle(request, answer):
            request.connection.sendall(error("Throttling", "Rate exceeded").wire())
            request.connection.recv(1)       # It hangs up when it has the answer.
            if len(sts.requests) == ATTEMPTS:
                act(module)
                acted.set()

        sts.answers.extend([throttle] * 10)
        module.send(frames.hello())
        module.ask()
        module.send(frames.answer(idp.mint("alice")))
        assert acted.wait(TIMEOUT)
        return module

    with ModuleSide(program, configuration) as module:
        yield start


def test_end_of_the_module_ends_the_pause_and_no_other_request_is_made(pausing, sts):
    pausing(lambda module: module.hang_up()).end()
    assert sts.connections == ATTEMPTS


def test_word_out_of_turn_ends_the_pause_and_no_other_request_is_made(pausing, sts):
    module = pausing(lambda module: module.send(b"x"))
    assert module.verdict()["reason"] == "system"
    module.end()
    assert sts.connections == ATTEMPTS
