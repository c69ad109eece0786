"""Level 4's policy beside other rules: its README shows what was published, and none beats it."""

import tomllib
from pathlib import Path

import pytest

from ladder import cli
from ladder import policies
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.policies import front
from ladder.policies import judge
from ladder.policies import picture
from ladder.policies import table


def ratio_of_the_level() -> str:
    rule = tomllib.loads((LEVELS[4] / "flighttime.toml").read_text(encoding="utf-8"))["policy"]
    assert (rule["breaches"], rule["window_weeks"]) == (2, 3)
    return f"ratio-{rule['threshold']}"


def test_table_is_the_published_one() -> None:
    text = policies.README.read_text(encoding="utf-8")

    assert table.put_into(text, policies.published()) == text
    assert f"**{table.NAMES[table.OURS]}**" in text


def test_table_shows_the_policy_of_the_level_among_a_choice_of_rules() -> None:
    text = policies.README.read_text(encoding="utf-8")
    shown = text.split(table.BEGIN)[1].split(table.END)[0]

    assert table.OURS in table.SHOWN and set(table.SHOWN) < set(table.NAMES)
    assert [name in shown for name in table.NAMES.values()] == [
        rule in table.SHOWN for rule in table.NAMES
    ]


def test_picture_is_the_published_one() -> None:
    for name, drawn in policies.pictures(policies.published()).items():
        assert (policies.LEVEL / name).read_text(encoding="utf-8") == drawn
        assert name in policies.README.read_text(encoding="utf-8")


def test_every_rule_was_judged_on_every_year() -> None:
    found = policies.published()

    assert len(found["others"]) == policies.YEARS
    assert list(found["real"]) == list(table.NAMES)
    assert all(
        list(year) == [name for name in table.NAMES if name != judge.SLOW_RULE]
        for year in found["others"]
    )


def test_no_rule_beats_the_policy_of_the_level_in_the_real_year() -> None:
    real = policies.published()["real"].items()

    assert table.OURS == ratio_of_the_level()
    assert table.OURS in front.of({name: (one["retrainings"], one["error"]) for name, one in real})


def test_no_rule_beats_the_policy_in_the_other_years_by_more_than_thresholds_differ() -> None:
    found = policies.published()
    points = {name: picture.means(found, name) for name in found["others"][0]}
    retrainings, error = points[table.OURS]
    errors = [points[f"ratio-{threshold}"][1] for threshold in (1.05, 1.1, 1.15, 1.2)]
    text = policies.README.read_text(encoding="utf-8")

    fewer = [points[name][1] for name in points if points[name][0] <= retrainings]
    assert f"other years, {min(errors):.2f} to {max(errors):.2f}:" in text
    assert error - min(fewer) <= max(errors) - min(errors)


def test_a_beaten_rule_is_not_on_the_front() -> None:
    points = {
        "never": (0, 9.0),
        "worse": (3, 9.2),
        "few": (2, 8.5),
        "more": (4, 8.5),
        "many": (9, 8.1),
    }

    assert front.of(points) == ["never", "few", "many"]


def test_the_gain_of_each_means_is_shown_with_its_spread() -> None:
    real = {"monthly-certified": 8.3, "monthly": 8.1, table.OURS: 7.9}
    others = [{"monthly-certified": 8.0, "monthly": 7.9, table.OURS: error} for error in (7.5, 8.1)]
    found = {
        "real": {name: {"error": error} for name, error in real.items()},
        "others": [{name: {"error": error} for name, error in year.items()} for year in others],
    }

    rows = table.worth(found).splitlines()[2:]

    assert rows == [
        "| the refit, for a monthly calendar | +0.20 | +0.10 | +0.10 | +0.10 |",
        "| the policy instead of a calendar | +0.20 | +0.10 | -0.20 | +0.40 |",
        "| the loop instead of Level 3 | +0.40 | +0.20 | -0.10 | +0.50 |",
    ]
    assert "gains 0.40 minutes (0.20; -0.10 to 0.50)" in table.summary(found)


def test_what_cannot_be_published_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["policies", "--publish", "--rules", "never"]) == 2
    assert cli.main(["policies", "--years", "0"]) == 2
    said = capsys.readouterr().err
    assert (
        "only all rules on 6 other years are published" in said
        and "--years 0: choose from 1 to 100" in said
    )


def test_a_failure_is_reported_with_the_end_of_its_output() -> None:
    with pytest.raises(LadderError, match="ended with 1: .*out of order"):
        judge.level("-c", "raise SystemExit('out of order')")


def test_a_year_that_fails_stops_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    start = judge.start
    monkeypatch.setattr(
        judge, "start", lambda arguments: started.append(start(arguments)) or started[-1]
    )
    monkeypatch.setattr(judge.os, "cpu_count", lambda: 2)

    with pytest.raises(LadderError, match="the study ended with 1: out of order"):
        judge.run_all(
            "two",
            [["-c", "import time; time.sleep(60)"], ["-c", "raise SystemExit('out of order')"]],
        )

    assert [process.poll() is not None for process, _ in started] == [True, True]


@pytest.mark.parametrize(("seed", "year"), [(None, []), (3, ["--seed", "3"])])
def test_the_slow_rule_is_judged_on_the_real_year_only(seed: int | None, year: list[str]) -> None:
    arguments = judge.command(seed, Path("result.json"), ["never", judge.SLOW_RULE])

    options = ["--since", "2013-03-01", *year, "--out", "result.json"]
    rules = ["never", judge.SLOW_RULE] if seed is None else ["never"]
    assert arguments == ["-m", "ladder.study.hindsight", *options, *rules]
