"""When to retrain, to release a shadow, and to call a person: pure rules, tuned in [policy]."""

from collections.abc import Sequence
from datetime import date
from datetime import timedelta
from math import isnan
from statistics import fmean
from typing import NamedTuple

from flighttime import loop_state
from flighttime.loop_state import LoopState
from flighttime.monitor import Week
from groundcrew import ledger


class Decision(NamedTuple):
    yes: bool
    reason: str


def decide(weeks: Sequence[Week], today: date, history: list[dict], rules: dict) -> Decision:
    """Whether to retrain, from weeks of production and the ledger, both oldest first."""
    state = loop_state.of(history)
    if state.step in loop_state.RETRAINING:
        return Decision(True, f"the retraining of {state.day} was interrupted: it goes on")
    breached, reason = judge(weeks, rules)
    blocked = blocked_reason(state, today, history, rules)
    if breached and blocked:
        return Decision(False, f"{reason}, but {blocked}")
    return Decision(breached, reason)


def judge(weeks: Sequence[Week], rules: dict) -> tuple[bool, str]:
    """Whether enough weeks breach, the newest among them; too few landings decide nothing."""
    threshold, needed = rules["threshold"], rules["breaches"]
    labels = weeks[-1].labels if weeks else 0
    if not weeks or not has_enough_labels(weeks[-1], rules):
        few = f"{labels} landings last week, {rules['min_labels']} needed"
        return False, f"INSUFFICIENT DATA: {few}"
    ratio = f"last week erred {weeks[-1].ratio:.2f} times as much as the route median"
    if not breaches(weeks[-1], rules):
        return False, f"{ratio}, within {threshold}"
    recent = weeks[-rules["window_weeks"] :]
    count = sum(breaches(week, rules) for week in recent)
    reason = f"{ratio}; weeks over {threshold}: {count} of {len(recent)}, {needed} needed"
    return count >= needed, reason


def breaches(week: Week, rules: dict) -> bool:
    return has_enough_labels(week, rules) and week.ratio > rules["threshold"]


def has_enough_labels(week: Week, rules: dict) -> bool:
    return week.labels >= rules["min_labels"] and not isnan(week.ratio)


def blocked_reason(state: LoopState, today: date, history: list[dict], rules: dict) -> str:
    """Why there is no retraining now, whatever the weeks show; empty if nothing blocks it."""
    if state.step != loop_state.IDLE:
        return f"version {state.version} comes first since {state.day} ({state.step}): wait"
    days = [date.fromisoformat(one["day"]) for one in history if one["decision"] == "retrain"]
    if days and (today - days[-1]).days < rules["cooldown_days"]:
        return f"the last retraining was on {days[-1]}: wait {rules['cooldown_days']} days"
    return ""


def call(weeks: Sequence[Week], today: date, history: list[dict], rules: dict) -> str:
    """Why a person is needed, the first reason that is new; empty if there is none."""
    state, window, reasons = loop_state.of(history), rules["window_weeks"], []
    if state.refused >= (times := rules["call_after"]):
        reasons.append(f"{times} retrainings in a row came to nothing: see the ledger")
    endless, limit = (loop_state.IDLE, loop_state.SPLIT), timedelta(days=rules["cooldown_days"])
    if state.step not in endless and today - date.fromisoformat(state.day) > limit:
        reasons.append(f"the loop is stuck since {state.day} ({state.step}): see its log")
    if state.step == loop_state.SPLIT and judge(weeks, rules)[0]:
        reasons.append(f"a retraining waits for the A/B test of {state.day}: end it")
    called = [one["reason"] for one in history if one["decision"] == "call"]  # state.calls forgets
    reasons += [one["call"] for one in history if "call" in one and one["call"] not in called]
    if weeks and (problem := weeks[-1].left_out.problem(rules["max_left_out"])):
        week = f"week of {weeks[-1].first}: "  # its number changes as flights land: the first stays
        reasons.append(next((one for one in called if one.startswith(week)), week + problem))
    releases = [one["day"] for one in history if one["decision"] in ledger.FACTS]
    settled = releases and today - date.fromisoformat(releases[-1]) > timedelta(weeks=window + 1)
    if settled and not any(has_enough_labels(week, rules) for week in weeks[-window:]):
        reasons.append(f"too few landings in {window} weeks up to {weeks[-1].first}: see the feed")
    return next((reason for reason in reasons if reason not in state.calls), "")


def compare(errors: Sequence, others: Sequence, rules: dict, step: str) -> Decision | None:
    """Yes if the mean error of `errors` is at most max_<step>_loss minutes over that of `others`.

    `step` is "shadow" or "confirm". None while fewer than <step>_flights have landed.
    """
    if len(errors) < rules[f"{step}_flights"]:
        return None
    error, other = fmean(map(abs, errors)), fmean(map(abs, others))
    flights = f"on the same {len(errors):,} flights"
    reason = f"{flights} it erred {error:.2f} minutes, the other {other:.2f}"
    return Decision(error - other <= rules[f"max_{step}_loss"], reason)
