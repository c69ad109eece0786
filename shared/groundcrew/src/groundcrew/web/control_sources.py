"""Where mission control finds what it shows; a source that fails does not hide the others."""

from collections.abc import Callable
from functools import partial
from typing import Any

from groundcrew import ledger
from groundcrew import settings
from groundcrew.errors import UserError
from groundcrew.predictions import lease
from groundcrew.predictions import windows
from groundcrew.serving import Serving
from groundcrew.web.control_decisions import STEPS
from groundcrew.web.control_decisions import described
from groundcrew.web.control_view import NO_STATE
from groundcrew.web.control_view import View
from groundcrew.web.services import Services

WEEKS = 52
# What a stored week may lack.
UNKNOWN: dict[str, object] = {
    "certified": None,
    "p99_ms": None,
    "versions": {},
    "drift": {},
    "ages": {},
    "left_out": {},
}


def collect(
    services: Services,
    state: Callable[[list[dict]], object],
    policy: dict,
    sentences: dict[str, tuple[str, str]],
) -> View:
    """Everything that can be read; `missing` names the sources that cannot, and why.

    `state(entries)` is the state of the loop after these entries of the ledger; `sentences` are
    decisions with sign and sentence.
    """
    view = View(policy)
    read = partial(_read, view)
    read("today", "the day", settings.today)
    read("weeks", "the weeks of production", lambda: [_week(one) for one in windows.read(WEEKS)])
    read("ledger", "the ledger", ledger.entries)
    read("decisions", "the decisions", lambda: described(view.ledger, sentences))
    read("loop_state", "the state of the loop", lambda: _loop_state(state(until_today(view))))
    read("lease", "the lease of the loop", _lease)
    view.record = getattr(services.record, "lost", "") or view.record
    _read_serving(view, services)
    return view


def _read_serving(view: View, services: Services) -> None:
    try:
        view.serving = _versions(services.serving())
        view.application = f"answers with version {view.serving['version']}"
    except Exception as problem:
        view.application = _reason(problem)
        # Before the first release, a missing model is expected.
        if view.champion_since or not isinstance(problem, UserError):
            view.missing.append(f"the models: {view.application}")


def _read(view: View, name: str, source: str, read: Callable[[], object]) -> None:
    try:
        setattr(view, name, read())
    except Exception as problem:
        view.missing.append(f"{source}: {_reason(problem)}")


def _reason(problem: Exception) -> str:
    return next(iter(str(problem).splitlines()), type(problem).__name__)


def _week(stored: dict) -> dict:
    answers = stored["answers"]
    coverage = stored["labels"] / answers if answers else None
    return UNKNOWN | {"coverage": coverage} | stored


def until_today(view: View) -> list[dict]:
    """The decisions that count for the loop."""
    return ledger.until(view.today, view.ledger) if view.today else view.ledger


def _loop_state(state: object) -> dict:
    found: dict[str, Any] = {name: getattr(state, name, NO_STATE[name]) for name in NO_STATE}
    sentence = found["sentence"] or STEPS.get(found["step"], "")
    return found | {"sentence": sentence.format_map(found)}


def _lease() -> dict | None:
    # Viewers do not need to know on which machine the loop runs.
    holder = lease.holder()
    return holder and {"doing": holder["doing"], "until": holder["until"]}


def _versions(serving: Serving) -> dict:
    challenger, shadow = serving.challenger, serving.shadow
    return {
        "version": serving.version,
        "challenger": challenger and challenger.version,
        "share": serving.share,
        "shadow": shadow and shadow.version,
    }
