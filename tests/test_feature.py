"""The page about the better feature shows what was published, and its claims hold for that."""

import re
import sys
from pathlib import Path

import pytest
from level_runs import starter

from ladder import cli
from ladder import feature
from ladder.errors import LadderError
from ladder.feature import comparison
from ladder.feature import page
from ladder.feature import tables
from ladder.places import LEVELS
from ladder.places import ROOT
from ladder.policies import judge


def test_the_page_is_the_template_with_the_published_figures() -> None:
    shown = page.PAGE.read_text(encoding="utf-8")

    assert shown == page.of(feature.published())
    assert shown.count("| today's features |") == len(tables.RULES) + 1
    assert not re.search(r"[{}]", shown)


def test_the_page_is_linked() -> None:
    for reader in (ROOT, LEVELS[4]):
        assert "shared/BETTER_FEATURE.md)" in (reader / "README.md").read_text(encoding="utf-8")


def test_the_page_has_short_lines_and_few_of_them() -> None:
    lines = page.PAGE.read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if len(line) > 120 and not line.startswith("|")] == []
    assert len(lines) <= 140


def test_a_figure_that_was_not_measured_is_no_page() -> None:
    with pytest.raises(KeyError, match="nothing"):
        page.figure(feature.published(), "real/nothing/error", ".2f")


def test_what_the_page_claims_was_measured() -> None:
    found = feature.published()
    real, late = found["real"], found["real"]["costs"]["late"]
    today, fresh, alone = real["today"], real["fresh"], real["alone"]
    poisoned = real["costs"]["poisoned"]

    assert len(found["others"]) == feature.YEARS and real["skew"] == 0
    for year in (real, *found["others"]):
        # The better feature without retraining beats the loop and the calendar without it.
        assert year["fresh"]["never"]["error"] < year["today"]["policy"]["error"]
        assert year["fresh"]["never"]["error"] < year["today"]["monthly"]["error"]
        without_model = year["alone"]["usual times yesterday"]["error"]
        assert without_model < year["alone"]["usual"]["error"]
        assert abs(year["fresh"]["monthly"]["error"] - year["fresh"]["never"]["error"]) < 0.3
    assert fresh["never"]["error"] < alone["usual"]["error"] < today["policy"]["error"]
    assert alone["usual times yesterday"]["error"] < fresh["never"]["error"]
    values = page.derived(found)
    assert values["fresh never, other years"] < values["without a model, other years"]
    assert late["both 1"] - late["in time"] > fresh["never"]["error"] - fresh["monthly"]["error"]
    assert late["in time"] < late["ratio missing"] < late["ratio 1"] < late["both 7"]
    assert (
        today["policy"]["error"] < late["both 7"] and today["policy"]["error"] < late["median 28"]
    )
    assert poisoned["accepted"] == poisoned["days"]
    assert poisoned["poisoned"]["next day"] - poisoned["clean"]["next day"] > 2
    assert abs(poisoned["poisoned"]["13 days after"] - poisoned["clean"]["13 days after"]) < 0.2
    assert late["in time"] == pytest.approx(fresh["never"]["error"])


def test_a_persons_own_features_are_shown_beside_the_published_ones() -> None:
    found = feature.published()
    mine = {"fresh": found["real"]["today"], "skew": 0.06}

    header, _, solution, yours, *rest = comparison.of_yours(mine, found).splitlines()

    assert header.split()[0] == "never"
    assert solution.split()[2] == f"{found['real']['fresh']['never']['error']:.2f}"
    assert yours.split()[1] == f"{found['real']['today']['never']['error']:.2f}"
    assert "TRAINING-SERVING SKEW: for 6% of the flights" in rest[-1]
    assert "SKEW" not in comparison.of_yours(mine | {"skew": 0.0}, found)


def test_what_is_no_file_or_cannot_be_published_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["feature", "nowhere.py"]) == 2
    assert cli.main(["feature", "nowhere.py", "--publish"]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first == "ladder: there is no file nowhere.py: name the one with usual() and yesterday()"
    assert "only the solution is published: leave FILE out" in second


def test_an_error_in_a_persons_file_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "fresh.py"
    file.write_text("def usual(history, day, flights): ...", encoding="utf-8")
    run_all = judge.run_all
    monkeypatch.setattr(sys, "executable", starter().python)
    monkeypatch.setattr(
        judge, "run_all", lambda *given: None if "ingest" in f"{given}" else run_all(*given)
    )

    with pytest.raises(LadderError) as refused:
        feature.yours(file)

    assert f"{refused.value}" == f"{file} has no function yesterday(): define it"
