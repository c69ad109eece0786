"""Read the assumptions on what people do, which a reader may change; refuse senseless ones."""

import tomllib
from typing import Annotated

from pydantic import BaseModel
from pydantic import ConfigDict
from pydantic import Field
from pydantic import ValidationError

from ladder.errors import LadderError
from ladder.places import ROOT

PLACE = ROOT / "shared" / "assumptions.toml"

Months = list[Annotated[int, Field(ge=1, le=12)]]
Days = Annotated[int, Field(ge=0, le=365)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Level0(Strict):
    by_hand: list[str]


class Level1(Level0):
    refit_months: Months
    lead_days: Days


class Level2(Level0):
    train_months: Months
    release_months: Months
    lead_days: Days


class Level3(Level0):
    train_months: Months
    lead_days: Days


class Level4(Level0):
    look_weekday: int = Field(ge=0, le=6)


class Incidents(Strict):
    handover_days: Days
    read_days: Days
    repair_days: Days


class Assumptions(Strict):
    threshold: float = Field(gt=0)
    level0: Level0
    level1: Level1
    level2: Level2
    level3: Level3
    level4: Level4
    incidents: Incidents


def read() -> dict:
    """What the year assumes; raises LadderError as `read_all` does."""
    return {name: value for name, value in read_all().items() if name != "incidents"}


def read_all() -> dict:
    """The assumptions in the file; raises LadderError that names entry, value and rule."""
    try:
        found = tomllib.loads(PLACE.read_text(encoding="utf-8"))
        Assumptions.model_validate(found)
    except (tomllib.TOMLDecodeError, FileNotFoundError) as problem:
        raise LadderError(
            f"{PLACE} cannot be read ({problem}): mend it, or get it back with git"
        ) from None
    except ValidationError as problems:
        first = problems.errors()[0]
        entry = ".".join(map(str, first["loc"]))
        raise LadderError(
            f"{PLACE}: {entry} is {first['input']!r}, but {first['msg']}: change it"
        ) from None
    idle = sorted(set(found["level2"]["release_months"]) - set(found["level2"]["train_months"]))
    if idle:
        raise LadderError(
            f"{PLACE}: level2.release_months has {idle[0]}, in which nothing is trained: "
            "add it to train_months"
        )
    return found
