"""Monitoring: each answer meets its outcome, and the ages of data and model are measured."""

import json
import sqlite3
from contextlib import closing

import pandas as pd

from ladder.conformance import output
from ladder.conformance import stages
from ladder.conformance.findings import NotMet
from ladder.conformance.findings import check
from ladder.conformance.findings import require
from ladder.conformance.project import Project
from ladder.conformance.sandbox import Sandbox
from ladder.conformance.sandbox import value

MEASURED = "2013-02-25"


@check
def answers_meet_their_outcomes(project: Project) -> str:
    """The measured error of a week is that of an independent join by the flight's id."""
    sandbox = project.at("quiet")
    sandbox.need("flighttime.monitor")
    sandbox = sandbox.on(MEASURED)
    sandbox.run("flighttime.ingest")
    sandbox.run("flighttime.monitor", "--count", "1")
    week = measured_weeks(sandbox)[-1]
    landed = joined(sandbox)
    error = float((landed["minutes"] - landed["air_time"]).abs().mean())
    require(week["labels"] == len(landed), f"{week['labels']} landings, {len(landed)} are right")
    gap = abs(week["mae"] - error)
    require(gap < 1e-6, f"an error of {week['mae']:.2f} minutes is measured, {error:.2f} is right")
    require(week["ratio"] > 0 and week["drift"], "the week lacks its comparison or its drift")
    return f"{len(landed)} answers met their landing: mean error {error:.2f} minutes"


@check
def ages_are_measured(project: Project) -> str:
    """The age of labels, features and model is measured, and grows while the feed stands still."""
    sandbox = project.at("quiet")
    sandbox.need("flighttime.monitor")
    sandbox.on(MEASURED).run("flighttime.ingest")
    ages = []
    for day in (MEASURED, "2013-02-28"):
        done = sandbox.on(day).run("flighttime.monitor", "--count", "1")
        ages.append({name: int(value(done, name)) for name in ("labels", "features", "champion")})
    grown = {name: ages[1][name] - ages[0][name] for name in ages[0]}
    require(set(grown.values()) == {3}, f"after three days without news the ages grew by {grown}")
    require(0 <= ages[0]["labels"] <= 3, f"the newest label is {ages[0]['labels']} days old")
    return f"ages in days: {ages[0]}, three days later {ages[1]}"


def measured_weeks(sandbox: Sandbox) -> list[dict]:
    """The weeks that mission control shows, as they are stored."""
    store = next(sandbox.state.rglob("observed.db"), None)
    if store is None:
        raise NotMet("nothing was measured: the state holds no prediction log")
    with closing(sqlite3.connect(store)) as rows:
        found = rows.execute("SELECT seen FROM windows ORDER BY first").fetchall()
    return [json.loads(row[0]) for row in found]


def joined(sandbox: Sandbox) -> pd.DataFrame:
    """The files of answers and the feed's landings, joined by the flight's id."""
    files = [sandbox.state / f"answers-{day}.csv" for day in stages.QUIET]
    answers = pd.concat([output.answers(file, "flight_id", output.MINUTES) for file in files])
    feed = pd.read_parquet(sandbox.feed / "flights" / "2013-02.parquet")
    flights = feed["carrier"] + feed["flight"].astype(str)
    date = pd.to_datetime(feed[["year", "month", "day"]]).dt.strftime("%Y-%m-%d")
    feed["flight_id"] = date + " " + flights + " " + feed["origin"] + "-" + feed["dest"]
    landed = answers.merge(feed[["flight_id", "air_time"]], on="flight_id")
    return landed[landed["air_time"].notna()]
