"""Work runs lazily and in order, here or on a cluster; a cluster that cannot do it is refused."""

import subprocess
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import distributed
import pytest

from groundcrew import cluster
from groundcrew import compute
from groundcrew import settings
from groundcrew.errors import UserError

ADDRESS = "tcp://127.0.0.1:9"  # nothing listens on this port


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that names no cluster."""
    (tmp_path / "flighttime").mkdir()
    (tmp_path / "flighttime.toml").write_text("", encoding="utf-8")
    (tmp_path / "requirements.txt").write_text("", encoding="utf-8")
    monkeypatch.setattr(settings, "_package", None)
    settings.use_project(tmp_path / "flighttime")
    return tmp_path


@pytest.fixture
def cluster_in_settings(project: Path) -> None:
    """The settings name a cluster."""
    text = f'[compute]\nwhere = "{ADDRESS}"\n'
    (project / "flighttime.toml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("text", ["", '[compute]\nwhere = "this machine"\n'])
def test_work_runs_on_this_machine_unless_the_settings_name_a_cluster(
    project: Path,
    text: str,
) -> None:
    (project / "flighttime.toml").write_text(text, encoding="utf-8")

    assert list(compute.each(abs, [3, -1, 2])) == [3, 1, 2]


def test_one_piece_of_work_takes_any_arguments(project: Path) -> None:
    assert compute.run(divmod, 7, 2) == (3, 1)


def test_one_piece_of_work_runs_on_the_cluster_that_the_settings_name(
    cluster_in_settings: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cluster, "TIMEOUT_SECONDS", 0.2)

    with pytest.raises(UserError, match=f"no scheduler answers at {ADDRESS}"):
        compute.run(divmod, 7, 2)


def test_pieces_are_requested_one_by_one(project: Path) -> None:
    requested = []

    results = compute.each(abs, (requested.append(piece) or piece for piece in range(1000)))

    assert requested == []
    assert (next(results), requested) == (0, [0])


def test_dask_is_not_loaded_for_work_on_this_machine(project: Path) -> None:
    code = (
        "import sys; from groundcrew import batch, compute; print(*compute.each(abs, [-1])); "
        "print({'dask', 'distributed', 'mlflow', 'sklearn'} & set(sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True)

    assert done.stdout == "1\nset()\n", done.stderr


def test_a_scheduler_that_does_not_answer_is_reported(
    cluster_in_settings: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cluster, "TIMEOUT_SECONDS", 0.2)

    remedy = "start it, or set compute.where to 'this machine'"
    with pytest.raises(UserError, match=f"no scheduler answers at {ADDRESS} .*: {remedy}"):
        list(compute.each(abs, [1]))


@pytest.mark.parametrize(
    "workers",
    [{}, {"tcp://worker:1": "code 0f0f"}, {"tcp://worker:1": ImportError("no groundcrew")}],
)
def test_workers_with_other_code_are_refused(
    cluster_in_settings: None,
    monkeypatch: pytest.MonkeyPatch,
    workers: dict,
) -> None:
    closed = []
    client = SimpleNamespace(
        run=lambda work, on_error: workers,
        close=lambda: closed.append(True),
    )
    monkeypatch.setattr(distributed, "Client", lambda address, timeout: client)

    with pytest.raises(UserError) as error:
        list(compute.each(abs, [1]))

    expected = f"{ADDRESS} has the workers {workers}, and needs workers with {cluster.code()}"
    assert expected in str(error.value)
    assert closed


def test_the_code_of_a_worker_includes_project_library_and_packages(project: Path) -> None:
    before = cluster.code()
    (project / "flighttime" / "model.py").touch()

    after = cluster.code()

    assert before != after
    assert ", groundcrew " in after
    assert f", Python {sys.version.split()[0]}, numpy " in after


def test_work_on_a_worker_uses_the_feed_and_the_day_of_the_sender(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_FEED", "a feed")
    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-03-01")
    environment = cluster.environment()
    monkeypatch.setenv("FLIGHTTIME_FEED", "another")
    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-12-31")

    def work(piece: int) -> tuple:
        return piece, settings.feed(), settings.today()

    assert cluster.in_environment(environment, work, 7) == (7, "a feed", date(2013, 3, 1))
