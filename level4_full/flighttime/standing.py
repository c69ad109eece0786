"""Which versions are to answer here, read off the registry in one look: the alias of this environment, and a split."""

import re
from dataclasses import dataclass

from flighttime import environment
from flighttime import settings
from flighttime import tracking
from flighttime.errors import Refused

CHAMPION = "champion"
# A tag beside the aliases, "3:0.2": version 3 answers a fifth of the flights. An alias is no place for it: the
# next candidate takes that of the challenger, and nobody has certified it.
SPLIT = "split"
A_SPLIT = re.compile(r"(\d+):([01]\.\d+)")


@dataclass(frozen=True)
class Standing:
    version: str
    challenger: str | None = None
    share: float = 0.0


def read() -> Standing | None:
    """What this environment is to answer with; None before the first release."""
    known = tracking.store().get_registered_model(tracking.NAME)
    here = environment.current()
    if here == environment.TRAIN:
        raise Refused("nobody is answered in train: set FLIGHTTIME_ENVIRONMENT to staging or production")
    version = known.aliases.get(settings.tuned(here)["answers_with"])
    if version is None:
        return None
    split = A_SPLIT.fullmatch(known.tags.get(SPLIT, ""))
    if here != environment.PRODUCTION or not split:
        return Standing(str(version))
    return Standing(str(version), split[1], float(split[2]))


def champion() -> str | None:
    """The version that was released last, whatever this environment answers with."""
    version = tracking.store().get_registered_model(tracking.NAME).aliases.get(CHAMPION)
    return version and str(version)


def write(version: str | None) -> None:
    """Make a version the champion, or nobody; a split is over then."""
    client = tracking.store()
    client.delete_registered_model_tag(tracking.NAME, SPLIT)
    if version is None:
        client.delete_registered_model_alias(tracking.NAME, CHAMPION)
    else:
        client.set_registered_model_alias(tracking.NAME, CHAMPION, version)


def split(version: str, share: float) -> None:
    """Let a version answer this share of the flights in production; none of them ends it."""
    tracking.store().set_registered_model_tag(tracking.NAME, SPLIT, f"{version}:{share}" if share else "")
