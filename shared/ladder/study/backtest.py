"""Replay a past year under a rule for retraining, in seconds: what each answer would have erred.

The gate, the shadow evaluation and the post-release watch are those of production, and so is what
was known on each day. A model is trained where the rule asks for it.
"""

from datetime import date
from datetime import timedelta

import numpy as np
import pandas as pd

from flighttime import loop_state
from flighttime import policy
from flighttime import verdict
from groundcrew import settings
from ladder.study.replayed import Replay
from ladder.study.replayed import Rival
from ladder.study.rule import Rule
from ladder.study.rule import Week
from ladder.study.years import A_DAY
from ladder.study.years import Model
from ladder.study.years import Year

A_WEEK = 7 * A_DAY
HISTORY_WEEKS = 8  # a rule is given at most so many weeks
SLICE_COLUMNS = ["date", "carrier", "origin", "distance"]


def replay(year: Year, rule: Rule, since: date) -> Replay:
    """Run the loop from `since` on; the first champion is the model of that day."""
    first = Model(since)
    run = Replay(year, since, first, np.full(len(year.flights), np.nan))
    run.switch(since, first)
    for day in map(pd.Timestamp.date, pd.date_range(since + A_DAY, year.last)):
        if run.rival:
            settle(run, day, settings.section("policy"))
        if rule.asked(day) and not run.rival and rule.retrains(weeks(run, day), day, run.ledger):
            retrain(run, day, rule)
    return run


def weeks(run: Replay, today: date) -> list[Week]:
    """The last complete weeks of the replay, oldest first, with the landings published."""
    monday = today - timedelta(days=today.weekday())
    count = min(HISTORY_WEEKS, -((run.since - monday) // A_WEEK))
    return [week(run, monday - number * A_WEEK, today) for number in range(count, 0, -1)]


def week(run: Replay, first: date, today: date) -> Week:
    """The week that begins on `first`, from the landings published by `today`."""
    landed = run.year.published_by(today, max(first, run.since))
    landed = landed[landed < run.year.between(first, first + A_WEEK).stop]
    certified = Model(run.champion.day)
    holdout = run.year.between(certified.learned_until, certified.day)
    return Week(
        first=first,
        labels=len(landed),
        mae=mean(run.errors[landed]),
        route_median_mae=mean(run.year.median_errors[landed]),
        certified=mean(run.year.errors(certified)[holdout]),
        flights=run.year.flights.iloc[landed],
        training=run.year.flights[run.year.training_rows(run.champion)],
    )


def mean(errors: np.ndarray) -> float:
    return float(errors.mean()) if len(errors) else float("nan")


def retrain(run: Replay, today: date, rule: Rule) -> None:
    """Train a challenger and let the gate judge it; one that passes becomes a shadow today."""
    rules = settings.section("gate") | ({} if rule.strict else settings.section("gate_in_breach"))
    challenger, released = Model(today), Model(today, rule.refits)
    run.record(today, "retrain", run.champion)
    run.record(today, "trained", challenger)
    unseen = run.year.published_by(today, max(challenger.learned_until, run.champion.learned_until))
    errors = run.year.flights.loc[unseen, SLICE_COLUMNS].assign(
        **{
            "challenger": run.year.errors(challenger)[unseen],
            "champion": run.year.errors(run.champion)[unseen],
            "route median": run.year.median_errors[unseen],
        }
    )
    found, reason = verdict.checks(errors, rules), verdict.summary(errors)
    outcome, reason = verdict.decide(found, reason)
    run.record(today, outcome, challenger, reason=reason)
    if outcome == verdict.PROMOTE:
        run.record(today, "refitted", released)
        run.record(today, outcome, released)
        run.record(today, "shadow", released, beside=f"{run.champion}")
        run.rival = Rival(released, today, loop_state.SHADOW)


def settle(run: Replay, today: date, rules: dict) -> None:
    """End a shadow evaluation or a post-release watch once enough flights have landed."""
    rival = run.rival
    assert rival
    if rival.step == loop_state.SHADOW:
        found = compare(run, today, rival.version, run.champion, rules, "shadow")
        if found:
            end_shadow(run, today, rival.version, found)
        return
    found = compare(run, today, run.champion, rival.version, rules, "confirm")
    if found:
        end_watch(run, today, rival.version, found)


def compare(
    run: Replay,
    today: date,
    version: Model,
    other: Model,
    rules: dict,
    stage: str,
) -> policy.Decision | None:
    """Compare two versions on the flights that both have answered; None while these are too few."""
    assert run.rival
    both = run.year.published_by(today, run.rival.since)
    errors = run.year.errors(version)[both], run.year.errors(other)[both]
    return policy.compare(*errors, rules, stage)


def end_shadow(run: Replay, today: date, version: Model, found: policy.Decision) -> None:
    """Release the challenger if it passed, and watch it beside the former champion."""
    run.rival = None
    decision = "shadow passed" if found.yes else "shadow failed"
    run.record(today, decision, version, reason=found.reason)
    if found.yes:
        run.record(today, "released", version, before=f"{run.champion}")
        run.rival = Rival(run.champion, today, loop_state.CONFIRM)
        run.switch(today, version)


def end_watch(run: Replay, today: date, former: Model, found: policy.Decision) -> None:
    """Keep the new champion, or go back to the former one."""
    run.rival = None
    if found.yes:
        run.record(today, "confirmed", run.champion, reason=found.reason)
        return
    run.record(today, "rolled back to", former, reason=found.reason)
    run.switch(today, former)
