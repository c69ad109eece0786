"""What a packaged model answers with: its trees as plain numbers, and the codes that they know, to be read by any process.

Nothing of it executes, and scikit-learn is not needed to answer: a single flight takes a fiftieth of a millisecond.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import treelite

from flighttime.features import CATEGORIES
from flighttime.features import FEATURES
from flighttime.features import NUMBERS
from flighttime.forest import Forest

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

TREES = "trees.treelite"
ENCODING = "encoding.json"
UNKNOWN = float("nan")


class Compiled:
    """A model that answers for codes that it knows, for codes that it has never seen, and for nulls."""

    def __init__(self, trees: treelite.Model, codes: dict[str, list[str]]) -> None:
        self.trees = trees
        self.forest = Forest(trees)
        self.codes = codes
        self.numbers = [{code: float(number) for number, code in enumerate(codes[name])} for name in CATEGORIES]

    def predict(self, flights: pd.DataFrame) -> np.ndarray:
        """Minutes in the air, from the columns FEATURES."""
        codes = [flights[name].map(numbers) for name, numbers in zip(CATEGORIES, self.numbers, strict=True)]
        return self.forest.predict(np.column_stack([*codes, *(flights[name] for name in NUMBERS)]).astype("float64"))

    def predict_rows(self, rows: Sequence[Sequence]) -> list[float]:
        """The same without a table: each row in the order of FEATURES, None for what nobody knows."""
        carriers, origins, dests = self.numbers
        known = [
            (carriers.get(row[0], UNKNOWN), origins.get(row[1], UNKNOWN), dests.get(row[2], UNKNOWN), *row[3:])
            for row in rows
        ]
        return self.forest.predict(np.array(known, dtype="float64").reshape(len(rows), len(FEATURES))).tolist()


def compile(pipeline: "Pipeline") -> Compiled:
    """The trees and the codes of a fitted model."""
    encoder = pipeline["encode"].named_transformers_["categories"]
    codes = {name: values.tolist() for name, values in zip(CATEGORIES, encoder.categories_, strict=True)}
    return Compiled(treelite.sklearn.import_model(pipeline["trees"]), codes)


def save(model: Compiled, folder: Path) -> None:
    model.trees.serialize(folder / TREES)
    (folder / ENCODING).write_text(json.dumps(model.codes, indent=1), encoding="utf-8")


def load(folder: Path) -> Compiled:
    """Read what `save` wrote. Only bytes whose digest was checked: the reader of trees trusts what it reads."""
    codes = json.loads((folder / ENCODING).read_text(encoding="utf-8"))
    return Compiled(treelite.Model.deserialize(folder / TREES), codes)
