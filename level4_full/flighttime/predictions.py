"""The prediction log: each answer is committed before it is given, to meet its landing later."""

import pandas as pd

from flighttime import environments
from flighttime.features import CATEGORIES
from flighttime.features import NUMBERS
from groundcrew.predictions import PredictionStore
from groundcrew.serving import Model
from groundcrew.serving import prediction_ids

STORE = PredictionStore(
    folder=lambda: environments.folder(environments.current()),
    shared=lambda: environments.current() == environments.PRODUCTION,
    categories=CATEGORIES,
    numbers=NUMBERS,
    section="predictions",  # how long answers are kept, and how many
)


def record(answers: pd.DataFrame, shadow: Model | None) -> None:
    """Commit scored flights, and with them what a shadow answers to the same flights."""
    frames = {"champion": answers}
    if shadow and len(answers):
        minutes, ids = shadow.predict(answers), prediction_ids(shadow, len(answers))
        frames["shadow"] = answers.assign(minutes=minutes, model=shadow.version, prediction_id=ids)
    STORE.log(frames)
