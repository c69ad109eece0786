"""The README's figures and picture are those of a run, and a run still gives them."""

import pytest

from ladder import policies
from ladder import publish
from ladder.conformance import rubric
from ladder.places import LEVELS


def test_table_is_the_published_runs():
    text = publish.README.read_text(encoding="utf-8")

    assert publish.with_table(text, publish.published()) == text
    assert "| Level 4 |" in text


@pytest.mark.parametrize("name", ["chart.svg", "chart-narrow.svg"])
def test_picture_is_the_published_runs(name):
    shown = (publish.FOLDER / name).read_text(encoding="utf-8")

    assert shown == publish.pictures(publish.published())[name]


def test_is_at_most_two_screens():
    assert len(publish.README.read_text(encoding="utf-8").splitlines()) <= 100


def test_figures_in_the_prose_are_the_published_ones():
    year, rules = publish.published(), policies.published()["real"]
    error = {row["level"]: row["mae"] for row in year["levels"]}
    median = year["baselines"]["route_median_rolling"]["mae"]
    refit = rules["monthly-certified"]["error"] - rules["monthly"]["error"]
    front = " ".join(publish.README.read_text(encoding="utf-8").split())
    level_4 = (LEVELS[4] / "README.md").read_text(encoding="utf-8")

    assert f"Level 4 errs {error[3] - error[4]:.2f} minutes less than Level 3" in front
    assert f"more than half of that: {refit:.2f}, if it also refitted" in front
    assert refit > (error[3] - error[4]) / 2
    assert f"computed every morning errs {median:.2f} minutes: less than the loop" in level_4
    assert median < min(error.values()) and median < min(rule["error"] for rule in rules.values())
    assert f"({median:.2f} minutes against {error[4]:.2f})" in rubric.FILE.read_text("utf-8")
