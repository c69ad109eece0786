"""`ladder soak` on each application: the real one holds, a broken copy does not, and it is told what broke."""

import argparse
import shutil
from pathlib import Path

import pytest

from conftest import world
from ladder import soak
from ladder.places import LEVELS

pytestmark = [pytest.mark.slow, pytest.mark.skipif("sys.platform == 'win32'", reason="takes minutes there")]

# What somebody might break, and how the soak is to name it.
BROKEN = {
    "app.add_middleware(Limits)\n": "",
    "http=Patience,": "",
    "answer(read(body))": "answer(read(body)[::-1])",
}


@pytest.fixture
def leaning(level: int, runs: Path, monkeypatch: pytest.MonkeyPatch) -> argparse.Namespace:
    """How to lean on the level's application shortly, on the state that these tests have made."""
    monkeypatch.setattr(soak, "RUNS", runs)
    for name, value in world(level, runs).items():
        monkeypatch.setenv(name, value)
    return argparse.Namespace(level=level, seconds=soak.SHORTEST, patience=2)


def test_the_worst_of_users_and_a_restart_do_it_no_harm(
    leaning: argparse.Namespace,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = soak.main(leaning)

    told = capsys.readouterr().out
    assert code == 0, told
    assert "HELD: no error that was not the client's" in told


@pytest.mark.parametrize("level", [1], indirect=True)
def test_whoever_breaks_the_application_is_told_what_broke(
    leaning: argparse.Namespace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken = tmp_path / LEVELS[leaning.level].name
    shutil.copytree(LEVELS[leaning.level], broken, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    for module in ("app.py", "web/api.py"):
        break_it(broken / "flighttime" / module)
    monkeypatch.setitem(LEVELS, leaning.level, broken)
    leaning.patience = 1

    code = soak.main(leaning)

    told = capsys.readouterr().out.partition("BROKE:")[2]
    assert code == 1
    assert "100 flights: wrong numbers" in told
    assert "too large: got " in told
    assert "a head, drop by drop: not given up after" in told


def break_it(module: Path) -> None:
    code = module.read_text(encoding="utf-8")
    for whole, part in BROKEN.items():
        code = code.replace(whole, part)
    assert code != module.read_text(encoding="utf-8")
    module.write_text(code, encoding="utf-8")
