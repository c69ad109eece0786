"""A turn of the loop: quiet, from a breach to a confirmed release, refused on the way, rolled back, or killed anywhere."""

import os
import shutil
import signal
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta
from functools import wraps
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from mlflow.exceptions import MlflowException

from flighttime import certificates
from flighttime import certify
from flighttime import course
from flighttime import ingest
from flighttime import ledger
from flighttime import monitor
from flighttime import package
from flighttime import pipeline
from flighttime import policy
from flighttime import production
from flighttime import score
from flighttime import series
from flighttime import settings
from flighttime import smoke
from flighttime import standing
from flighttime import steps
from flighttime import tracking
from flighttime import trial
from flighttime import truth
from flighttime import watch
from flighttime.certificates import Certificate
from flighttime.errors import Refused
from flighttime.standing import Standing

MONDAY = date(2013, 6, 3)
RULE = {
    "threshold": 1.1,
    "breaches": 1,
    "of_weeks": 1,
    "least_labels": 1000,
    "cooldown_days": 7,
    "most_a_month": 9,
    "call_after": 2,
    "trial_flights": 8,
    "trial_loss": 0.0,
    "probation_flights": 20,
    "probation_loss": 0.0,
}
WAY = ["retrain", "trained", "PROMOTE", "on trial", "trial won", "releasing", "released", "on probation", "confirmed"]


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
    shadow: str = ""
    landed: int = 100
    # What the new version errs where the old one errs by 10 minutes.
    on_trial: float = 9.0
    on_probation: float = 9.0
    trained: list[date] = field(default_factory=list)

    def weeks(self, today: date, count: int) -> list[SimpleNamespace]:
        return [SimpleNamespace(first=today - timedelta(days=7), labels=6000, ratio=self.ratio)]

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
        self.champion, self.shadow = version, ""

    def set_registered_model_tag(self, name: str, tag: str, value: str) -> None:
        assert (name, tag) == ("flighttime", "split")
        self.shadow = value.removesuffix(":0.0")

    def standing(self) -> Standing:
        return Standing(self.champion, self.shadow or None)

    def same_flights(self, version: str, other: str, since: object) -> pd.DataFrame:
        number = self.landed if (version, other) == (self.champion, self.shadow) or other == self.champion else 0
        error = self.on_probation if version == self.champion else self.on_trial
        return pd.DataFrame({"one": [100 + error] * number, "other": [110.0] * number, "air_time": [100.0] * number})


@pytest.fixture
def world_of_play(monkeypatch: pytest.MonkeyPatch) -> World:
    played = World()
    lineage = {"metrics": {"mae": 7.5}, "data_version": 3, "run": "r", "trained_from": "2013-04-05", "trained_until": "2013-05-26"}
    for module, name, stand_in in [
        (ingest, "update", lambda today: 0),
        (truth, "same_flights", played.same_flights),
        (monitor, "weeks", played.weeks),
        (series, "store", lambda weeks: None),
        (pipeline, "run", played.train),
        (package, "package", lambda version: None),
        (package, "promote", lambda version, to: package.place(version, to)),
        (package, "digest", lambda path: "of the package"),
        (package, "load", lambda *_: None),
        (certify, "certify", played.certify),
        (certificates, "promotion", played.promotion),
        (production, "released", lambda: played.champion),
        (production, "switch_to", played.switch_to),
        (standing, "read", played.standing),
        (tracking, "store", lambda: played),
        (tracking, "lineage", lambda version: lineage),
    ]:
        monkeypatch.setattr(module, name, stand_in)
    ledger.record(date(2013, 3, 1), "released", "1", by="Kim", reason="the first")
    return played


def decisions() -> list[str]:
    return [entry["decision"] for entry in ledger.entries()[1:]]


def test_a_quiet_week_changes_nothing(world_of_play: World) -> None:
    world_of_play.ratio = 1.0

    turn = watch.turn(MONDAY)

    assert (turn.decision.retrain, turn.outcome, turn.released) == (False, "", "")
    assert decisions() == []


