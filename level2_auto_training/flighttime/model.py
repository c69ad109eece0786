"""The model: encoded categories and boosted trees; its file holds data, no code to execute."""

import hashlib
from dataclasses import dataclass

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

from flighttime.features import CATEGORIES
from flighttime.features import NUMBERS

# The types that a model file may hold beyond scikit-learn's usual ones; others are refused.
TRUSTED = [
    "functools.partial",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.utils.validation.check_array",
]


@dataclass(frozen=True)
class Trained:
    """A fitted model, the rows that it learned from, and the holdout: the newest days."""

    pipeline: Pipeline
    rows: pd.DataFrame
    holdout: pd.DataFrame


def build() -> Pipeline:
    """The untrained model: the same rows always give the same predictions, to the last bit."""
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=float("nan"))
    columns = ColumnTransformer(
        [("categories", encoder, CATEGORIES), ("numbers", "passthrough", NUMBERS)],
    )
    trees = HistGradientBoostingRegressor(
        loss="absolute_error",
        max_iter=100,
        categorical_features=list(range(len(CATEGORIES))),  # the first columns, encoded
        early_stopping=False,
        random_state=0,
    )
    return Pipeline([("encode", columns), ("trees", trees)])


def digest(model: Pipeline) -> str:
    """SHA-256 of settings, categories and trees, not of the file: equal models have the same."""
    encoder, trees = model["encode"].named_transformers_["categories"], model["trees"]
    categories = [values.tolist() for values in encoder.categories_]
    found = hashlib.sha256(repr([sorted(model.get_params().items()), categories]).encode())
    found.update(trees._baseline_prediction.tobytes())
    for (tree,) in trees._predictors:
        for part in (tree.nodes, tree.raw_left_cat_bitsets, tree.binned_left_cat_bitsets):
            found.update(part.tobytes())
    return found.hexdigest()
