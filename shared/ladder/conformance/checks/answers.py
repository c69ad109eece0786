"""Answers: a file of flights or a day's timetable goes in, minutes come out."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ladder.conformance import output
from ladder.conformance import steps
from ladder.conformance.findings import NotMet
from ladder.conformance.findings import check
from ladder.conformance.findings import require
from ladder.conformance.project import DAY
from ladder.conformance.project import Project
from ladder.conformance.sandbox import Sandbox

PLAUSIBLE = (15, 700)
FLIGHTS_A_DAY = 600


@check
def answers_a_day(project: Project) -> str:
    answers = of_a_day(project.at("in_production"), DAY)
    require_plausible(answers)
    return f"{len(answers)} flights of {DAY} answered, {answers['minutes'].mean():.0f} minutes each"


@check
def scores_a_file(project: Project) -> str:
    """The same flights in another order, and a part of them, get the same minutes."""
    sandbox = project.at("in_production")
    flights = timetable(sandbox, DAY)
    some = flights.sample(200, random_state=0)
    whole = of_file(sandbox, flights)["minutes"].set_axis(flights.index)
    part = of_file(sandbox, some)["minutes"].set_axis(some.index)
    gap = (whole[some.index] - part).abs().max()
    require(gap == 0, f"the same flights got other minutes in another order: up to {gap:.1f} more")
    return f"{len(whole)} flights of a file answered, 200 of them alike in another order"


@check
def answers_name_their_model(project: Project) -> str:
    """Each answer names what made it, and another model has another name."""
    names = []
    for stage in ("in_production", "candidate"):
        sandbox = project.at(stage)
        if stage == "candidate":
            steps.put_second_in_production(sandbox)
        answers = of_a_day(sandbox, DAY)
        require("model" in answers, "an answer is a number: nothing names the model that gave it")
        require(answers["model"].nunique() == 1, "one file of answers names several models")
        names.append(f"{answers['model'].iloc[0]}")
    require(names[0] != names[1], f"two models have the same name, {names[0]}")
    return f"answers name their model: {names[0]}, and the next one {names[1]}"


@check
def works_from_a_copy(project: Project) -> str:
    """Copied to another folder by hand, the application gives the same answers."""
    sandbox = project.at("in_production")
    before = of_a_day(sandbox, DAY)
    elsewhere = sandbox.copy(code=True)
    shutil.rmtree(sandbox.state)
    after = of_a_day(elsewhere, DAY)
    gap = (before["minutes"] - after["minutes"]).abs().max()
    require(gap == 0, f"the copy answers otherwise, by up to {gap:.1f} minutes")
    return f"a copy in another folder gives the same {len(after)} answers"


def of_a_day(
    sandbox: Sandbox, day: str, *, columns: Sequence[str] = (output.MINUTES,)
) -> pd.DataFrame:
    """The answers to a day's timetable, by the project's own script."""
    if not sandbox.has("flighttime.score"):
        return of_file(sandbox, timetable(sandbox, day), columns=columns)
    out = sandbox.state.parent / f"answers-{day}.csv"
    out.unlink(missing_ok=True)
    sandbox.run("flighttime.score", "--day", day, "--out", str(out))
    return output.answers(out, *columns)


def of_file(
    sandbox: Sandbox, flights: pd.DataFrame, *, columns: Sequence[str] = (output.MINUTES,)
) -> pd.DataFrame:
    """The answers to a file of flights, by the project's own script."""
    given, out = sandbox.state.parent / "flights.csv", sandbox.state.parent / "answers.csv"
    flights.to_csv(given, index=False)
    out.unlink(missing_ok=True)
    if sandbox.has("flighttime.score"):
        sandbox.run("flighttime.score", str(given), "--out", str(out))
    else:
        require((sandbox.code / "score.py").is_file(), "no scoring script")
        done = sandbox.start("score.py", str(given), str(out))
        require(done.code == 0, f"{done.line} failed: {done.last_line}")
    return output.answers(out, *columns)


def timetable(sandbox: Sandbox, day: str) -> pd.DataFrame:
    """A day's flights in the form that the script reads: as published, or with its features."""
    if not sandbox.has("flighttime.score"):
        return published(sandbox.feed, day)
    out = sandbox.state.parent / "timetable.parquet"
    out.unlink(missing_ok=True)
    sandbox.run("flighttime.score", "--day", day, "--out", str(out))
    answered = output.table(out)
    return answered.drop(columns=["minutes", "model", "prediction_id"], errors="ignore")


def published(feed: Path, day: str) -> pd.DataFrame:
    """A day's rows of the published tables."""
    flights = pd.read_parquet(feed / "flights" / f"{day[:7]}.parquet")
    return flights[flights["day"] == int(day[8:])]


def require_plausible(answers: pd.DataFrame) -> None:
    low, high = PLAUSIBLE
    odd = ~answers["minutes"].between(low, high)
    if odd.any():
        raise NotMet(f"{odd.sum()} of {len(answers)} answers are not {low} to {high} minutes")
    require(len(answers) >= FLIGHTS_A_DAY, f"only {len(answers)} flights of the day are answered")
    spread = answers["minutes"].std()
    require(spread > 20, f"the answers hardly differ: their standard deviation is {spread:.1f}")
