"""A turn of the loop: quiet, retrained and released, refused by the gate, or taken back."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta
from pathlib import Path

import pytest

from flighttime import certify
from flighttime import ingest
from flighttime import ledger
from flighttime import monitor
from flighttime import package
from flighttime import pipeline
from flighttime import production
from flighttime import score
from flighttime import settings
from flighttime import smoke
from flighttime import steps
from flighttime import watch
from flighttime.certify import Certificate
from flighttime.errors import Refused
from flighttime.monitor import Week

MONDAY = date(2013, 6, 3)
RULE = {"threshold": 1.1, "breaches": 1, "of_weeks": 1, "least_labels": 1000, "cooldown_days": 7, "most_a_month": 9, "call_after": 9}


@pytest.fixture(autouse=True)
def rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """One breach is enough here, whatever this level's own numbers are."""
    tuned = {**settings.all_tuned(), "policy": RULE}
    monkeypatch.setattr(settings, "all_tuned", lambda: tuned)


@dataclass
class World:
    """What the loop looks at and what it does to it, with every step but the loop's own played."""

    ratio: float = 1.2
    gate: str = "PROMOTE"
    champion: str = "1"
    trained: list[date] = field(default_factory=list)

    def weeks(self, today: date, count: int) -> list[Week]:
        return [Week(today - timedelta(days=7), 6500, 6000, 8 * self.ratio, 0.0, 8.0)]

    def train(self, today: date) -> str:
        self.trained.append(today)
        return f"{len(self.trained) + 1}"

    def certify(self, version: str, today: date) -> Certificate:
        certificate = self.certificate(version, self.gate)
        ledger.record(today, certificate.outcome, version, reason=certificate.reason)
        return certificate

    def promotion(self, version: str) -> Certificate:
        return self.certificate(version, "PROMOTE")

    def certificate(self, version: str, outcome: str) -> Certificate:
        return Certificate(version, self.champion, outcome, "as the test wants it", 6000, mean_errors={})

    def switch_to(self, version: str) -> None:
        self.champion = version


@pytest.fixture
def world_of_play(monkeypatch: pytest.MonkeyPatch) -> World:
    played = World()
    monkeypatch.setattr(ingest, "update", lambda today: 0)
    monkeypatch.setattr(monitor, "weeks", played.weeks)
    monkeypatch.setattr(pipeline, "run", played.train)
    monkeypatch.setattr(package, "package", lambda version: None)
    monkeypatch.setattr(package, "promote", lambda version, to: package.place(version, to))
    monkeypatch.setattr(package, "digest", lambda path: "of the package")
    monkeypatch.setattr(package, "load", lambda *_: None)
    monkeypatch.setattr(certify, "certify", played.certify)
    monkeypatch.setattr(certify, "promotion", played.promotion)
    monkeypatch.setattr(production, "released", lambda: played.champion)
    monkeypatch.setattr(production, "switch_to", played.switch_to)
    ledger.record(date(2013, 3, 1), "released", "1", by="Kim", reason="the first")
    return played


def decisions() -> list[tuple[str, str]]:
    return [(entry["decision"], entry["version"]) for entry in ledger.entries()[1:]]


def test_a_quiet_week_changes_nothing(world_of_play: World) -> None:
    world_of_play.ratio = 1.0

    turn = watch.turn(MONDAY)

    assert (turn.decision.retrain, turn.certificate, turn.released) == (False, None, None)
    assert decisions() == []


def test_a_breach_ends_in_a_release_that_nobody_had_to_approve(world_of_play: World) -> None:
    turn = watch.turn(MONDAY)

    assert turn.decision.retrain
    assert turn.released == world_of_play.champion == "2"
    assert decisions() == [("retrain", "1"), ("PROMOTE", "2"), ("releasing", "2"), ("released", "2")]
    assert {entry["by"] for entry in ledger.entries()[1:] if "by" in entry} == {"the policy"}


@pytest.mark.parametrize("outcome", ["REJECT", "TIE", "INSUFFICIENT DATA"])
def test_what_the_gate_refuses_is_a_turn_with_a_reason(world_of_play: World, outcome: str) -> None:
    world_of_play.gate = outcome

    turn = watch.turn(MONDAY)

    assert (turn.certificate.outcome, turn.released) == (outcome, None)
    assert world_of_play.champion == "1"
    assert decisions() == [("retrain", "1"), (outcome, "2")]
    assert ledger.entries()[-1]["reason"] == "as the test wants it"


