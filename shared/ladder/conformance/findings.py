"""What a check finds: that a statement is not met, or what was seen where it is."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field

from ladder.conformance.starter import Command


class NotMet(Exception):
    """The statement is not met: the message says what was found instead."""


@dataclass(frozen=True)
class Result:
    """How one statement did on one project; `passed` is None if the check itself failed."""

    id: str
    passed: bool | None
    found: str
    expected: str
    command: str
    seconds: float
    hint: str
    remedy: str
    module: str
    decided_by: str = ""
    evidence: tuple[Command, ...] = field(default=(), repr=False)


def require(holds: object, found: str) -> None:
    """Raise NotMet with what was found unless it holds."""
    if not holds:
        raise NotMet(found)


Check = Callable[..., str]
CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    """Register a function under its name, which maturity.toml refers to."""
    assert function.__name__ not in CHECKS, function.__name__
    CHECKS[function.__name__] = function
    return function
