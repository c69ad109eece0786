"""The check of the closing exercise says what is wrong with a yesterday() that is nearly right."""

import runpy
import sys
from pathlib import Path
from types import ModuleType

import pytest

import flighttime
import ladder

EXERCISES = Path(ladder.__file__).parent / "exercises"
SOLUTION = (EXERCISES / "better_feature/flighttime/fresh.py").read_text(encoding="utf-8")


def check(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the check on this text of fresh.py."""
    fresh = ModuleType("flighttime.fresh")
    exec(text, fresh.__dict__)
    monkeypatch.setitem(sys.modules, "flighttime.fresh", fresh)
    monkeypatch.setattr(flighttime, "fresh", fresh, raising=False)
    runpy.run_path(str(EXERCISES / "better_feature.py"))["check"]()


def test_the_solution_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    check(SOLUTION, monkeypatch)


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("history[known & (", "history[(", "Without the 2 landings that were published on"),
        ("usual(history, before, landed)", "usual(history, day, landed)", "usual on that morning"),
        ("pd.Timestamp(before)", "pd.Timestamp(day)", "took 1.067 times the usual minutes"),
        ("groupby(band(landed))", "groupby(band(landed) * 0)", "a flight to LAX took 1.067 times"),
        (".fillna(ratio.mean())", "", "nothing landed in the band of distances of Chicago"),
        (".fillna(1.0)", "", "nothing landed on 2013-02-19"),
    ],
)
def test_a_wrong_feature_is_told_what_is_wrong(
    right: str, wrong: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert SOLUTION.count(right) == 1

    with pytest.raises(AssertionError) as found:
        check(SOLUTION.replace(right, wrong), monkeypatch)

    assert message in str(found.value)
