"""A released model replaces the current one without a restart; if it fails to load, it does not."""

import re
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from groundcrew import reload
from groundcrew import serving
from groundcrew.errors import UserError
from groundcrew.reload import Reloader
from groundcrew.serving import CompiledVersion
from groundcrew.serving import PipelineModel
from groundcrew.serving import Serving
from groundcrew.serving import State

SECONDS = 10
CALLERS = 8
FEATURES = ["carrier", "distance", "seats"]
NUMBERS = ["distance", "seats"]


@dataclass
class Releases:
    """Which version is released, and how often one was opened."""

    released: str | None = "1"
    broken: str = ""
    opened: int = 0

    def open(self, version: str | None) -> Serving:
        time.sleep(0.05)
        self.opened += 1
        if version in (self.broken, None):
            raise UserError(f"version {version} is damaged")
        return Serving(CompiledVersion(version, None))


@pytest.fixture
def releases() -> Releases:
    return Releases()


@pytest.fixture
def current(releases: Releases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reloader]:
    monkeypatch.setattr(reload, "SECONDS_BETWEEN_CHECKS", 0.01)
    current = serving.reload_on_change(lambda: releases.released, releases.open)
    yield current
    current.cache_clear()


def happens(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def fails(current: Reloader) -> bool:
    try:
        current()
    except UserError:
        return True
    return False


def test_many_first_callers_open_the_model_once(current: Reloader, releases: Releases) -> None:
    with ThreadPoolExecutor(CALLERS) as threads:
        served = list(threads.map(lambda _: current(), range(CALLERS)))

    assert releases.opened == 1
    assert {one.version for one in served} == {"1"}


def test_a_new_version_is_served_without_a_restart(current: Reloader, releases: Releases) -> None:
    current()

    releases.released = "2"

    assert happens(lambda: current().version == "2")
    assert releases.opened == 2


def test_a_check_loads_the_new_version_at_once(
    releases: Releases,
    current: Reloader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reload, "SECONDS_BETWEEN_CHECKS", 3600)
    current()
    releases.released = "2"

    current.check()

    assert current().version == "2"


def test_an_unchanged_state_is_not_loaded_again(current: Reloader, releases: Releases) -> None:
    served = current()

    current.check()

    assert current() is served
    assert releases.opened == 1


def test_while_the_new_version_loads_the_current_one_is_served(
    current: Reloader,
    releases: Releases,
) -> None:
    current()
    loading, may_load = threading.Event(), threading.Event()

    def open_slowly(version: str) -> Serving:
        loading.set()
        may_load.wait(SECONDS)
        return releases.open(version)

    current.open = open_slowly
    releases.released = "2"

    assert loading.wait(SECONDS)
    assert current().version == "1"
    may_load.set()
    assert happens(lambda: current().version == "2")


def test_a_new_version_that_fails_to_load_is_reported_once(
    current: Reloader,
    releases: Releases,
    capsys: pytest.CaptureFixture,
) -> None:
    current()

    releases.released = releases.broken = "2"

    assert happens(lambda: releases.opened > 4)
    assert current().version == "1"
    assert capsys.readouterr().err == "warning: version 1 keeps serving: version 2 is damaged\n"
    releases.released = "3"
    assert happens(lambda: current().version == "3")


def test_without_a_model_every_call_fails_until_there_is_one(
    current: Reloader,
    releases: Releases,
) -> None:
    releases.broken = "1"
    for _ in range(2):
        with pytest.raises(UserError):
            current()

    releases.broken = ""

    assert current().version == "1"


def test_a_version_that_was_taken_back_is_served_no_more(
    current: Reloader,
    releases: Releases,
) -> None:
    current()

    releases.released = None

    assert happens(lambda: fails(current))
    releases.released = "2"
    assert happens(lambda: not fails(current))
    assert current().version == "2"


def test_while_the_state_cannot_be_read_the_current_version_is_served(
    current: Reloader,
    capsys: pytest.CaptureFixture,
) -> None:
    current()
    failures = []

    def fail() -> str:
        failures.append(1)
        raise OSError("the registry does not answer")

    current.read_state = fail

    assert happens(lambda: len(failures) > 3)
    assert current().version == "1"
    current.read_state = lambda: "2"
    assert happens(lambda: current().version == "2")
    warning = "warning: version 1 keeps serving: the registry does not answer\n"
    assert capsys.readouterr().err == warning


def test_after_cache_clear_no_thread_watches_and_the_next_call_loads_again(
    current: Reloader,
    releases: Releases,
) -> None:
    before = set(threading.enumerate())
    current()
    (watcher,) = set(threading.enumerate()) - before

    current.cache_clear()

    assert not watcher.is_alive()
    releases.released = "2"
    assert current().version == "2"


class Doubling:
    """Stands for a pipeline: predicts twice the distance."""

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        assert list(frame) == FEATURES
        assert all(frame[name].dtype == "float64" for name in NUMBERS)
        return 2 * frame["distance"].to_numpy()


def test_a_pipeline_predicts_the_same_for_a_frame_and_for_rows() -> None:
    model = PipelineModel("abc", Doubling(), FEATURES, NUMBERS)
    rows = [("UA", 100, None), ("B6", 250.5, 20)]
    frame = pd.DataFrame(rows, columns=FEATURES).astype(dict.fromkeys(NUMBERS, "float64"))

    assert model.predict(frame) == model.predict_rows(rows) == [200.0, 501.0]
    assert not model.quick


def test_a_compiled_model_is_quick_and_passes_rows_on() -> None:
    class Compiled:
        def predict(self, frame: pd.DataFrame) -> np.ndarray:
            return np.arange(len(frame)) + 0.5

        def predict_rows(self, rows: list[tuple]) -> list[float]:
            return [0.5] * len(rows)

    model = CompiledVersion("7", Compiled())

    assert model.predict(pd.DataFrame({"carrier": ["UA", "B6"]})) == [0.5, 1.5]
    assert model.predict_rows([("UA",)]) == [0.5]
    assert model.quick
    assert Serving(model).version == "7"


def open_unless(damaged: str) -> Callable[[str], CompiledVersion]:
    """A function that opens every version but one."""

    def open(version: str) -> CompiledVersion:
        if version == damaged:
            raise UserError(f"version {version} is damaged")
        return CompiledVersion(version, None)

    return open


def versions(served: Serving) -> tuple:
    """The parts of what is served, in the order of State."""
    challenger, shadow = served.challenger, served.shadow
    return (
        served.version,
        challenger.version if challenger else "",
        served.share,
        shadow.version if shadow else "",
        (),
    )


@pytest.mark.parametrize(
    "state",
    [State("1"), State("1", "2", 0.2), State("1", shadow="3"), State("1", "2", 0.2, "3")],
)
def test_all_versions_of_a_state_are_opened(state: State) -> None:
    assert versions(Serving.of(state, open_unless(""))) == state


@pytest.mark.parametrize(
    ("damaged", "expected"),
    [("2", ("1", "", 0.0, "3", ())), ("3", ("1", "2", 0.2, "", ()))],
    ids=["challenger", "shadow"],
)
def test_a_challenger_or_shadow_that_does_not_open_is_left_out_with_a_warning(
    damaged: str,
    expected: tuple,
    capsys: pytest.CaptureFixture,
) -> None:
    served = Serving.of(State("1", "2", 0.2, "3"), open_unless(damaged))

    assert versions(served) == expected
    reason = f"version {damaged} is damaged"
    warning = f"warning: version {damaged} is not used beside the champion: {reason}\n"
    assert capsys.readouterr().err == warning


def test_a_champion_that_does_not_open_is_an_error() -> None:
    with pytest.raises(UserError, match="version 1 is damaged"):
        Serving.of(State("1", "2", 0.2), open_unless("1"))


@pytest.mark.parametrize(("run", "mark"), [("", ""), ("0123abcd" * 4, "0123abcd")])
def test_prediction_ids_are_unique_and_begin_with_the_version_and_its_run(
    run: str,
    mark: str,
) -> None:
    model = CompiledVersion("7", None, run)

    ids = serving.prediction_ids(model, 1000)

    assert len(set(ids)) == 1000
    assert all(re.fullmatch("7-[0-9a-f]{32}", prediction_id) for prediction_id in ids)
    assert all(prediction_id.startswith(f"7-{mark}") for prediction_id in ids)
    assert serving.prediction_ids(model, 0) == []
