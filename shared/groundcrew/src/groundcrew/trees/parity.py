"""Parity: whether a compiled model predicts what the trained pipeline does (no serving skew).

The sample has missing values in every column, and codes that no model has seen.
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from groundcrew.errors import UserError
from groundcrew.trees.compiled import CompiledModel

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

ROWS = 10_000
SINGLE_ROWS = 200
MISSING_SHARE = 0.05  # of every column
TOLERANCE = 1e-9
UNKNOWN_CODE = "~~"


def require_parity(model: CompiledModel, pipeline: "Pipeline", flights: pd.DataFrame) -> float:
    """Return the largest difference between both models' predictions.

    They predict a sample of `flights`: as a frame, as rows, and row by row. Raises UserError, with
    the worst row, if a difference is above TOLERANCE.
    """
    frame = sample(flights, model.categories, model.numbers)
    expected = pipeline.predict(frame)
    objects = frame.astype("object").where(frame.notna(), None)
    rows = list(objects.itertuples(index=False, name=None))
    predictions = {
        "as a frame": model.predict(frame),
        "as rows": np.array(model.predict_rows(rows)),
        "row by row": np.array([model.predict_rows([row])[0] for row in rows[:SINGLE_ROWS]]),
    }
    largest = 0.0
    for way, predicted in predictions.items():
        difference = np.abs(predicted - expected[: len(predicted)])
        # NaN is above every tolerance.
        wrong = ~(difference <= TOLERANCE)
        if wrong.any():
            worst = int(np.nan_to_num(difference, nan=np.inf).argmax())
            row = dict(zip(frame.columns, rows[worst], strict=True))
            raise UserError(
                f"the compiled model, asked {way}, differs from the trained one by "
                f"{difference[worst]:.3g} for {row}; {wrong.sum():,} of {len(wrong):,} rows differ "
                f"by more than {TOLERANCE:g}: do not use this model, and check which change of "
                "scikit-learn or treelite is the cause",
            )
        largest = max(largest, float(difference.max()))
    return largest


def sample(flights: pd.DataFrame, categories: list[str], numbers: list[str]) -> pd.DataFrame:
    """Draw ROWS rows, the same each time, with missing values and unknown codes in each column."""
    frame = flights[[*categories, *numbers]]
    frame = frame.sample(ROWS, replace=True, random_state=0, ignore_index=True)
    random = np.random.default_rng(0)
    for name in numbers:
        frame[name] = frame[name].mask(random.random(ROWS) < MISSING_SHARE)
    for name in categories:
        frame[name] = frame[name].mask(random.random(ROWS) < MISSING_SHARE, UNKNOWN_CODE)
        frame[name] = frame[name].mask(random.random(ROWS) < MISSING_SHARE)
    return frame
