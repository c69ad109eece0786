"""The model: encoded categories and boosted trees, saved as data that cannot execute."""

import hashlib
import threading
from pathlib import Path

from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

from flighttime.features import CATEGORIES
from flighttime.features import NUMBERS
from flighttime.errors import Refused

# What a model file may hold beyond scikit-learn's usual types; anything else is refused on loading.
TRUSTED = [
    "functools.partial",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.utils.validation.check_array",
]
# Python 3.11 sometimes fails where two threads read arrays from files at once (CPython's issue 106905).
ONE_AT_A_TIME = threading.Lock()


def build() -> Pipeline:
    """The untrained model: the same rows always give the same predictions, to the last bit."""
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=float("nan"))
    columns = ColumnTransformer([("categories", encoder, CATEGORIES), ("numbers", "passthrough", NUMBERS)])
    trees = HistGradientBoostingRegressor(
        loss="absolute_error",
        max_iter=100,
        categorical_features=list(range(len(CATEGORIES))),
        early_stopping=False,
        random_state=0,
    )
    return Pipeline([("encode", columns), ("trees", trees)])


def digest(model: Pipeline) -> str:
    """Stands for the settings, categories and trees of a fitted model, wherever and whenever it is stored."""
    encoder, trees = model["encode"].named_transformers_["categories"], model["trees"]
    categories = [values.tolist() for values in encoder.categories_]
    found = hashlib.sha256(repr([sorted(model.get_params().items()), categories]).encode())
    found.update(trees._baseline_prediction.tobytes())
    for (tree,) in trees._predictors:
        for part in (tree.nodes, tree.raw_left_cat_bitsets, tree.binned_left_cat_bitsets):
            found.update(part.tobytes())
    return found.hexdigest()


def save(model: Pipeline, path: Path) -> None:
    # Imported here and not above: it takes two seconds, and most commands can do without.
    from skops import io

    io.dump(model, path)


def load(path: Path) -> Pipeline:
    """Read a model file; raises Refused if it holds anything but a model."""
    from skops import io

    try:
        unknown = set(io.get_untrusted_types(file=path)) - set(TRUSTED)
        if unknown:
            raise Refused(f"{path} holds {', '.join(sorted(unknown))}, which no model needs: do not use this file")
        with ONE_AT_A_TIME:
            loaded = io.load(path, trusted=TRUSTED)
    except FileNotFoundError:
        raise Refused(f"there is no model file {path}: train one, or copy it there") from None
    except Refused:
        raise
    except Exception as problem:  # bytes that are no model break the reader in ways that nobody has listed
        raise Refused(f"{path} is not a model file ({problem}): copy it again from where it was trained") from None
    if not isinstance(loaded, Pipeline):
        raise Refused(f"{path} holds a {type(loaded).__name__}, not a model: copy it again from where it was trained")
    return loaded
