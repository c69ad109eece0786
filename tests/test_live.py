"""`ladder live`: the page follows the replay by itself, and Ctrl-C stops everything."""

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import level_runs
import psutil
import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from visitor import TIMEOUT_SECONDS
from visitor import Visitor
from visitor import browser  # noqa: F401

from ladder import live
from ladder import ports
from ladder.errors import LadderError
from ladder.live import beside
from ladder.live import pace
from ladder.live.copy import Copy
from ladder.places import LEVELS
from ladder.places import ROOT
from ladder.service import LOOPBACK_ONLY
from ladder.year import builds

# The events of mission control, and nothing else of the application: it starts in a second.
EVENTS = """
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from groundcrew.web.control_events import SharedView, stream
app, view = FastAPI(), SharedView(lambda: {"state": "as it was"})
@app.get("/")
async def events(request: Request) -> StreamingResponse:
    return StreamingResponse(stream(request, view, ""))
uvicorn.run(app, port=PORT, log_level="error", timeout_graceful_shutdown=20)
"""


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1week/s", 7),
        ("week/s", 7),
        ("1day/s", 1),
        ("3days/s", 3),
        ("2weeks/min", 14 / 60),
        ("0.5weeks/s", 3.5),
        ("24days/h", 24 / 3600),
    ],
)
def test_a_speed_is_read(text: str, days: float) -> None:
    assert pace.read(text).days == pytest.approx(days)


@pytest.mark.parametrize(
    "text", ["", "fast", "0weeks/s", "-1week/s", "1week", "1 week/s", "1year/s", "1week/ms"]
)
def test_a_text_that_is_no_speed_is_refused_with_the_rule(text: str) -> None:
    with pytest.raises(
        LadderError,
        match=f"--speed '{text}' is no speed: write a number, day or week, and s, min or h",
    ):
        pace.read(text)


