"""Where a model is in its life: made in train, tried in staging, in use in production. Each has a folder of its own."""

import os
from pathlib import Path

from flighttime import settings
from flighttime.errors import Refused

TRAIN = "train"
STAGING = "staging"
PRODUCTION = "production"
ALL = [TRAIN, STAGING, PRODUCTION]


def current() -> str:
    """The environment that this process is in: FLIGHTTIME_ENVIRONMENT, else production."""
    return named(os.environ.get("FLIGHTTIME_ENVIRONMENT") or PRODUCTION)


def named(name: str) -> str:
    """The name, if it is one; else raises Refused."""
    if name not in ALL:
        raise Refused(f"{name!r} is no environment: FLIGHTTIME_ENVIRONMENT and --trust take {', '.join(ALL)}")
    return name


def place(environment: str) -> Path:
    """The folder with an environment's own state; that of train holds the others'."""
    return settings.runs() if environment == TRAIN else settings.runs() / named(environment)