def test_a_breach_ends_in_a_confirmed_release_that_nobody_had_to_approve(world_of_play: World) -> None:
    turn = watch.turn(MONDAY)

    assert turn.decision.retrain
    assert turn.released == world_of_play.champion == "2"
    assert decisions() == WAY
    assert world_of_play.shadow == ""
    assert {entry["by"] for entry in ledger.entries()[1:] if "by" in entry} == {"the policy"}


def test_every_decision_has_its_reason_and_the_loops_own_their_numbers(world_of_play: World) -> None:
    watch.turn(MONDAY)

    entries = {entry["decision"]: entry for entry in ledger.entries()[1:]}
    assert all(entry["reason"] for entry in entries.values())
    assert entries["trained"]["evidence"] == {"mae": 7.5, "data_version": 3, "run": "r"}
    judged = {"flights": 100, "error": 9.0, "other": 10.0, "loss": -1.0}
    assert entries["trial won"]["evidence"] == entries["confirmed"]["evidence"] == judged


def test_it_waits_for_landings_with_a_shadow_first_on_this_side_and_then_on_that(world_of_play: World) -> None:
    world_of_play.landed = 7
    first = watch.turn(MONDAY)
    assert (first.course.step, world_of_play.champion, world_of_play.shadow) == (course.TRIAL, "1", "2")

    world_of_play.landed = 8
    second = watch.turn(MONDAY + timedelta(days=2))
    assert (second.course.step, world_of_play.champion, world_of_play.shadow) == (course.PROBATION, "2", "1")
    assert (second.released, second.decision.retrain) == ("2", False)

    world_of_play.landed, world_of_play.ratio = 20, 1.0
    third = watch.turn(MONDAY + timedelta(days=8))
    assert (third.outcome.split(",")[0], world_of_play.champion, world_of_play.shadow) == ("confirmed", "2", "")
    assert decisions() == WAY


@pytest.mark.parametrize("outcome", ["REJECT", "TIE", "INSUFFICIENT DATA"])
def test_what_the_gate_refuses_is_a_turn_with_a_reason(world_of_play: World, outcome: str) -> None:
    world_of_play.gate = outcome

    turn = watch.turn(MONDAY)

    assert (turn.outcome, turn.released) == (f"{outcome}, as the test wants it", "")
    assert (world_of_play.champion, world_of_play.shadow) == ("1", "")
    assert decisions() == ["retrain", "trained", outcome]


def test_a_challenger_that_is_worse_beside_the_champion_is_not_released(world_of_play: World) -> None:
    world_of_play.on_trial = 10.5

    turn = watch.turn(MONDAY)

    assert turn.outcome == "trial lost, on the same 100 flights it erred 10.50 minutes, version 1 10.00"
    assert (turn.released, world_of_play.champion, world_of_play.shadow) == ("", "1", "")
    assert ledger.entries()[-1]["evidence"]["loss"] == 0.5


def test_a_new_champion_that_is_worse_than_the_old_one_would_be_is_rolled_back(world_of_play: World) -> None:
    world_of_play.on_probation = 11.0

    turn = watch.turn(MONDAY)

    assert decisions()[-3:] == ["on probation", "rolling back to", "rolled back to"]
    assert turn.outcome.startswith("rolled back to, away from version 2: on the same 100 flights it erred 11.00 minutes")
    assert (turn.released, world_of_play.champion, world_of_play.shadow) == ("", "1", "")
    assert ledger.champions() == ["1"]
    assert ledger.entries()[-1]["evidence"]["loss"] == 1.0
    assert ledger.entries()[-1]["by"] == "the policy"


