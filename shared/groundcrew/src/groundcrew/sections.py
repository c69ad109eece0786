"""Reads a TOML file of settings, and checks each one against the range stated for it.

window_days = [1, 3650]           # a whole number
min_gain = [0.0, 60.0]            # any number
breaches = [1, "window_weeks"]    # a whole number, at most a setting that is stated above it
when_lost = ["refuse", "answer"]  # one of these texts
where = "text"                    # any text
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated
from typing import Any
from typing import Literal

from pydantic import AfterValidator
from pydantic import BaseModel
from pydantic import ConfigDict
from pydantic import Field
from pydantic import ValidationError
from pydantic import ValidationInfo
from pydantic import create_model
from pydantic_core import ErrorDetails
from pydantic_core import PydanticCustomError

from groundcrew.errors import UserError

EXACT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)
UNKNOWN, MISSING = "extra_forbidden", "missing"


def read(file: Path) -> dict[str, dict]:
    """Return a TOML file by section; raises UserError if it cannot be read or has other values."""
    try:
        # Editors on Windows put a mark (BOM) before the text.
        sections = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as problem:
        raise UserError(
            f"cannot read the settings in {file} ({problem}): correct or restore the file",
        ) from None
    for name, values in sections.items():
        if not isinstance(values, dict):
            raise UserError(f"{name} in {file} is in no section: write it below its [section]")
    return sections


def read_checked(file: Path, ranges: Path) -> dict[str, dict]:
    """Return the sections of `file`; raises UserError if one breaks a rule of the file `ranges`."""
    sections = read(file)
    try:
        _model_of(ranges)(**sections)
    except ValidationError as problem:
        # A misspelled name is also a missing one.
        errors = problem.errors(include_url=False)
        errors.sort(key=lambda error: error["type"] != UNKNOWN)
        raise UserError(
            f"{_in_words(errors[0])}: correct {file}, as {ranges} says, or restore it",
        ) from None
    return sections


@cache
def _model_of(ranges: Path) -> type[BaseModel]:
    types = {
        section: _model(section, {name: _type(rule) for name, rule in rules.items()})
        for section, rules in read(ranges).items()
    }
    return _model("settings", types)


def _model(name: str, types: dict[str, Any]) -> type[BaseModel]:
    fields: dict[str, Any] = {field: (kind, ...) for field, kind in types.items()}
    return create_model(name, __config__=EXACT, **fields)


def _type(rule: list | str) -> Any:
    match rule:
        case [str(), *_]:
            return Literal[tuple(rule)]  # pyrefly: ignore[invalid-literal]
        case [int(lowest), str(other)]:
            return Annotated[int, Field(ge=lowest), AfterValidator(_at_most(other))]
        case [int(lowest), int(highest)]:
            return Annotated[int, Field(ge=lowest, le=highest)]
        case [float(lowest), float(highest)]:
            return Annotated[float, Field(ge=lowest, le=highest)]
        case "text":
            return Annotated[str, Field(min_length=1)]
    raise TypeError(f"{rule!r} is no range of a setting")


def _at_most(other: str) -> Any:
    def check(value: int, info: ValidationInfo) -> int:
        highest = info.data.get(other, value)  # if that one is wrong, it has its own message
        if value > highest:
            bound = {"other": other, "highest": highest}
            raise PydanticCustomError(
                "too_high", "should be {other} at most, which is {highest}", bound
            )
        return value

    return check


def _in_words(error: ErrorDetails) -> str:
    section, *names = map(str, error["loc"])
    name = f"{names[0]} in [{section}]" if names else f"the section [{section}]"
    if error["type"] == MISSING:
        return f"{name} is missing"
    if error["type"] == UNKNOWN:
        return f"{name} does not exist"
    return f"{name} is {error['input']!r}, and should {error['msg'].partition('should ')[2]}"
