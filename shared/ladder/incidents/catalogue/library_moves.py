"""A library of the production machine moves: "works on my machine"."""

from typing import Any

from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import PREVENTED
from ladder.incidents.incident import SILENT
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question
from ladder.incidents.play import Play


def asking(play: Play) -> None:
    import numpy as np
    from sklearn.preprocessing import OrdinalEncoder

    usual = play.notes.setdefault("usual encoder", OrdinalEncoder.transform)

    def moved(self: OrdinalEncoder, values: Any) -> np.ndarray:
        codes = usual(self, values)
        return np.where(np.isnan(codes), codes, codes + 1)

    if not play.began:
        play.inject("the production machine gets a scikit-learn whose encoder counts from 1")
    OrdinalEncoder.transform = moved


def evening(play: Play) -> None:
    from sklearn.preprocessing import OrdinalEncoder

    if usual := play.notes.pop("usual encoder", None):
        OrdinalEncoder.transform = usual


INCIDENT = Incident(
    name="library-moves",
    title="Works on my machine",
    story="The production machine was updated over the weekend, and scikit-learn with it. "
    "In the new version (an invented one) an encoder counts from 1 instead of 0. "
    "Everything loads, and everything answers.",
    touches="a library of one machine",
    scenario="release",
    hooks=Hooks(asking=asking, evening=evening),
    expected={
        0: (SILENT, "the letter names the version, and no one compares"),
        1: (SILENT, "the requirements are pinned where it is installed, not where it answers"),
        2: (SILENT, "the packages are on record, and compared only when a model is rebuilt"),
        3: (PREVENTED, "compiled trees and their own encoding: production has no scikit-learn"),
        4: (PREVENTED, "as Level 3"),
    },
    case=Case(
        "scikit-learn, model persistence",
        "https://scikit-learn.org/stable/model_persistence.html",
        "Models that were saved with one version and loaded with another are not supported; "
        "the library warns, and says that the results may be wrong.",
    ),
    question=Question(
        "Level 2 records the version of every package. Why does that not help?",
        "A record is compared when a person asks; at scoring no one does. Level 3 needs no "
        "record: what it serves does not depend on the library.",
        ("The record is wrong", "It would help if the versions were pinned once more"),
    ),
    code={3: ("level3_auto_deploy/flighttime/package.py", "trees.compile")},
    repairable=False,
)
