"""What the application serves: versions of a model, reloaded when another one is released."""

from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import NamedTuple
from typing import TypeVar

from groundcrew import commands
from groundcrew.errors import UserError
from groundcrew.reload import Reloader
from groundcrew.serving.models import CompiledVersion as CompiledVersion
from groundcrew.serving.models import Model as Model
from groundcrew.serving.models import PipelineModel as PipelineModel
from groundcrew.serving.models import unseen as unseen

AnyState = TypeVar("AnyState")


class State(NamedTuple):
    """The versions to serve, as the registry names them; "" for none.

    `made_by` names the run and the model of each one, since a new registry, or a copy that was
    restored, gives the same numbers to other models.
    """

    champion: str
    challenger: str = ""
    share: float = 0.0
    shadow: str = ""
    made_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Serving:
    """The models that serve requests.

    The champion answers; a challenger answers a `share` (0 to 1) of the flights in its place (A/B
    test); a shadow predicts every flight too, but its predictions are only recorded.
    """

    champion: Model
    challenger: Model | None = None
    share: float = 0.0
    shadow: Model | None = None

    @property
    def version(self) -> str:
        """The champion's version."""
        return self.champion.version

    @classmethod
    def of(cls, state: State, open: Callable[[str], Model]) -> "Serving":
        """Open the versions of a state; a challenger or shadow that fails is left out."""
        champion = open(state.champion)
        challenger, shadow = (_opened(name, open) for name in (state.challenger, state.shadow))
        return cls(champion, challenger, state.share if challenger else 0.0, shadow)


def _opened(version: str, open: Callable[[str], Model]) -> Model | None:
    try:
        return open(version) if version else None
    except UserError as error:
        commands.warning(f"version {version} is not used beside the champion: {error}")
        return None


def reload_on_change(
    read_state: Callable[[], AnyState | None],
    open: Callable[[AnyState | None], Serving],
) -> Reloader[AnyState, Serving]:
    """Return a function that returns the current `Serving`, opened again when the state changes.

    `read_state` returns what should be served, None for nothing; `open` loads it, and raises
    UserError if it cannot, or if the state is None.
    """
    return Reloader(read_state, open)


def prediction_ids(model: Model, n: int) -> list[str]:
    """Return `n` unique ids; each begins with the version that predicts and the mark of its run.

    The mark distinguishes two versions that got the same number from two registries.
    """
    start = f"{model.version}-{run_mark(model.run)}"
    length = 32 - len(run_mark(model.run))
    # One call for all of them is faster than one call each.
    digits = token_hex(length // 2 * n)
    return [start + digits[place : place + length] for place in range(0, len(digits), length)]


def run_mark(run: str) -> str:
    """Return the part of a run's id that is in the ids of its predictions."""
    return run[:8]