class Clock:
    """Time that passes only during waits and work."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pace, "time", clock)
    return clock


def test_a_day_is_delayed_and_a_late_one_is_not_made_up_for(clock: Clock) -> None:
    days, began = pace.Pace(pace.read("2days/s")), []
    for work in [0.1, 0.1, 5.0, 0.1, 0.1]:
        days.wait()
        began.append(clock.now - 100)
        clock.sleep(work)

    assert began == pytest.approx([0, 0.5, 1, 6, 6.5])


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (0.1, "1.0 days a second"),
        (4.0, "15.0 days a minute, training included; 1day/s was asked for"),
    ],
)
def test_the_reported_pace_is_the_one_that_was_reached(
    clock: Clock, work: float, message: str
) -> None:
    days = pace.Pace(pace.read("1day/s"))
    for _ in range(50):
        days.wait()
        clock.sleep(work)

    assert days.text() == message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--level", "3"], "--level 3 has no mission control"),
        (["--versus", "2"], "--versus 2 is not known: Level 3's pace is"),
        (["--port", "0"], "port 0 does not exist"),
        (["--until", "2014-01-01"], "--until 2014-01-01 is not in the replayed year"),
    ],
)
def test_a_replay_that_cannot_be_shown_is_refused(arguments: list[str], message: str) -> None:
    with pytest.raises(LadderError, match=message):
        begin(*arguments)


def test_a_port_in_use_is_answered_with_the_next_free_one() -> None:
    with (
        ports.socket.create_server((ports.LOOPBACK, 0)) as taken,
        pytest.raises(LadderError, match=r"is in use; try `.* --port \d+`"),
    ):
        begin("--port", f"{taken.getsockname()[1]}")


def begin(*arguments: str) -> None:
    parser = argparse.ArgumentParser()
    live.add_arguments(parser)
    live.main(parser.parse_args(arguments))


def test_the_page_for_two_shows_only_these_two(monkeypatch: pytest.MonkeyPatch) -> None:
    copies = [object.__new__(Copy), object.__new__(Copy)]
    for copy, title, port in zip(copies, ["a <b>", "c"], [8001, 8002], strict=True):
        copy.title, copy.address = title, f"http://127.0.0.1:{port}"
        copy.level = 4

    with (
        beside.served(ports.somewhere(), copies) as page,
        LOOPBACK_ONLY.open(page, timeout=TIMEOUT_SECONDS) as answer,
    ):
        text, policy = answer.read().decode(), answer.headers["Content-Security-Policy"]

    assert text.count('<section class="s-l4">') == 2
    assert re.findall(r'<h2>(.*?)</h2><iframe src="(.*?)"', text) == [
        ("a &lt;b&gt;", "http://127.0.0.1:8001/control"),
        ("c", "http://127.0.0.1:8002/control"),
    ]
    assert (
        "frame-src http://127.0.0.1:8001 http://127.0.0.1:8002;" in policy
        and "default-src 'none'" in policy
    )


@pytest.mark.slow
@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no signal that asks a process to end"
)
def test_a_viewer_does_not_delay_the_end_of_an_application() -> None:
    port = ports.somewhere()
    script = EVENTS.replace("PORT", f"{port}")
    with subprocess.Popen([sys.executable, "-c", script]) as server:
        viewer = opened(f"http://127.0.0.1:{port}/")
        while b"as it was" not in viewer.readline():
            assert server.poll() is None

        began = time.monotonic()
        server.terminate()
        server.wait(TIMEOUT_SECONDS)

    assert time.monotonic() - began < 5
    assert viewer.read() == b"\n"


def opened(address: str) -> object:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while True:
        try:
            return LOOPBACK_ONLY.open(address, timeout=TIMEOUT_SECONDS)
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def ladder(*arguments: str, runs: Path | None = None) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "shared")} | (
        {"LADDER_RUNS": str(runs)} if runs else {}
    )
    command = level_runs.ladder("live", "--no-browser", *arguments)
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture
def replay(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[subprocess.Popen[str]]:
    """A replay that starts with a small model and is stopped by Ctrl-C, without processes left."""
    monkeypatch.setattr(builds, "RUNS", tmp_path)
    shutil.copytree(runs / LEVELS[4].name, builds.path_of(4, tmp_path / "live" / "loop"))
    port = ports.somewhere()
    begun = ladder(
        "--speed", "3days/s", "--until", "2013-03-04", "--port", f"{port}", runs=tmp_path
    )
    begun.address = f"http://127.0.0.1:{port}"
    try:
        yield begun
    finally:
        started = level_runs.descendants(begun.pid)
        begun.send_signal(signal.SIGINT)
        begun.wait(TIMEOUT_SECONDS)
        # Each that is warm has a client.
        assert len(started) >= 3 * (1 + level_runs.starter().is_warm)
        assert not psutil.wait_procs(started, timeout=TIMEOUT_SECONDS)[1]


@pytest.mark.slow
@pytest.mark.skipif(
    sys.platform == "win32", reason="Ctrl-C cannot be sent to one process on Windows"
)
@pytest.mark.parametrize("level", [4], indirect=True)
def test_the_page_follows_the_replay_by_itself(
    browser: webdriver.Chrome, replay: subprocess.Popen, tmp_path: Path
) -> None:  # noqa: F811
    visitor = Visitor(browser, replay.address, tmp_path)
    assert f"Mission control is at {replay.address}/control" in replay.stdout.readline()
    visitor.open("/control")
    at_first = visitor.see("main h1")

    shown(
        lambda: (
            "In the week of 25 February 2013 the model erred by"
            in visitor.see(".state .standfirst")
        )
    )
    shown(lambda: visitor.see(".state .kicker") == "Monday, 4 March 2013")
    assert at_first == "No week has been measured yet"
    assert visitor.see("#connection") == "live"
    assert len(visitor.run("[...document.querySelectorAll('circle.week')]")) == 1
    assert "Version 1 answers: it is the champion" in visitor.see(".timeline ol")
    with (tmp_path / "live" / "loop" / "ledger.jsonl").open("a", encoding="utf-8") as ledger:
        ledger.write(
            json.dumps(
                {
                    "day": "2013-03-04",
                    "decision": "call",
                    "version": "1",
                    "reason": "wolf",
                }
            )
            + "\n"
        )
    assert "Wolf." in visitor.see("[role=alert]")
    shown(
        lambda: visitor.run("document.getElementById('news').textContent") == "A person is called"
    )

    visitor.keep("mission control")
    visitor.tell(
        "Emulation.setDeviceMetricsOverride",
        width=320,
        height=640,
        deviceScaleFactor=2,
        mobile=True,
    )
    browser.execute_script("document.querySelector('.chart details').open = true")
    assert visitor.run("[innerWidth, document.scrollingElement.scrollWidth]") == [320, 320]
    visitor.keep("mission control on a phone")
    with LOOPBACK_ONLY.open(f"{replay.address}/control/state", timeout=TIMEOUT_SECONDS) as answer:
        assert json.load(answer)["weeks"][-1]["labels"] > 2000
    assert all(
        address.startswith((f"{replay.address}/", "data:")) for address in visitor.asked_for()
    )
    assert browser.get_log("browser") == []


def shown(condition: Callable[[], bool]) -> None:
    """Wait for it without touching the page; it may be renewed at the moment of a look."""
    deadline = time.monotonic() + 3 * TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(StaleElementReferenceException):
            if condition():
                return
        time.sleep(0.1)
    raise AssertionError("the page does not show it")
