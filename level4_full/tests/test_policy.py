"""The rule, on made-up weeks."""

import re
from datetime import date
from datetime import timedelta

import pytest

from flighttime import policy
from flighttime import settings
from flighttime.monitor import Week

TODAY = date(2013, 6, 3)
RULE = {"threshold": 1.1, "breaches": 2, "of_weeks": 3, "least_labels": 1000, "cooldown_days": 7}
QUIET, BREACH, NOTHING = 1.0, 1.2, float("nan")


def weeks(*ratios: float, labels: int = 6000) -> list[Week]:
    """Weeks up to today in which the model erred so many times as much as a median that errs by 8 minutes."""
    firsts = [TODAY - timedelta(days=7 * number) for number in range(len(ratios), 0, -1)]
    return [Week(first, 6500, labels, 8 * ratio, 0.0, 8.0) for first, ratio in zip(firsts, ratios, strict=True)]


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
    decision = policy.decide(weeks(*ratios), TODAY, None, RULE)

    assert decision.retrain is retrain
    assert re.search(reason, decision.reason)


def test_one_of_one_retrains_at_the_first_breach() -> None:
    rule = {**RULE, "breaches": 1, "of_weeks": 1}

    assert policy.decide(weeks(QUIET, QUIET, BREACH), TODAY, None, rule).retrain


@pytest.mark.parametrize("labels", [0, 999])
@pytest.mark.parametrize("ratio", [QUIET, BREACH])
def test_too_few_landings_prove_nothing(ratio: float, labels: int) -> None:
    decision = policy.decide([*weeks(BREACH, BREACH), *weeks(ratio, labels=labels)], TODAY, None, RULE)

    assert not decision.retrain
    assert decision.reason.startswith(f"INSUFFICIENT DATA: {labels} landings")


def test_an_error_that_nobody_knows_is_not_good_news() -> None:
    decision = policy.decide(weeks(BREACH, BREACH, NOTHING), TODAY, None, RULE)

    assert not decision.retrain
    assert decision.reason.startswith("INSUFFICIENT DATA")


@pytest.mark.parametrize("unproven", [weeks(NOTHING), weeks(BREACH, labels=10)])
def test_an_older_week_that_proves_nothing_is_no_breach(unproven: list[Week]) -> None:
    assert not policy.decide([*unproven, *weeks(QUIET, BREACH)], TODAY, None, RULE).retrain


def test_early_in_its_life_it_judges_by_the_weeks_there_are() -> None:
    assert not policy.decide(weeks(BREACH), TODAY, None, RULE).retrain
    assert policy.decide(weeks(BREACH, BREACH), TODAY, None, RULE).retrain


@pytest.mark.parametrize(("days", "retrain"), [(0, False), (6, False), (7, True), (300, True)])
def test_after_a_retraining_it_waits(days: int, retrain: bool) -> None:
    last = TODAY - timedelta(days=days)

    decision = policy.decide(weeks(BREACH, BREACH, BREACH), TODAY, last, RULE)

    assert decision.retrain is retrain
    assert retrain or f"{last} was the last retraining: wait 7 days" in decision.reason


def test_the_numbers_of_this_level_make_a_rule() -> None:
    rule = settings.tuned("policy")

    assert rule.keys() == RULE.keys()
    assert 1 <= rule["breaches"] <= rule["of_weeks"]
    assert policy.decide(weeks(*[9.0] * rule["of_weeks"]), TODAY, None, rule).retrain
