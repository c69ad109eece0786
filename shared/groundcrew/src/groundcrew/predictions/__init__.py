"""The prediction store: every answer, what came of it, and what was measured of both."""

from groundcrew.predictions import lease
from groundcrew.predictions import windows
from groundcrew.predictions.address import use
from groundcrew.predictions.failed_requests import failures
from groundcrew.predictions.landings import asked
from groundcrew.predictions.landings import known_landings
from groundcrew.predictions.landings import last_landing
from groundcrew.predictions.landings import outcomes
from groundcrew.predictions.landings import put_landings
from groundcrew.predictions.prediction_log import answers
from groundcrew.predictions.prediction_log import as_answers
from groundcrew.predictions.prediction_log import log
from groundcrew.predictions.recorder import Recorder
from groundcrew.predictions.shadow_pairs import same_flights
from groundcrew.predictions.store import PredictionStore

__all__ = [
    "PredictionStore",
    "Recorder",
    "answers",
    "as_answers",
    "asked",
    "failures",
    "known_landings",
    "last_landing",
    "lease",
    "log",
    "outcomes",
    "put_landings",
    "same_flights",
    "use",
    "windows",
]
