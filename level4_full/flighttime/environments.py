"""Train, staging and production: each has its own state, and a signing key that it trusts."""

import os
from pathlib import Path

from groundcrew import registry
from groundcrew import settings
from groundcrew.errors import UserError

TRAIN, STAGING, PRODUCTION = ALL = ["train", "staging", "production"]
ALIASES = {STAGING: registry.CHALLENGER, PRODUCTION: registry.CHAMPION}  # what each serves


def current() -> str:
    """The environment that this process serves: FLIGHTTIME_ENVIRONMENT, else production."""
    name = os.environ.get("FLIGHTTIME_ENVIRONMENT") or PRODUCTION
    if name not in ALIASES:
        raise UserError(f"FLIGHTTIME_ENVIRONMENT is {name!r}: choose {' or '.join(ALIASES)}")
    return name


def folder(name: str) -> Path:
    """The state of an environment: a subfolder, and for train the whole state folder."""
    return settings.runs() if name == TRAIN else settings.runs() / name


def trusted_key(name: str) -> Path:
    """The public key of the packages that this environment opens."""
    return folder(name) / "trusted.pem"
