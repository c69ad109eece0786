"""Violations of a rule in words: how many cases, and three examples."""

from collections.abc import Iterator

import pandas as pd

from groundcrew.errors import UserError


def violations(rule: str, cases: pd.DataFrame | pd.Series, *, unit: str = "row") -> Iterator[str]:
    """Yield one sentence with the count and three examples of `cases`; nothing without cases."""
    if len(cases):
        examples = pd.DataFrame(cases.head(3)).map(_shown).agg(" ".join, axis=1)
        count = f"{len(cases):,} {unit}{'s'[: len(cases) != 1]}"
        yield f"{rule}: violated in {count}, such as {'; '.join(examples)}"


def refusal(what: str, violations: list[str]) -> UserError:
    """Return the error that refuses `what` because of `violations`."""
    reasons = ". ".join(violations)
    return UserError(
        f"{what} is refused: {reasons}. Nothing of it was stored: run again when it is corrected",
    )


def _shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else f"{value}"
