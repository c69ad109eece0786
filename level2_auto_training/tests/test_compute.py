"""Work is done in order and a little at a time wherever it is done, and a place where it cannot be is told."""

import pickle
import subprocess
import sys
from concurrent.futures import CancelledError
from datetime import date
from types import SimpleNamespace

import pytest

from flighttime import cluster
from flighttime import compute
from flighttime import settings
from flighttime.errors import Refused

NOBODY = "tcp://127.0.0.1:9"


def doubled(piece: int) -> int:
    return 2 * piece


def test_work_runs_here_unless_told_otherwise() -> None:
    assert compute.where() == settings.tuned("compute")["where"] == "this machine"


def test_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_COMPUTE", NOBODY)

    assert compute.where() == NOBODY


def test_results_come_in_the_order_of_the_pieces() -> None:
    assert list(compute.each(doubled, [3, 1, 2])) == [6, 2, 4]


def test_a_piece_is_asked_for_when_its_turn_has_come() -> None:
    asked = []

    results = compute.each(doubled, (asked.append(piece) or piece for piece in range(1000)))

    assert asked == []
    assert (next(results), asked) == (0, [0])


def test_nothing_of_the_cluster_is_loaded_where_work_runs_here() -> None:
    code = "import sys; from flighttime import compute; print(*compute.each(abs, [-1])); print({'dask', 'distributed'} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", code], cwd=settings.ROOT, capture_output=True, text=True)

    assert done.stdout == "1\nset()\n", done.stderr


@pytest.mark.parametrize("told", ["a cluster", "10.0.0.5:8786", "tcp://10.0.0.5", "http://10.0.0.5:8786", "tcp://:8786"])
def test_what_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.setenv("FLIGHTTIME_COMPUTE", told)

    with pytest.raises(Refused, match=f"work cannot run on '{told}': say 'this machine', or .* such as tcp://10.0.0.5:8786"):
        compute.each(doubled, [1])


def test_where_nobody_answers_the_address_and_the_remedy_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_COMPUTE", NOBODY)
    monkeypatch.setattr(cluster, "SECONDS_TO_ANSWER", 0.2)

    with pytest.raises(Refused, match=f"no scheduler answers at {NOBODY} .*: start it, or say 'this machine'"):
        next(compute.each(doubled, [1]))


@pytest.fixture
def client() -> SimpleNamespace:
    """A cluster with one worker where everything is as it is here."""
    packages = dict.fromkeys(cluster.DECISIVE, "1.0")
    versions = {"client": {"packages": packages}, "workers": {"tcp://worker:1": {"packages": dict(packages)}}}
    return SimpleNamespace(
        scheduler=SimpleNamespace(address="tcp://scheduler:2"),
        get_versions=lambda packages: versions,
        run=lambda work, on_error: {"tcp://worker:1": work()},
    )


def test_workers_like_this_machine_are_accepted(client: SimpleNamespace) -> None:
    cluster.require_workers(client)


@pytest.mark.parametrize("name", ["python", "numpy", "pandas", "scikit-learn"])
def test_a_worker_with_another_package_is_refused(client: SimpleNamespace, name: str) -> None:
    client.get_versions([])["workers"]["tcp://worker:1"]["packages"][name] = "0.9"

    with pytest.raises(Refused, match=f"tcp://worker:1 has {name} 0.9, not 1.0 as here: start it anew with the same packages"):
        cluster.require_workers(client)


@pytest.mark.parametrize(("answer", "told"), [("0f0f", "flighttime 0f0f"), (ImportError("no such"), r"no flighttime \(no such\)")])
def test_a_worker_with_other_code_is_refused(client: SimpleNamespace, answer: object, told: str) -> None:
    client.run = lambda work, on_error: {"tcp://worker:1": answer}

    with pytest.raises(Refused, match=f"tcp://worker:1 has {told}, not {cluster.code()} as here: .* in a copy of this folder"):
        cluster.require_workers(client)


def test_a_cluster_without_workers_is_refused(client: SimpleNamespace) -> None:
    client.get_versions([])["workers"].clear()

    with pytest.raises(Refused, match="the scheduler at tcp://scheduler:2 has no workers: start some"):
        cluster.require_workers(client)


def test_elsewhere_work_sees_the_feed_and_the_day_of_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_FEED", "a feed")
    world = compute.world()
    for name in ("FLIGHTTIME_FEED", "FLIGHTTIME_TODAY", "FLIGHTTIME_COMPUTE"):
        monkeypatch.setenv(name, "another")

    seen = compute.as_here(world, lambda piece: (piece, settings.feed(), settings.today(), compute.where()), pickle.dumps(7))

    assert seen == (7, "a feed", date(2013, 3, 1), "this machine")


class Lost:
    """A piece of work that did not come back."""

    def __init__(self, problem: Exception, status: str) -> None:
        self.problem, self.status = problem, status

    def result(self, timeout: float) -> None:
        raise self.problem


@pytest.mark.parametrize(
    ("problem", "told"),
    [(CancelledError(), "has gone in mid-work"), (ConnectionError(), "has gone in mid-work"), (TimeoutError(), "has lost all its workers")],
)
def test_a_cluster_that_goes_in_mid_work_is_told(client: SimpleNamespace, problem: Exception, told: str) -> None:
    client.nthreads = dict

    with pytest.raises(Refused, match=f"the scheduler at tcp://scheduler:2 {told}: start .*, and this again"):
        compute.result(Lost(problem, "pending"), client)


def test_what_the_work_itself_raises_is_raised_here(client: SimpleNamespace) -> None:
    with pytest.raises(FileNotFoundError, match="mine"):
        compute.result(Lost(FileNotFoundError("mine"), "error"), client)