def test_the_same_turn_again_does_not_retrain_again(world_of_play: World) -> None:
    watch.turn(MONDAY)

    again = watch.turn(MONDAY)

    assert not again.decision.retrain
    assert world_of_play.trained == [MONDAY]


def test_a_refused_retraining_is_tried_again_when_it_has_cooled_down_and_not_before(world_of_play: World) -> None:
    world_of_play.gate = "REJECT"

    for days in range(15):
        watch.turn(MONDAY + timedelta(days=days))

    assert world_of_play.trained == [MONDAY, MONDAY + timedelta(days=7), MONDAY + timedelta(days=14)]


def test_a_release_that_the_application_follows_stays(
    world_of_play: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_APP", "http://app")
    monkeypatch.setattr(smoke, "check", lambda address, version: [])

    assert watch.turn(MONDAY).released == world_of_play.champion == "2"


def test_a_release_that_the_application_does_not_follow_is_taken_back(
    world_of_play: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FLIGHTTIME_APP", "http://app")
    says = {"2": ["http://app was to answer with version 2, but: 1"], "1": []}
    monkeypatch.setattr(smoke, "check", lambda address, version: says[version])

    turn = watch.turn(MONDAY)

    assert turn.certificate.promoted
    assert turn.released is None
    assert world_of_play.champion == "1"
    assert decisions()[-1] == ("rolled back to", "1")
    assert "was to answer with version 2, but: 1" in ledger.entries()[-1]["reason"]
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_turn_first_undoes_what_the_last_one_left_half_done(
    world_of_play: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def die(version: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(production, "switch_to", die)
        watch.turn(MONDAY)

    watch.turn(MONDAY)

    assert world_of_play.champion == "1"
    assert decisions()[-2:] == [("releasing", "2"), ("taken back", "2")]


def test_a_turn_tells_a_workflow_what_it_did(world_of_play: World, capsys: pytest.CaptureFixture[str]) -> None:
    watch.tell(watch.turn(MONDAY))

    told = dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines() if ": " in line)
    assert (told["retrain"], told["released"]) == ("true", "2")
    assert "1.20 times" in told["reason"]
    assert told["outcome"].startswith("PROMOTE")


def test_a_late_feed_does_not_end_the_loop(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = watch.parser().parse_args(["--every", "0.01", "--today", "2013-06-03"])
    quiet = watch.Turn(watch.policy.Decision(False, "quiet"))
    turns: Iterator = iter([quiet, Refused("the feed is late"), quiet, KeyboardInterrupt()])

    def turn(today: date) -> watch.Turn:
        result = next(turns)
        if isinstance(result, BaseException):
            raise result
        return result

    monkeypatch.setattr(watch, "turn", turn)
    with pytest.raises(KeyboardInterrupt):
        watch.main(arguments)

    told = capsys.readouterr()
    assert told.out.count("reason: quiet") == 2
    assert "the feed is late" in told.err


def test_the_loop_closes_on_real_flights(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A champion that errs by an hour too much answers for a week; the loop replaces it with a better one."""
    shutil.copytree(state, settings.runs(), dirs_exist_ok=True)
    monday = date(2013, 3, 11)
    monkeypatch.setenv("FLIGHTTIME_TODAY", f"{monday}")
    champion = production.current()
    for days in range(7):
        flights = ingest.timetable(date(2013, 3, 4) + timedelta(days=days))
        scored = score.score(flights, champion)
        score.record(scored.assign(minutes=scored["minutes"] + 60))

    turn = watch.turn(monday)

    assert turn.decision.retrain
    assert turn.certificate.promoted
    assert turn.released == production.released() == "2"
    assert decisions()[-4:] == [("retrain", "1"), ("PROMOTE", "2"), ("releasing", "2"), ("released", "2")]
    assert not watch.turn(monday).decision.retrain
    assert monitor.ages(monday) == {"labels": 0, "timetable": 1, "weather": 1, "planes": 1, "champion": 8}

