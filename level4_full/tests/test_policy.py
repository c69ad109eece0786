"""The policy on made-up weeks and ledgers: when to retrain, to release, and to call a person."""

import re
from datetime import date
from datetime import timedelta
from math import nan
from types import SimpleNamespace

import pytest

from flighttime import loop_state
from flighttime import policy
from groundcrew import settings
from groundcrew.predictions.counted import LeftOut

TODAY = date(2013, 6, 3)
RULES = settings.section("policy")
WORDS = ["retrain", "trained", "PROMOTE", "refitted", "PROMOTE", "shadow", "shadow passed"]
WORDS += ["released", "confirmed"]
STEPS = ["train", "certify", "refit", "check", "begin shadow", "shadow", "release", "confirm"]


def entry(decision: str, days_ago: int, by: str = loop_state.LOOP, version: str = "2") -> dict:
    day = f"{TODAY - timedelta(days=days_ago)}"
    about = {"decision": decision, "version": version, "by": by, "reason": decision}
    return {"day": day, "utc": day, **about}


def until(last: str, days_ago: int = 1) -> list[dict]:
    """The decisions of the loop from a retraining to this one, all on one day."""
    words = WORDS[: WORDS.index(last)] if last in WORDS else WORDS[:2]
    return [entry(word, days_ago) for word in [*words, last]]


def weeks(*ratios: float, labels: int = 6000, late: int = 0) -> list[SimpleNamespace]:
    """Weeks in which the model erred so many times as much as the route median."""
    week = {"first": "May", "labels": labels, "left_out": LeftOut(6000, {"late": late})}
    return [SimpleNamespace(**week, ratio=ratio) for ratio in ratios]


SPLIT = [entry("split", 3, by="Kim")]
CASES = [
    (weeks(1.0, 1.0, 1.2), [], False, "1 of 3, 2 needed"),
    (weeks(1.0, 1.2, 1.2), [], True, "erred 1.20 times .*: 2 of 3, 2 needed"),
    (weeks(1.2, 1.0, 1.2), [], True, "2 of 3, 2 needed"),
    (weeks(1.2, 1.2, 1.0), [], False, "erred 1.00 times .*, within 1.1"),
    (weeks(1.2, 1.2, 1.0, 1.0, 1.2), [], False, "1 of 3, 2 needed"),
    ([], [], False, "INSUFFICIENT DATA: 0 landings"),
    (weeks(1.2, 1.2) + weeks(1.2, labels=999), [], False, "INSUFFICIENT DATA: 999 landings"),
    (weeks(1.2, 1.2), until("TIE", 13), False, "the last retraining was on 2013-05-21: wait 14"),
    (weeks(1.2, 1.2), until("TIE", 14), True, "2 of 2"),
    (weeks(1.2, 1.2), until("shadow", 20), False, r"version 2 comes first .* \(shadow\): wait"),
    (weeks(1.2, 1.2), SPLIT, False, r"version 2 comes first since 2013-05-31 \(split\): wait"),
    (weeks(1.0), until("retrain"), True, "the retraining of 2013-06-02 was interrupted: it goes"),
]


@pytest.mark.parametrize(("measured", "history", "yes", "reason"), CASES)
def test_the_policy_decides(measured: list, history: list, yes: bool, reason: str) -> None:
    decision = policy.decide(measured, TODAY, history, RULES)

    assert decision.yes is yes
    assert re.search(reason, decision.reason)


TWICE = until("TIE", 30) + until("REJECT", 15)
LATE = "week of May: 601 of 6,000 answers do not count, mostly given after departure: see what asks"
CALLS = [
    (weeks(1.0), TWICE, "2 retrainings in a row came to nothing: see the ledger"),
    (weeks(1.0), until("shadow", 15), "the loop is stuck since 2013-05-19 (shadow): see its log"),
    (weeks(1.0, late=600), until("shadow", 14), ""),
    (weeks(1.2, 1.2), SPLIT, "a retraining waits for the A/B test of 2013-05-31: end it"),
    (weeks(nan), until("confirmed", 29), "too few landings in 3 weeks up to May: see the feed"),
    (weeks(nan), until("confirmed", 28), ""),
    (weeks(1.0, late=601), [], LATE),
    (weeks(1.0), [{**entry("REJECT", 1), "call": "the labels"}], "the labels"),
]


@pytest.mark.parametrize(("measured", "history", "reason"), CALLS)
def test_each_reason_calls_a_person_once(measured: list, history: list, reason: str) -> None:
    called = {**entry("call", 0), "reason": reason}

    assert policy.call(measured, TODAY, history, RULES) == reason
    assert policy.call(measured, TODAY, [*history, called], RULES) == ""


@pytest.mark.parametrize(("number", "step"), [*enumerate([*STEPS, "idle"])])
def test_each_decision_leads_to_the_next_step(number: int, step: str) -> None:
    history = [entry(word, 1) for word in WORDS[: number + 1]]
    assert loop_state.of(history).step == step


@pytest.mark.parametrize(
    ("begun", "refusal"),
    [("trained", "TIE"), ("shadow", "shadow failed"), ("released", "rolled back to")],
)
def test_a_refusal_ends_a_retraining_and_is_counted(begun: str, refusal: str) -> None:
    history = [*until(begun), entry(refusal, 1)]

    assert loop_state.of(history) == loop_state.LoopState(refused=1)
    assert loop_state.of(history + history).refused == 2
    assert loop_state.of(history + until("confirmed")).refused == 0


@pytest.mark.parametrize("begun", WORDS)
def test_the_decision_of_a_person_takes_precedence(begun: str) -> None:
    history = until(begun)
    split = [*history, entry("split", 0, by="Kim", version="3")]

    assert loop_state.of([*history, entry("released", 0, by="Kim")]) == loop_state.LoopState()
    assert loop_state.of([*history, entry("rolled back to", 0, by="Kim")]) == loop_state.LoopState()
    assert loop_state.of(split).step == loop_state.SPLIT
    assert loop_state.of([*split, entry("split ended", 0, by="Kim")]).step == loop_state.IDLE
    assert loop_state.of([*history, entry("TIE", 0, version="9")]) == loop_state.of(history)
