"""What is not as recorded is named, and nothing else."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from mlflow.entities import Run

from flighttime import checkout
from flighttime import rebuild
from flighttime import settings
from flighttime import tracking
from flighttime.errors import Refused


@pytest.fixture
def run(settled: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """A run of committed code, and a copy of what stands here in place of the commit."""
    run = tracking.get("1")
    run.data.tags.update(commit="c0ffee", changed="no")
    folder = tmp_path / "commit"
    folder.mkdir()
    for name in ("flighttime.toml", "requirements.txt"):
        (folder / name).write_bytes((settings.ROOT / name).read_bytes())

    @contextmanager
    def at(commit: str) -> Iterator[Path]:
        yield folder

    monkeypatch.setattr(checkout, "at", at)
    monkeypatch.setattr(rebuild, "train", lambda folder, tags: {name: tags[name] for name in ("data_digest", "model_digest")})
    return run


def differing(run: Run) -> dict[str, str]:
    return {name: words for name, words in rebuild.rebuild(run).items() if words}


def test_where_all_is_as_recorded_nothing_differs(run: Run) -> None:
    assert differing(run) == {}


def test_a_record_that_lacks_what_is_needed_is_refused(run: Run) -> None:
    del run.data.tags["model_digest"]

    with pytest.raises(Refused, match=f"run {run.info.run_id} lacks model_digest: older code wrote it; train anew"):
        rebuild.rebuild(run)


def test_code_that_was_not_committed_is_named_by_its_files(run: Run) -> None:
    run.data.tags["changed"] = "flighttime/model.py"

    told = "flighttime/model.py was changed and not committed: this is commit c0ffee, without the changes"
    assert differing(run) == {"code": told}


def test_code_that_was_never_in_git_is_told(run: Run) -> None:
    run.data.tags.update(checkout.NOWHERE)

    assert differing(run) == {"code": "was not in git: this is what stands here now"}


def test_settings_of_the_record_take_the_place_of_the_commits(run: Run, tmp_path: Path) -> None:
    run.data.params["training.window_days"] = "30"

    assert differing(run) == {"settings": "training.window_days was 30, not 59"}
    assert "training.window_days = 30\n" in (tmp_path / "commit" / "flighttime.toml").read_text(encoding="utf-8")


def test_another_lock_is_told(run: Run) -> None:
    run.data.tags["requirements"] = 64 * "0"

    assert differing(run) == {"packages": "requirements.txt was another than that of the commit"}


def test_a_package_that_is_not_here_as_it_was_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    here = {"numpy": "1.0"}
    run.data.tags["python"] = "3.9.1"
    monkeypatch.setattr(rebuild, "installed", lambda name: here.get(name, "not installed"))

    told = differing(run)["packages"].split("; ")

    assert "scikit-learn is not installed, not 1.9.1" in told
    assert any(words.startswith("python was 3.9.1, now 3.") for words in told)


@pytest.mark.parametrize(("name", "what"), [("data_digest", "data"), ("model_digest", "model")])
def test_other_content_is_told_by_its_digest(run: Run, monkeypatch: pytest.MonkeyPatch, name: str, what: str) -> None:
    made = {**run.data.tags, name: 64 * "0"}
    monkeypatch.setattr(rebuild, "train", lambda folder, tags: made)

    assert differing(run) == {what: f"SHA-256 {12 * '0'}…, recorded {run.data.tags[name][:12]}…"}


def test_a_data_version_that_is_gone_is_refused(run: Run) -> None:
    run.data.tags["data_version"] = "7"

    with pytest.raises(Refused, match="there is no data version 7 of .*: choose one from 0 to 0"):
        rebuild.rebuild(run)


def test_code_that_does_not_train_is_refused_with_what_it_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tags = {"commit": "c0ffee", "today": "2013-03-01", "data_version": "0"}
    failed = SimpleNamespace(returncode=1, stderr="Traceback\nModuleNotFoundError: no module named 'xgboost'\n")
    monkeypatch.setattr(subprocess, "run", lambda *arguments, **options: failed)

    with pytest.raises(Refused, match=r"commit c0ffee does not train here \(ModuleNotFoundError: no module named 'xgboost'\)"):
        rebuild.train(tmp_path, tags)


def command(monkeypatch: pytest.MonkeyPatch, found: dict[str, str]) -> None:
    monkeypatch.setattr(rebuild, "rebuild", lambda run: found)
    rebuild.main(rebuild.parser().parse_args(["1"]))


def test_the_command_tells_all_of_it(settled: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    command(monkeypatch, {"packages": "numpy is 2.5, not 2.4", "model": ""})

    told = capsys.readouterr().out.splitlines()[1:]
    assert told == ["packages  numpy is 2.5, not 2.4", "model     as recorded", "outcome: bit-identical"]


def test_another_model_is_refused(settled: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(Refused, match="the model is not the one on record: bring back what is not as recorded"):
        command(monkeypatch, {"data": "", "model": "SHA-256 0…"})

    assert capsys.readouterr().out.splitlines()[-1] == "outcome: differs"
