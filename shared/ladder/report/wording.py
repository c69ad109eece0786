"""Write numbers and levels in a sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

TIE = 0.1


@dataclass(frozen=True)
class Finding:
    """A sentence that can stand alone, and its details."""

    lead: str
    detail: str = ""


def name(row: dict[str, Any]) -> str:
    return f"Level {row['level']}"


def care(row: dict[str, Any]) -> str:
    """How often a level released another model."""
    if not row["releases"]:
        return "its model untouched since 1 March"
    return f"refreshed {'once' if row['releases'] == 1 else str(row['releases']) + ' times'}"


def pair(first: float, second: float, between: str) -> str:
    """Two numbers with as many decimals as it takes to tell them apart."""
    digits = 1 if abs(first - second) >= 1 else 2
    return f"{first:.{digits}f} {between} {second:.{digits}f}"


def minutes(gap: float) -> str:
    return f"{gap:.1f} minutes" if gap >= 1 else f"{gap:.2f} minutes"


def count(number: float, what: str) -> str:
    """0 days, 1 day, 2 days."""
    return f"{number:g} {what}{'' if number == 1 else 's'}"


def listing(parts: Iterable[str]) -> str:
    """a, b and c."""
    *rest, last = list(parts)
    return f"{', '.join(rest)} and {last}" if rest else last


def joined(*parts: str) -> str:
    """Sentences side by side, without the empty ones."""
    return " ".join(part for part in parts if part)
