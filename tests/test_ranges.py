"""Every number that a level's flighttime.toml sets has a range, and the level states it."""

from pathlib import Path

import pytest

from groundcrew import sections
from groundcrew.errors import UserError
from ladder.places import LEVELS

WITH_SETTINGS = {level: folder for level, folder in LEVELS.items() if level > 0}
SENSELESS = [
    (4, "threshold = 1.10", "threshold = 110"),
    (4, "breaches = 2", "breaches = 9"),
    (1, "holdout_days = 7", "holdout_days = true"),
    (1, "window_days = 59", "window_days = 99_999_999"),
    (1, "holdout_days", "holdout_day"),
    (3, "min_gain = 0.05", "min_gain = nan"),
]


def paths(level: int) -> tuple[Path, Path]:
    folder = WITH_SETTINGS[level]
    return folder / "flighttime.toml", folder / "flighttime" / "ranges.toml"


@pytest.mark.parametrize("level", WITH_SETTINGS)
def test_the_settings_of_a_level_are_within_its_ranges(level: int) -> None:
    assert sections.read_checked(*paths(level))


@pytest.mark.parametrize(("level", "old", "new"), SENSELESS)
def test_a_senseless_setting_is_refused(level: int, old: str, new: str, tmp_path: Path) -> None:
    file, ranges = paths(level)
    text = file.read_text(encoding="utf-8")
    assert old in text
    changed = tmp_path / file.name
    changed.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(UserError, match="(should be|does not exist).*: correct .*flighttime.toml"):
        sections.read_checked(changed, ranges)
