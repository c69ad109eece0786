"""Work is repeated until the process is stopped, and one failure does not stop it."""

import os
import signal
import time
from collections.abc import Callable
from collections.abc import Iterator
from datetime import date

import pytest

from groundcrew import scheduling
from groundcrew.errors import UserError

TODAY = date(2013, 3, 1)


@pytest.fixture(autouse=True)
def niceness(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """What was added to the niceness of the process, which the test does not change."""
    added: list[int] = []
    monkeypatch.setattr(os, "nice", added.append, raising=False)
    before = signal.getsignal(signal.SIGTERM)
    yield added
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 1e20, 604_801])
def test_a_pause_that_no_clock_can_wait_for_is_refused(seconds: float) -> None:
    with pytest.raises(UserError, match="is no pause: choose up to 604800 seconds"):
        scheduling.repeat(lambda today: pytest.fail("a turn began"), seconds)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between the turns; the third one is interrupted."""
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", sleep)
    return pauses


def repeat(turn: Callable[[date], dict]) -> None:
    with pytest.raises(KeyboardInterrupt):
        scheduling.repeat(turn, 60)


def test_each_turn_gets_the_day_and_its_result_is_printed(
    pauses: list[float],
    niceness: list[int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    def turn(today: date) -> dict[str, object]:
        monkeypatch.setenv("FLIGHTTIME_TODAY", f"2013-03-0{len(pauses) + 2}")
        return {"day": today, "step": "watch"}

    repeat(turn)

    expected = [f"day: 2013-03-0{number}\nstep: watch\n" for number in (1, 2, 3)]
    assert capsys.readouterr().out == "".join(expected)
    assert pauses == [60, 60, 60]
    assert niceness == [10]


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        (UserError("another loop is running"), "error: another loop is running\n"),
        (KeyError("mae"), "error: this turn failed (KeyError: 'mae'): trying again\n"),
    ],
)
def test_an_error_ends_one_turn_only(
    pauses: list[float],
    problem: Exception,
    message: str,
    capsys: pytest.CaptureFixture,
) -> None:
    def turn(today: date) -> dict[str, str]:
        if len(pauses) == 1:
            raise problem
        return {"step": "watch"}

    repeat(turn)

    printed = capsys.readouterr()
    assert printed.out == "step: watch\n" * 2
    assert printed.err == message


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM")
def test_a_terminated_process_ends_as_with_ctrl_c() -> None:
    def turn(today: date) -> dict[str, str]:
        os.kill(os.getpid(), signal.SIGTERM)
        return {}

    repeat(turn)
