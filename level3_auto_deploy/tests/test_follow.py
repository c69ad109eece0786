"""The application answers with a new champion soon, without a restart, and without failing a single request."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pandas as pd
import pytest
from test_integration import PATIENCE
from test_integration import free_port
from test_integration import wait_for

from flighttime import environment
from flighttime import follow
from flighttime import package
from flighttime import production
from flighttime import smoke
from flighttime import split
from flighttime import standing
from flighttime.errors import Refused
from flighttime.features import FEATURES
from flighttime.train import Trained

SOON = 2  # seconds
CALLERS = 8


@dataclass
class World:
    """What is released, and how often it was opened."""

    released: str | None = "1"
    broken: str = ""
    opened: int = 0

    def open(self, version: str | None) -> production.Production:
        time.sleep(0.05)
        self.opened += 1
        if version in (self.broken, None):
            raise Refused(f"version {version} is damaged")
        return production.Production(version, None)


@pytest.fixture
def there() -> World:
    return World()


@pytest.fixture
def follower(there: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[follow.Follower]:
    monkeypatch.setattr(follow, "SECONDS_BETWEEN_LOOKS", 0.01)
    follower = follow.Follower(lambda: there.released, there.open)
    yield follower
    follower.cache_clear()


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_many_first_callers_open_the_model_once(follower: follow.Follower, there: World) -> None:
    with ThreadPoolExecutor(CALLERS) as callers:
        models = list(callers.map(lambda _: follower(), range(CALLERS)))

    assert there.opened == 1
    assert {model.version for model in models} == {"1"}


def test_a_new_version_takes_over_by_itself(follower: follow.Follower, there: World) -> None:
    follower()

    there.released = "2"

    assert within(PATIENCE, lambda: follower().version == "2")
    assert there.opened == 2


def test_while_the_new_one_opens_the_old_one_answers(follower: follow.Follower, there: World) -> None:
    follower()
    opening, may_open = threading.Event(), threading.Event()
    follower.opens = lambda version: (opening.set(), may_open.wait(PATIENCE), there.open(version))[-1]

    there.released = "2"

    assert opening.wait(PATIENCE)
    assert follower().version == "1"
    may_open.set()
    assert within(PATIENCE, lambda: follower().version == "2")


def test_a_new_one_that_does_not_open_is_told_once_and_the_old_one_answers(
    follower: follow.Follower,
    there: World,
    capsys: pytest.CaptureFixture,
) -> None:
    follower()

    there.released = there.broken = "2"

    assert within(PATIENCE, lambda: there.opened > 4)
    assert follower().version == "1"
    assert capsys.readouterr().err == "warning: version 1 goes on answering: version 2 is damaged\n"
    there.released = "3"
    assert within(PATIENCE, lambda: follower().version == "3")


def test_without_any_model_every_call_is_refused_until_there_is_one(follower: follow.Follower, there: World) -> None:
    there.broken = "1"
    for _ in range(2):
        with pytest.raises(Refused):
            follower()

    there.broken = ""

    assert follower().version == "1"


def test_what_was_taken_back_without_another_in_its_place_answers_no_more(
    follower: follow.Follower,
    there: World,
) -> None:
    follower()

    there.released = None

    assert within(PATIENCE, lambda: follower.model is None)
    with pytest.raises(Refused):
        follower()
    there.released = "2"
    assert within(PATIENCE, lambda: follower.model is not None)
    assert follower().version == "2"


def test_while_nobody_can_tell_what_is_released_the_old_one_answers(
    follower: follow.Follower,
    there: World,
    capsys: pytest.CaptureFixture,
) -> None:
    follower()
    asked = []

    def away() -> str:
        asked.append(1)
        raise OSError("the registry is away")

    follower.standing = away

    assert within(PATIENCE, lambda: len(asked) > 3)
    assert follower().version == "1"
    follower.standing = lambda: "2"
    assert within(PATIENCE, lambda: follower().version == "2")
    assert capsys.readouterr().err == "warning: version 1 goes on answering: the registry is away\n"


@pytest.fixture(scope="module")
def place(rivals: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = shutil.copytree(rivals, tmp_path_factory.mktemp("place") / "state")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLIGHTTIME_RUNS", str(place))
        package.promote("2", environment.PRODUCTION)
    return place


@pytest.fixture(scope="module")
def application(place: Path) -> Iterator[httpx.Client]:
    """A client of the application: one process for all tests here, and never restarted."""
    port = free_port()
    environment = {**os.environ, "FLIGHTTIME_RUNS": str(place), "FLIGHTTIME_TODAY": "2013-03-15"}
    command = [sys.executable, "-m", "flighttime.app", "--port", f"{port}"]
    with (
        subprocess.Popen(command, cwd=place / "releases" / (place / "releases" / "current").read_text(), env=environment)
        as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=PATIENCE) as client,
    ):
        try:
            wait_for(client, process)
            yield client
        finally:
            process.terminate()


@pytest.fixture
def client(application: httpx.Client, place: Path, monkeypatch: pytest.MonkeyPatch) -> httpx.Client:
    """The application answers with version 1."""
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(place))
    production.switch_to("1")
    assert within(PATIENCE, lambda: answering(application) == "1")
    return application


def answering(client: httpx.Client) -> str:
    return client.get("/version").json()["model"]


@pytest.fixture
def flights(trained: Trained) -> list[dict]:
    return trained.holdout[FEATURES].dropna().head(20).to_dict("records")


@pytest.fixture
def minutes(client: httpx.Client, flights: list[dict]) -> dict[str, list[float]]:
    """What each version says of the flights."""
    rows = pd.DataFrame(flights)
    return {version: package.load(version).predict(rows).tolist() for version in ("1", "2")}


def test_a_release_and_a_rollback_under_load_fail_no_request_and_mix_no_answers(
    client: httpx.Client,
    flights: list[dict],
    minutes: dict[str, list[float]],
) -> None:
    answers, over = [], threading.Event()

    def call() -> None:
        while not over.is_set():
            answers.append(client.post("/predict", json=flights))

    with ThreadPoolExecutor(CALLERS) as callers:
        calls = [callers.submit(call) for _ in range(CALLERS)]
        production.switch_to("2")
        followed = within(PATIENCE, lambda: answering(client) == "2")
        production.switch_to("1")
        returned = within(PATIENCE, lambda: answering(client) == "1")
        over.set()

    assert followed and returned
    assert all(call.exception() is None for call in calls)
    assert {answer.status_code for answer in answers} == {200}
    told = [answer.json() for answer in answers]
    assert {answer["model"] for answer in told} == {"1", "2"}
    for answer in told:
        assert [flight["minutes"] for flight in answer["answers"]] == minutes[answer["model"]]


def test_a_split_sends_each_flight_to_one_arm_and_shows_what_each_has_answered(
    client: httpx.Client,
    flights: list[dict],
    minutes: dict[str, list[float]],
) -> None:
    standing.split("2", 0.5)
    assert within(SOON, lambda: client.get("/version").json().get("challenger") == "2")

    together = client.post("/predict", json=flights).json()
    alone = [client.post("/predict", json=flight).json()["answers"][0] for flight in flights]

    arms = [answer["model"] for answer in together["answers"]]
    assert set(arms) == {"1", "2"} and together["model"] == "1"
    assert arms == [answer["model"] for answer in alone]
    expected = [minutes[arm][place] for place, arm in enumerate(arms)]
    assert [answer["minutes"] for answer in together["answers"]] == expected
    assert smoke.check(str(client.base_url), "1") == []
    first, second = split.compared(str(client.base_url), standing.read())
    assert first.startswith("version 1: ") and second.startswith("version 2: ")
    production.switch_to("1")
    assert within(SOON, lambda: client.get("/version").json().keys() == {"application", "model"})


def test_a_quiet_application_follows_soon(client: httpx.Client) -> None:
    production.switch_to("2")

    assert within(SOON, lambda: answering(client) == "2")


def test_a_champion_with_a_damaged_package_never_answers(client: httpx.Client, place: Path, flights: list[dict]) -> None:
    packages = place / "production" / "packages"
    shutil.copytree(packages / "2", place / "kept")
    (packages / "2" / "examples.json").write_text("[]", encoding="utf-8")

    production.switch_to("2")

    assert not within(SOON, lambda: answering(client) != "1")
    assert client.post("/predict", json=flights).json()["model"] == "1"
    shutil.rmtree(packages / "2")
    (place / "kept").rename(packages / "2")
    assert within(PATIENCE, lambda: answering(client) == "2")
