"""Describe the rules that a request breaks: field, value and rule of each."""

import math
from collections.abc import Sequence

# The one rule that is a pattern, in words.
RULES = {"string_pattern_mismatch": "String should not contain the character NUL"}
MAX_CHARACTERS = 80


def describe(error: dict) -> dict:
    """One broken rule: the field (a JSON pointer into the body), its value, and the rule."""
    value = None if error["type"] == "missing" else printable(error["input"])
    rule = RULES.get(error["type"], error["msg"])
    return {"field": pointer(error["loc"]), "value": value, "rule": rule}


def pointer(location: Sequence[str | int]) -> str:
    """(1, "distance") as /1/distance."""
    names = (str(name).replace("~", "~0").replace("/", "~1") for name in location)
    return "".join(f"/{name[:MAX_CHARACTERS]}" for name in names)


def printable(value: object) -> object:
    """The value, if it is short and valid JSON; else a description of it."""
    if isinstance(value, list | tuple):
        return f"a list of {len(value):,}"
    if isinstance(value, dict):
        return "an object"
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, int) and abs(value) < 10**15:
        return value
    return str(value)[:MAX_CHARACTERS]
