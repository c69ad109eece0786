"""Versions of a model that predict: a scikit-learn pipeline, or compiled trees."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from typing import Protocol

import pandas as pd

# At run time neither is imported: a project needs one of them only.
if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from groundcrew.trees import CompiledModel


class Model(Protocol):
    """A version of a model that predicts; `quick` if it may run on the event loop.

    `run` is the id of the run that made it; "" if no run is on record. `card` is the model card
    of its package, in Markdown; "" if it is in no package.
    """

    @property
    def version(self) -> str: ...

    @property
    def run(self) -> str: ...

    @property
    def quick(self) -> bool: ...

    @property
    def card(self) -> str: ...

    @property
    def known(self) -> Mapping[str, frozenset[str]]:
        """The codes that it has learned from, by feature."""

    def predict(self, frame: pd.DataFrame) -> list[float]:
        """Return one prediction a row; the frame holds the features, in order."""

    def predict_rows(self, rows: Sequence[Sequence]) -> list[float]:
        """Predict without a DataFrame: each row holds the features in order; None is missing."""


# Two models are equal only if they are the same object: comparing pipelines would be slow.
@dataclass(frozen=True, eq=False)
class PipelineModel:
    """A scikit-learn pipeline: a prediction takes milliseconds, too long for the event loop."""

    version: str
    pipeline: "Pipeline"
    features: list[str]
    numbers: list[str]
    run: str = ""
    quick: bool = False
    card: str = ""

    @cached_property
    def known(self) -> Mapping[str, frozenset[str]]:
        encode = getattr(self.pipeline, "named_steps", {}).get("encode")
        if encode is None:  # it encodes no codes
            return {}
        encoder = encode.named_transformers_["categories"]
        columns = zip(encoder.feature_names_in_, encoder.categories_, strict=True)
        return {name: frozenset(codes) for name, codes in columns}

    def predict(self, frame: pd.DataFrame) -> list[float]:
        return self.pipeline.predict(frame).tolist()

    def predict_rows(self, rows: Sequence[Sequence]) -> list[float]:
        frame = pd.DataFrame(rows, columns=self.features)
        return self.predict(frame.astype(dict.fromkeys(self.numbers, "float64")))


@dataclass(frozen=True, eq=False)
class CompiledVersion:
    """A compiled model: a prediction takes microseconds."""

    version: str
    model: "CompiledModel"
    run: str = ""
    card: str = ""
    quick: bool = True

    @cached_property
    def known(self) -> Mapping[str, frozenset[str]]:
        return {name: frozenset(codes) for name, codes in self.model.codes.items()}

    def predict(self, frame: pd.DataFrame) -> list[float]:
        return self.model.predict(frame).tolist()

    def predict_rows(self, rows: Sequence[Sequence]) -> list[float]:
        return self.model.predict_rows(rows)


def unseen(model: Model, features: Sequence[str], row: Sequence) -> list[str]:
    """The features of a flight with a code that the model has never seen."""
    known = model.known
    pairs = zip(features, row, strict=True)
    return [name for name, code in pairs if name in known and code not in known[name]]
