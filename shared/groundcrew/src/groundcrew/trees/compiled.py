"""A compiled model: the trees, and the codes that they know, as two data files."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import treelite

from groundcrew.trees.forest import Forest

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

TREES = "trees.treelite"
ENCODING = "encoding.json"
FILES = [TREES, ENCODING]


class CompiledModel:
    """The predictions of a fitted pipeline; unknown codes and missing values count as missing."""

    def __init__(
        self,
        trees: treelite.Model,
        codes: dict[str, list[str]],
        categories: list[str],
        numbers: list[str],
    ) -> None:
        self.trees = trees
        self.codes = codes
        self.categories = categories
        self.numbers = numbers
        self._forest = Forest(trees)
        self._encoders = [
            {code: float(number) for number, code in enumerate(codes[name])} for name in categories
        ]

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return one prediction a row, shape (n_rows,); the frame holds every feature column."""
        columns = zip(self.categories, self._encoders, strict=True)
        encoded = [frame[name].map(encoder) for name, encoder in columns]
        values = np.column_stack([*encoded, *(frame[name] for name in self.numbers)])
        return self._forest.predict(values.astype("float64"))

    def predict_rows(self, rows: Sequence[Sequence]) -> list[float]:
        """Predict without a DataFrame: each row holds categories, then numbers; None is missing."""
        encoders, first = self._encoders, len(self.categories)
        # dict.get returns None for an unknown code, and numpy reads None as NaN.
        values = [(*map(dict.get, encoders, row), *row[first:]) for row in rows]
        width = first + len(self.numbers)
        return self._forest.predict(np.array(values, "float64").reshape(len(rows), width)).tolist()


def compile(pipeline: "Pipeline", categories: list[str], numbers: list[str]) -> CompiledModel:
    """Compile a fitted pipeline.

    Its step "encode" is a ColumnTransformer whose OrdinalEncoder "categories" encodes `categories`
    and which passes `numbers` on; its step "trees" is a HistGradientBoostingRegressor. Raises
    UserError if a tree has too many leaves.
    """
    encoder = pipeline["encode"].named_transformers_["categories"]
    known = zip(categories, encoder.categories_, strict=True)
    codes = {name: values.tolist() for name, values in known}
    trees = treelite.sklearn.import_model(pipeline["trees"])
    return CompiledModel(trees, codes, categories, numbers)


def save(model: CompiledModel, folder: Path) -> None:
    """Write the model to FILES in `folder`; equal models give equal bytes."""
    # Python writes the file: treelite does not say why it cannot.
    (folder / TREES).write_bytes(model.trees.serialize_bytes())
    (folder / ENCODING).write_bytes(json.dumps(model.codes, indent=1).encode())


def load(folder: Path, categories: list[str], numbers: list[str]) -> CompiledModel:
    """Read what `save` wrote.

    Verify the digests of the files first: treelite does not check the bytes that it reads.
    """
    codes = json.loads((folder / ENCODING).read_text(encoding="utf-8"))
    return CompiledModel(treelite.Model.deserialize(folder / TREES), codes, categories, numbers)
