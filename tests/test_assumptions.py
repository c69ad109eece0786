"""A changed assumption is used or refused in words, never ignored."""

import pytest

from ladder.errors import LadderError
from ladder.year import assumptions

GIVEN = assumptions.PLACE.read_text(encoding="utf-8")


@pytest.fixture
def change(tmp_path, monkeypatch):
    def write(old: str, new: str) -> None:
        assert old in GIVEN
        (tmp_path / "assumptions.toml").write_text(GIVEN.replace(old, new), encoding="utf-8")
        monkeypatch.setattr(assumptions, "PLACE", tmp_path / "assumptions.toml")

    return write


def test_a_change_is_read(change):
    change("lead_days = 14", "lead_days = 3")

    assert assumptions.read()["level1"]["lead_days"] == 3


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("lead_days = 14", "lead_days = -1", "level1.lead_days is -1"),
        ("lead_days = 14", "lead_days = 'soon'", "level1.lead_days is 'soon'"),
        ("lead_days = 14", "", "level1.lead_days"),
        ("lead_days = 14", "lead_weeks = 2", "level1.lead"),
        ("refit_months = [4, 7, 10]", "refit_months = [4, 13]", "level1.refit_months.1 is 13"),
        ("release_months = [5, 7, 9, 11]", "release_months = [3]", "release_months has 3"),
        ("threshold = 1.25", "threshold = 0", "threshold is 0"),
        ("threshold = 1.25", "threshold = ", "cannot be read"),
        ("look_weekday = 0", "look_weekday = 7", "look_weekday is 7"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name_and_value(change, old, new, named):
    change(old, new)

    with pytest.raises(LadderError, match=named):
        assumptions.read()
