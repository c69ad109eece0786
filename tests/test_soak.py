"""`ladder soak` on each application: the real one holds, and a broken copy is found."""

import argparse
import shutil
from pathlib import Path

import pytest
from level_runs import level_environment
from level_runs import starter

from ladder import soak
from ladder.places import GROUNDCREW
from ladder.soak import application
from ladder.soak import expected
from ladder.soak import slow
from ladder.soak import trial

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("sys.platform == 'win32'", reason="takes minutes there"),
]

# Each breaks a protection of the application, or its answers, in a copy of groundcrew.
BREAKAGES = {
    "assembly.py": ("app.add_middleware(Limits)\n", "pass\n"),
    "server.py": ("http=TimeoutProtocol,", ""),
    "predicting.py": ("return given\n", "return given[::-1]\n"),
}


@pytest.fixture
def arguments(level: int, runs: Path, monkeypatch: pytest.MonkeyPatch) -> argparse.Namespace:
    """The shortest soak of the level's application, on the state that these tests have made."""
    for name, value in level_environment(level, runs).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(expected, "PYTHON", starter().python)
    return argparse.Namespace(level=level, seconds=soak.SHORTEST, patience=2)


def test_wrong_and_slow_clients_and_a_restart_do_no_harm(
    arguments: argparse.Namespace,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = soak.main(arguments)

    output = capsys.readouterr().out
    assert code == 0, output
    assert "HELD: no error that was not the client's" in output


@pytest.mark.parametrize("level", [1], indirect=True)
def test_a_broken_application_is_found_and_the_breakage_is_named(
    arguments: argparse.Namespace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copytree(
        GROUNDCREW, tmp_path / "groundcrew", ignore=shutil.ignore_patterns("__pycache__")
    )
    for module, (whole, broken) in BREAKAGES.items():
        replace(tmp_path / "groundcrew" / "web" / module, whole, broken)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}")
    # Its memory is not what is broken: it may have more pools, and so starts in a moment.
    monkeypatch.setattr(application, "PYTHON", starter().python)
    monkeypatch.setattr(application, "FEW_POOLS", {})
    arguments.patience = 1
    # What is broken here never ends by itself: that need not be waited for as on a busy machine.
    monkeypatch.setattr(application, "SECONDS_TO_END", 5)
    monkeypatch.setattr(slow, "GRACE", 2)
    monkeypatch.setattr(trial, "LONGEST", 5)

    code = soak.main(arguments)

    output = capsys.readouterr().out.partition("BROKE:")[2]
    assert code == 1
    assert "100 flights: wrong numbers" in output
    assert "too large: got " in output
    assert "a head, drop by drop: not given up after" in output


def replace(module: Path, whole: str, broken: str) -> None:
    code = module.read_text(encoding="utf-8")
    assert code.count(whole) == 1
    module.write_text(code.replace(whole, broken), encoding="utf-8")