def test_two_that_come_to_nothing_call_a_person_and_the_loop_goes_on(
    world_of_play: World,
    capsys: pytest.CaptureFixture[str],
) -> None:
    world_of_play.gate = "TIE"
    calls = [watch.turn(MONDAY + timedelta(days=days)).decision.call for days in range(15)]

    assert [bool(call) for call in calls] == [False] * 7 + [True] + [False] * 7
    assert world_of_play.trained == [MONDAY, MONDAY + timedelta(days=7), MONDAY + timedelta(days=14)]
    with pytest.raises(Refused, match="nobody resumes"):
        watch.main(watch.parser().parse_args(["--resume"]))
    watch.main(watch.parser().parse_args(["--resume", "--approved-by", "Kim", "--today", "2013-06-18"]))
    assert course.now().calls == ()


def test_the_same_turn_again_does_not_retrain_again(world_of_play: World) -> None:
    watch.turn(MONDAY)

    again = watch.turn(MONDAY)

    assert not again.decision.retrain
    assert world_of_play.trained == [MONDAY]


def test_a_training_that_failed_is_tried_again_by_the_next_turn(world_of_play: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(today: date) -> str:
        raise Refused("the delivery is refused")

    with monkeypatch.context() as patch, pytest.raises(Refused):
        patch.setattr(pipeline, "run", fail)
        watch.turn(MONDAY)

    again = watch.turn(MONDAY + timedelta(days=1))

    assert again.decision.reason == "the retraining of 2013-06-03 has not come to its end: it goes on"
    assert decisions() == WAY


def test_an_application_that_does_not_follow_gets_the_old_champion_back(
    world_of_play: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FLIGHTTIME_APP", "http://127.0.0.1:9")
    monkeypatch.setattr(smoke, "SECONDS_TO_FOLLOW", 0)
    says = {"2": ["http://app was to answer with version 2, but: 1"], "1": []}
    monkeypatch.setattr(smoke, "check", lambda address, version: says[version])

    turn = watch.turn(MONDAY)

    assert (turn.released, world_of_play.champion, world_of_play.shadow) == ("", "1", "")
    assert decisions()[-1] == "rolled back to"
    assert "was to answer with version 2, but: 1" in ledger.entries()[-1]["reason"]
    looks_on, taken_back = capsys.readouterr().err.splitlines()
    assert looks_on.endswith("does not say that version 2 looks on: see its log")
    assert "version 2 was taken back" in taken_back


class Killed(BaseException):
    """As much of a kill -9 as a test can do without a process: nothing is put in order."""


DEEDS: list[tuple[object, str]] = [
    (ledger, "record"),
    (pipeline, "run"),
    (package, "package"),
    (certify, "certify"),
    (package, "promote"),
    (World, "set_registered_model_tag"),
    (World, "switch_to"),
]


@dataclass
class Fate:
    """Kills before the deed of this number is done, which is after the one before."""

    number: int
    seen: int = 0

    def over(self, deed: Callable) -> Callable:
        @wraps(deed)
        def fated(*what: object, **more: object) -> object:
            self.seen += 1
            if self.seen == self.number:
                raise Killed
            return deed(*what, **more)

        return fated


@pytest.mark.parametrize("ends", ["confirmed", "rolled back to"])
@pytest.mark.parametrize("number", range(1, 22))
def test_wherever_it_is_killed_the_next_turns_bring_it_to_its_end(
    world_of_play: World,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    ends: str,
) -> None:
    world_of_play.on_probation = 9.0 if ends == "confirmed" else 11.0
    fate = Fate(number)
    for where, name in DEEDS:
        monkeypatch.setattr(where, name, fate.over(getattr(where, name)))
    # The stand-ins are bound to their world already.
    monkeypatch.setattr(production, "switch_to", world_of_play.switch_to)

    killed = 0
    for _ in range(3):
        try:
            watch.turn(MONDAY)
        except Killed:
            killed += 1

    newest = f"{len(world_of_play.trained) + 1}"
    assert killed == (number <= fate.seen)
    assert len(world_of_play.trained) <= 2
    assert (world_of_play.champion, world_of_play.shadow) == (newest if ends == "confirmed" else "1", "")
    assert (decisions()[-1], course.now().step, ledger.pending()) == (ends, course.WATCH, None)
    assert decisions().count("retrain") == 1
    assert course.now().refused == (ends != "confirmed")


def test_a_turn_tells_a_workflow_what_it_did(world_of_play: World, capsys: pytest.CaptureFixture[str]) -> None:
    watch.tell(watch.turn(MONDAY))

    told = dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines() if ": " in line)
    assert (told["retrain"], told["released"], told["champion"], told["trial"], told["call"]) == ("true", "2", "2", "", "")
    assert "1.20 times" in told["reason"]
    assert told["outcome"].startswith("confirmed, on the same 100 flights")


def test_what_is_out_of_reach_in_mid_turn_is_told_in_a_line(world_of_play: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_reach(version: str) -> dict:
        raise MlflowException("nobody there\nand a stack")

    with monkeypatch.context() as patch, pytest.raises(Refused, match=r"the registry sqlite:.* is out of reach \(nobody there\)"):
        patch.setattr(tracking, "lineage", out_of_reach)
        watch.turn(MONDAY)

    assert watch.turn(MONDAY).released == "3", "what was trained and not written down is trained again"


def test_nothing_but_a_person_ends_the_loop(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    signals: None,
) -> None:
    arguments = watch.parser().parse_args(["--every", "0.01"])
    quiet = watch.Turn(policy.Decision(False, "quiet"), [], course.Course())
    turns: Iterator = iter([Refused("the feed is late"), quiet, OSError("no route"), quiet, KeyboardInterrupt()])

    def turn(today: date) -> watch.Turn:
        result = next(turns)
        if isinstance(result, BaseException):
            raise result
        return result

    monkeypatch.setattr(watch, "turn", turn)
    monkeypatch.setattr(production, "released", lambda: "1")
    with pytest.raises(KeyboardInterrupt):
        watch.main(arguments)

    told = capsys.readouterr()
    assert told.out.count("reason: quiet") == 2
    errors = ["error: the feed is late", "error: this turn came to nothing (OSError: no route): the next one looks again"]
    assert told.err.splitlines() == errors


@pytest.fixture
def signals(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    # The tests that follow are not to be slowed down.
    monkeypatch.setattr(os, "nice", lambda more: 0, raising=False)
    yield
    signal.signal(signal.SIGTERM, before)


def test_who_is_told_to_end_puts_down_what_it_has_begun(
    world_of_play: World,
    monkeypatch: pytest.MonkeyPatch,
    signals: None,
) -> None:
    monkeypatch.setattr(pipeline, "run", lambda today: signal.raise_signal(signal.SIGTERM))

    with pytest.raises(KeyboardInterrupt):
        watch.main(watch.parser().parse_args(["--every", "60"]))

    assert watch.lease.who() is None


def test_the_loop_closes_on_real_flights(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A champion that errs by an hour too much answers for a week; a better one looks on for a day, and replaces it."""
    shutil.copytree(state, settings.runs(), dirs_exist_ok=True)
    monday = date(2013, 3, 11)
    monkeypatch.setenv("FLIGHTTIME_TODAY", f"{monday}")
    for days in range(7):
        answer(date(2013, 3, 4) + timedelta(days=days), too_much=60)

    first = watch.turn(monday)
    answer(monday, too_much=60)
    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-03-12")
    second = watch.turn(monday + timedelta(days=1))

    assert (first.decision.retrain, first.course.step) == (True, course.TRIAL)
    assert second.released == production.released() == "2"
    assert decisions()[-len(WAY) + 1 :] == WAY[:-1]
    assert standing.read() == Standing("2", "1", 0.0)
    assert ledger.entries()[-4]["evidence"]["flights"] > 800
    assert [week["labels"] > 6000 for week in series.stored(9)] == [True]


def answer(day: date, too_much: float) -> None:
    model = production.current()
    scored = score.answer(ingest.timetable(day), model)
    score.record(scored.assign(minutes=scored["minutes"] + too_much), score.shadow_of(model))
