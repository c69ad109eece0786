"""The prediction log: each answer is committed before it is given, to meet its landing later."""

from flighttime import environments
from flighttime.features import CATEGORIES
from flighttime.features import NUMBERS
from groundcrew.predictions import PredictionStore

STORE = PredictionStore(
    folder=lambda: environments.folder(environments.current()),
    shared=lambda: environments.current() == environments.PRODUCTION,  # FLIGHTTIME_OBSERVED
    categories=CATEGORIES,
    numbers=NUMBERS,
    section="predictions",  # how long answers are kept, and how large the log may be
)
