"""Level 4's rule beside others: what its README says of them is what was published, and nobody beats it."""

import tomllib

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
    assert (rule["breaches"], rule["of_weeks"]) == (2, 3)
    return f"ratio-{rule['threshold']}"


def test_table_is_the_published_one() -> None:
    text = policies.README.read_text(encoding="utf-8")

    assert table.put_into(text, policies.published()) == text
    assert f"**{table.NAMES[table.OURS]}**" in text


def test_picture_is_the_published_one() -> None:
    for name, drawn in policies.pictures(policies.published()).items():
        assert (policies.LEVEL / name).read_text(encoding="utf-8") == drawn
        assert name in policies.README.read_text(encoding="utf-8")


def test_every_rule_was_judged_on_every_year() -> None:
    found = policies.published()

    assert len(found["others"]) == policies.YEARS
    assert list(found["real"]) == list(table.NAMES)
    assert all(list(year) == [name for name in table.NAMES if name != judge.LONG] for year in found["others"])


@pytest.mark.parametrize("others", [False, True])
def test_nobody_beats_the_rule_of_the_level(others: bool) -> None:
    found = policies.published()
    real = {name: (one["retrainings"], one["error"]) for name, one in found["real"].items()}
    points = {name: picture.means(found, name) for name in found["others"][0]} if others else real

    assert table.OURS == ratio_of_the_level()
    assert table.OURS in front.of(points)


def test_who_is_beaten_is_not_on_the_front() -> None:
    points = {"never": (0, 9.0), "worse": (3, 9.2), "few": (2, 8.5), "more": (4, 8.5), "many": (9, 8.1)}

    assert front.of(points) == ["never", "few", "many"]


def test_what_cannot_be_published_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["policies", "--publish", "--rules", "never"]) == 2
    assert cli.main(["policies", "--years", "0"]) == 2
    said = capsys.readouterr().err
    assert "only all rules on 6 other years are published" in said and "--years 0: from 1 to 100" in said


def test_a_level_that_fails_is_told_with_its_last_words() -> None:
    with pytest.raises(LadderError, match="ended with 1: .*out of order"):
        judge.level("-c", "raise SystemExit('out of order')")


def test_one_that_fails_ends_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    begin = judge.start
    monkeypatch.setattr(judge, "start", lambda arguments: started.append(begin(arguments)) or started[-1])
    monkeypatch.setattr(judge.os, "cpu_count", lambda: 2)

    with pytest.raises(LadderError, match="hindsight ended with 1: out of order"):
        judge.all_of("two", [["-c", "import time; time.sleep(60)"], ["-c", "raise SystemExit('out of order')"]])

    assert [process.poll() is not None for process in started] == [True, True]
