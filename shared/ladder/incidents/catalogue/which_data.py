"""A lawyer asks which data made the model, after the source has corrected its past."""

import json
from datetime import date
from typing import Any

import pandas as pd

from ladder.incidents import world
from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import PREVENTED
from ladder.incidents.incident import SILENT
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question
from ladder.incidents.play import Play

BUILT = date(2013, 3, 1)


def corrected(flights: pd.DataFrame) -> pd.DataFrame:
    """Every twentieth air time one minute longer, as a correction in good faith."""
    flights.loc[flights.index % 20 == 0, "air_time"] += 1
    return flights


def evening(play: Play) -> None:
    if play.today != play.days[-1]:
        return
    for month in ("2013-01", "2013-02"):
        world.deliver(play.feed, f"flights/{month}", corrected)
    play.inject("the source has corrected January and February; then a lawyer asks for the model")
    if not REBUILD[play.level](play):
        play.notes["open question"] = "the model that answered in March cannot be made again"


def level0(play: Play) -> bool:
    """Run the notebook again, and compare what it has learned with the file in production."""
    import joblib

    before = joblib.load(play.team.production)
    play.team.notebook(BUILT)
    return same(before, joblib.load(play.team.handoff))


def same(one: Any, other: Any) -> bool:
    first, second = (
        [tree.nodes.tobytes() for (tree,) in model["trees"]._predictors] for model in (one, other)
    )
    return first == second


def level1(play: Play) -> bool:
    """Gather the data again as of that day, train, and compare the digests."""
    from flighttime import model
    from groundcrew import model_files

    digest = model.digest(model_files.load(play.team.production, model.TRUSTED))
    play.run("ingest", "--since", "2013-01-01")
    out = play.folder / "again"
    play.run("train", "--today", f"{BUILT}", "--out", str(out))
    return json.loads((out / "metrics.json").read_text(encoding="utf-8"))["model_digest"] == digest


def level2(play: Play) -> bool:
    done = play.run("rebuild", "1")
    return done.code == 0 and done.outputs.get("outcome") == "bit-identical"


REBUILD = {0: level0, 1: level1, 2: level2, 3: level2, 4: level2}

INCIDENT = Incident(
    name="which-data",
    title="Which data made this?",
    story="A passenger's lawyer asks why a flight was promised in 211 minutes. "
    "The model of that day must be made again, from the data of that day. "
    "Meanwhile the source has corrected its past.",
    touches="a person, and the feed",
    scenario="release",
    hooks=Hooks(evening=evening),
    harm="question",
    days=1,
    expected={
        0: (SILENT, "the notebook reads today's tables: another model comes out"),
        1: (SILENT, "the metrics name days, and the table of these days has changed since"),
        2: (PREVENTED, "the run names a version of the data, and rebuilds bit for bit"),
        3: (PREVENTED, "as Level 2"),
        4: (PREVENTED, "as Level 2"),
    },
    case=Case(
        "Growth in a Time of Debt, 2010 and 2013",
        "https://en.wikipedia.org/wiki/Growth_in_a_Time_of_Debt",
        "Others could repeat a much cited result only when its authors gave them the spreadsheet, "
        "and then found that rows were left out.",
    ),
    question=Question(
        "Level 1 has its code in git and its model's metrics in a file. What is missing?",
        "The data of that day: a version of the table that a later correction does not change.",
        ("A random seed", "A list of packages", "A better README"),
    ),
    code={2: ("level2_auto_training/flighttime/rebuild.py", "def rebuild")},
    repairable=False,
)
