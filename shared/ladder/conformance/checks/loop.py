"""The loop: production measures itself, starts a training, releases, and takes back."""

import json
import sqlite3
from contextlib import closing

import pandas as pd

from ladder.conformance import output
from ladder.conformance import record
from ladder.conformance import stages
from ladder.conformance import steps
from ladder.conformance.findings import NotMet
from ladder.conformance.findings import check
from ladder.conformance.findings import require
from ladder.conformance.project import Project
from ladder.conformance.sandbox import Sandbox
from ladder.conformance.sandbox import value
from ladder.conformance.starter import Command

MONDAYS = ("2013-02-25", "2013-03-04")
MEASURED = "2013-02-25"


@check
def production_starts_a_training(project: Project) -> str:
    """A quiet week and a single bad one start nothing; two bad weeks of real flights do."""
    quiet = project.at("quiet").on(MONDAYS[0])
    first = quiet.run("flighttime.loop")
    require(value(first, "retrain") == "false", f"a quiet week retrains: {reason(first)}")
    once = project.at("breached").on(MONDAYS[1])
    turned = once.run("flighttime.loop")
    require(value(turned, "retrain") == "false", f"one bad week retrains: {reason(turned)}")
    shadow = project.at("in_shadow")
    turned = shadow.evidence[-1]
    require(value(turned, "retrain") == "true", f"two bad weeks start nothing: {reason(turned)}")
    require("2" in record.versions(shadow), "it decided to retrain, and trained nothing")
    return f"quiet: {reason(first)}; after two bad weeks: {reason(turned)}"


@check
def loop_closes(project: Project) -> str:
    """From measured production to a new champion that answers, and no person did a step."""
    sandbox = project.at("loop_released")
    new = record.champion(sandbox)
    require(new not in (None, "", "1"), "the loop ended without a new champion")
    ours = [entry for entry in record.ledger(sandbox) if entry["version"] == new]
    names = {entry["by"] for entry in ours if "by" in entry}
    require(names == {"the policy"}, f"not only the policy acted: {sorted(names)}")
    out = steps.answers_of(sandbox, stages.RELEASE_DAY)
    answered = output.answers(out, output.MODEL)["model"].unique().tolist()
    require(answered == [new], f"the next day's flights are answered by {answered}")
    return " > ".join(entry["decision"] for entry in ours)


@check
def policy_approves_a_release(project: Project) -> str:
    """A shadow evaluation stands where a person's approval was, and it decides on real flights."""
    sandbox = project.at("loop_released")
    passed = [entry for entry in record.ledger(sandbox) if entry["decision"] == "shadow passed"]
    released = [entry for entry in record.ledger(sandbox) if entry["decision"] == "released"]
    require(passed, "nothing was evaluated before the release")
    require(released[-1].get("by") == "the policy", f"released by {released[-1].get('by')}")
    return f"{passed[-1]['reason']}: released by the policy"


@check
def every_decision_is_on_record(project: Project) -> str:
    """Each step of the loop has an entry with its reason, and a changed entry is found."""
    sandbox = project.at("loop_released")
    entries = record.ledger(sandbox)
    decided = [entry["decision"] for entry in entries]
    require("retrain" in decided, "the decision to retrain is not on record")
    since = decided[decided.index("retrain") :]
    steps = ("trained", "PROMOTE", "shadow", "shadow passed", "released")
    lacking = [step for step in steps if step not in since]
    require(not lacking, f"the record lacks {', '.join(lacking)}")
    retrained = next(entry for entry in entries if entry["decision"] == "retrain")
    require(retrained.get("evidence"), "the decision to retrain is on record without its weeks")
    sandbox.run("groundcrew.ledger", "verify")
    path = sandbox.state / "ledger.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("Kim", "Zoe", 1), encoding="utf-8")
    changed = sandbox.attempt("groundcrew.ledger", "verify")
    require(changed.code != 0, "a changed entry of the ledger is not found")
    return f"{len(entries)} entries, intact; one changed: {changed.last_line[:80]}"


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


@check
def loop_takes_a_bad_release_back(project: Project) -> str:
    """A release that turns out clearly worse is taken back by the loop, without a person."""
    sandbox = project.at("loop_released").copy(code=True)
    settings = sandbox.code / "flighttime.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace("confirm_flights = 5000", "confirm_flights = 800"), encoding="utf-8"
    )
    sandbox.append("flighttime/score.py", WORSE)
    # The script runs as __main__, where the fault at its end would come after its work.
    done = sandbox.on(stages.RELEASE_DAY).start(
        *("-c", SCORE, stages.RELEASE_DAY, str(sandbox.state.parent / "worse.csv"))
    )
    require(done.code == 0, f"scoring failed: {done.last_line}")
    after = sandbox.on("2013-03-13")
    after.run("flighttime.loop")
    last = record.ledger(sandbox)[-1]
    require(record.champion(sandbox) == "1", "the bad release is still the champion")
    require(last["decision"] == "rolled back to", f"the last decision is {last['decision']}")
    require(last.get("by") == "the policy", f"it was taken back by {last.get('by')}")
    answered = steps.answers_of(after, "2013-03-13")
    models = output.answers(answered, output.MODEL)["model"].unique().tolist()
    require(models == ["1"], f"after the rollback {models} answers")
    return f"rolled back to version 1 by the policy: {last['reason']}"


# The new champion's answers are an hour off; the one before answers beside it, as it always did.
WORSE = """

_as_it_was = score


def score(flights, model):
    answers = _as_it_was(flights, model)
    return answers.assign(minutes=answers["minutes"] + 60 * (model.version != "1"))
"""
SCORE = """
import sys
from datetime import date
from pathlib import Path
from flighttime import score
score.main(day=date.fromisoformat(sys.argv[1]), out=Path(sys.argv[2]))
"""


def reason(turned: Command) -> str:
    return value(turned, "reason")


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
