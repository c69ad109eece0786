"""The rule, on made-up weeks and histories."""

import re
from dataclasses import dataclass
from datetime import date
from datetime import timedelta

import pytest

from flighttime import course
from flighttime import ledger
from flighttime import monitor
from flighttime import policy
from flighttime import production
from flighttime import settings
from flighttime.course import BY

TODAY = date(2013, 6, 3)
RULE = {
    "threshold": 1.1,
    "breaches": 2,
    "of_weeks": 3,
    "least_labels": 1000,
    "cooldown_days": 7,
    "most_a_month": 3,
    "call_after": 2,
}
QUIET, BREACH, NOTHING = 1.0, 1.2, float("nan")


@dataclass(frozen=True)
class Week:
    """As much of a week as the rule looks at, and the error that it does not."""

    first: date
    labels: int
    mae: float
    median: float

    @property
    def ratio(self) -> float:
        return self.mae / self.median


def weeks(*ratios: float, labels: int = 6000, median: float = 8.0) -> list[Week]:
    """Weeks up to today in which the model erred so many times as much as the median."""
    firsts = [TODAY - timedelta(days=7 * number) for number in range(len(ratios), 0, -1)]
    return [Week(first, labels, median * ratio, median) for first, ratio in zip(firsts, ratios, strict=True)]


def entry(decision: str, days_ago: int, version: str = "2", by: str | None = BY) -> dict:
    named = {"by": by} if by else {}
    return {"day": f"{TODAY - timedelta(days=days_ago)}", "decision": decision, "version": version, "reason": "so", **named}


def retrained(days_ago: int, outcome: str = "REJECT") -> list[dict]:
    """A retraining that came to an end at the gate."""
    return [entry("retrain", days_ago, "1"), entry("trained", days_ago), entry(outcome, days_ago, by=None)]


def decide(seen: list[Week], history: list[dict] | None = None, **rule: object) -> policy.Decision:
    return policy.decide(seen, TODAY, history or [], {**RULE, **rule})


@pytest.mark.parametrize(
    ("ratios", "retrain", "reason"),
    [
        ([QUIET, QUIET, QUIET], False, "erred 1.00 times .* within 1.1"),
        ([QUIET, QUIET, BREACH], False, "erred 1.20 times .* 1 of 3, and 2 are needed"),
        ([QUIET, BREACH, BREACH], True, "erred 1.20 times .* over 1.1: 2 of 3"),
        ([BREACH, QUIET, BREACH], True, "2 of 3"),
        ([BREACH, BREACH, BREACH], True, "3 of 3"),
        ([BREACH, BREACH, QUIET], False, "within 1.1"),
        ([BREACH, BREACH, QUIET, QUIET, BREACH], False, "1 of 3"),
        ([BREACH, 1.1, 1.1], False, "within 1.1"),
    ],
)
def test_it_retrains_when_enough_weeks_breach_and_the_newest_does(ratios: list, retrain: bool, reason: str) -> None:
    decision = decide(weeks(*ratios))

    assert decision.retrain is retrain
    assert re.search(reason, decision.reason)


def test_one_of_one_retrains_at_the_first_breach() -> None:
    assert decide(weeks(QUIET, QUIET, BREACH), breaches=1, of_weeks=1).retrain


def test_slow_rot_is_seen_however_calm_the_weeks_are() -> None:
    rot = [1.0 + 0.02 * number for number in range(9)]
    asked = [decide(weeks(*rot[: number + 1], median=4.0)).retrain for number in range(len(rot))]

    assert asked.index(True) == 7


def test_a_windy_week_is_hard_for_the_median_too_and_no_reason() -> None:
    calm, windy = weeks(QUIET, QUIET), weeks(1.05, median=20.0)

    assert windy[0].mae > 2 * calm[0].mae
    assert not decide([*calm, *windy]).retrain


@pytest.mark.parametrize("labels", [0, 999])
@pytest.mark.parametrize("ratio", [QUIET, BREACH])
def test_too_few_landings_prove_nothing(ratio: float, labels: int) -> None:
    decision = decide([*weeks(BREACH, BREACH), *weeks(ratio, labels=labels)])

    assert not decision.retrain
    assert decision.reason.startswith(f"INSUFFICIENT DATA: {labels} landings")


@pytest.mark.parametrize("seen", [weeks(BREACH, BREACH, NOTHING), []])
def test_an_error_that_nobody_knows_is_not_good_news(seen: list[Week]) -> None:
    decision = decide(seen)

    assert not decision.retrain
    assert decision.reason.startswith("INSUFFICIENT DATA")


@pytest.mark.parametrize("unproven", [weeks(NOTHING), weeks(BREACH, labels=10)])
def test_a_gap_in_the_data_is_no_breach_and_no_quiet_week(unproven: list[Week]) -> None:
    assert not decide([*unproven, *weeks(QUIET, BREACH)]).retrain
    assert decide([*weeks(BREACH), *unproven, *weeks(BREACH)]).retrain


def test_early_in_its_life_it_judges_by_the_weeks_there_are() -> None:
    assert not decide(weeks(BREACH)).retrain
    assert decide(weeks(BREACH, BREACH)).retrain


@pytest.mark.parametrize(("days", "retrain"), [(0, False), (6, False), (7, True), (300, True)])
def test_after_a_retraining_it_waits(days: int, retrain: bool) -> None:
    decision = decide(weeks(BREACH, BREACH, BREACH), retrained(days))

    assert decision.retrain is retrain
    last = TODAY - timedelta(days=days)
    assert retrain or f"but {last} was the last retraining: wait 7 days" in decision.reason


def test_a_month_has_a_budget() -> None:
    spent = [*retrained(29), *retrained(20), *retrained(8)]

    assert "3 retrainings in 30 days are the budget" in decide(weeks(BREACH, BREACH), spent).reason
    assert decide(weeks(BREACH, BREACH), [*retrained(30), *spent[3:]]).retrain


def test_what_hinders_a_retraining_is_told_only_where_one_is_asked_for() -> None:
    assert "but" not in decide(weeks(QUIET), retrained(1)).reason


@pytest.mark.parametrize("stage", ["on trial", "trial won", "released", "on probation"])
def test_while_a_version_is_on_trial_or_on_probation_it_waits(stage: str) -> None:
    way = ["PROMOTE", "on trial", "trial won", "released", "on probation"]
    history = [*retrained(9, "PROMOTE"), *(entry(each, 8) for each in way[1 : way.index(stage) + 1])]

    decision = decide(weeks(BREACH, BREACH), history)

    assert not decision.retrain
    assert "version 2 is under way since 2013-05-26" in decision.reason


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("seen", [weeks(BREACH, BREACH), weeks(QUIET), weeks(NOTHING)])
def test_a_retraining_that_was_never_finished_goes_on_whatever_the_weeks_say(seen: list[Week], number: int) -> None:
    decision = decide(seen, retrained(1)[:number])

    assert decision.retrain
    assert decision.reason == "the retraining of 2013-06-02 has not come to its end: it goes on"


def test_while_a_persons_split_is_on_it_waits_and_calls_if_production_asks_for_more() -> None:
    split = [entry("split", 3, by="Kim")]

    asked = decide(weeks(BREACH, BREACH), split)

    assert (asked.retrain, asked.call) == (False, "production asks for a retraining, but a split is on since 2013-05-31: end it")
    assert decide(weeks(QUIET), split).call == ""
    assert decide(weeks(BREACH, BREACH), [*split, entry("split ended", 1, by="Kim")]).retrain


@pytest.mark.parametrize("outcome", ["REJECT", "TIE", "INSUFFICIENT DATA"])
def test_two_refusals_in_a_row_call_a_person_once(outcome: str) -> None:
    twice = [*retrained(20), *retrained(10, outcome)]

    assert decide(weeks(QUIET), twice[:3]).call == ""
    called = decide(weeks(BREACH, BREACH), twice)
    assert called.call == "2 retrainings in a row came to nothing: the ledger says why"
    assert called.retrain, "to call somebody is not to stop"
    told = {**entry(course.CALLED, 5), "reason": called.call}
    assert decide(weeks(QUIET), [*twice, told]).call == ""
    assert decide(weeks(QUIET), [*twice, told, *retrained(4)]).call == ""
    assert decide(weeks(QUIET), [*twice, told, entry(course.RESUMED, 4, by="Kim"), *retrained(3)]).call == ""
    assert decide(weeks(QUIET), [*twice, told, entry(course.RESUMED, 4, by="Kim"), *retrained(3), *retrained(2)]).call


def test_what_is_stuck_calls_a_person() -> None:
    history = [*retrained(9, "PROMOTE"), entry("on trial", 8)]

    assert decide(weeks(QUIET), history).call.startswith("the loop is stuck since 2013-05-26 (settle the trial)")
    assert decide(weeks(QUIET), history, cooldown_days=8).call == ""


@pytest.mark.parametrize("blind", [weeks(NOTHING, NOTHING, NOTHING), weeks(QUIET, QUIET, QUIET, labels=999), []])
def test_weeks_that_prove_nothing_call_a_person_once_there_should_be_some(blind: list[Week]) -> None:
    assert decide(blind, [entry("released", 29, by="Kim")]).call.startswith("none of the last 3 weeks proves anything")
    assert decide(blind, [entry("released", 28, by="Kim")]).call == ""
    assert decide([*blind, *weeks(QUIET)], [entry("released", 29, by="Kim")]).call == ""


def test_what_was_decided_is_written_down_with_its_numbers(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(monitor, "weeks", lambda today, count: weeks(NOTHING, BREACH, BREACH)[-count:])
    monkeypatch.setattr(production, "released", lambda: "1")
    ledger.record(TODAY, "released", "1", by="Kim")

    policy.main(policy.steps.parser("").parse_args(["--today", f"{TODAY}"]))
    policy.look(TODAY, weeks(BREACH))

    told = capsys.readouterr().out
    assert "retrain: true\n" in told and "call: \n" in told
    (_, written) = ledger.entries()
    assert (written["decision"], written["version"], written["by"]) == ("retrain", "1", "the policy")
    assert written["evidence"] == {"ratios": {"2013-05-20": 1.2, "2013-05-27": 1.2}, "labels": 6000, "threshold": 1.1}
    assert "2 of 3" in written["reason"]


def test_a_call_is_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(production, "released", lambda: "1")
    ledger.record(date(2013, 3, 1), "released", "1", by="Kim")

    decisions = [policy.look(TODAY, []), policy.look(TODAY, [])]

    assert [bool(decision.call) for decision in decisions] == [True, False]
    assert [entry["decision"] for entry in ledger.entries()[1:]] == ["a person is called"]


def test_the_numbers_of_this_level_make_a_rule() -> None:
    rule = settings.tuned("policy")

    assert RULE.keys() < rule.keys()
    assert 1 <= rule["breaches"] <= rule["of_weeks"]
    assert policy.decide(weeks(*[9.0] * rule["of_weeks"]), TODAY, [], rule).retrain
