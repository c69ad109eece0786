"""Which versions serve: the champion, the challenger of an A/B test, and a shadow."""

import re

from groundcrew.errors import NotFound
from groundcrew.registry import unwritten
from groundcrew.registry.aliases import alias
from groundcrew.registry.aliases import registered_model
from groundcrew.registry.aliases import set_alias
from groundcrew.registry.aliases import set_tag
from groundcrew.registry.aliases import tag
from groundcrew.registry.versions import version
from groundcrew.serving import State

CHAMPION = "champion"
CHALLENGER = "challenger"
# Tags, not aliases: the next candidate takes the alias of the challenger before it is certified.
SPLIT = "split"
SHADOW = "shadow"
VERSION_AND_SHARE = re.compile(r"(\d+):([01]\.\d+)")


@unwritten.kept
def serving_state(alias_name: str) -> State | None:
    """What is to be served under an alias, read in one look; None if no version has the alias.

    An A/B test and a shadow belong to the champion only.
    """
    model = registered_model()
    number = model.aliases.get(alias_name)
    if number is None:
        return None
    if alias_name != CHAMPION:
        return _identified(State(str(number)))
    split = VERSION_AND_SHARE.fullmatch(model.tags.get(SPLIT, ""))
    challenger, share = (split[1], float(split[2])) if split else ("", 0.0)
    return _identified(State(str(number), challenger, share, model.tags.get(SHADOW, "")))


def champion() -> str | None:
    """The version that is the champion; None before the first release."""
    return alias(CHAMPION)


def challenger() -> str:
    """The version in an A/B test with the champion; "" if there is none."""
    state = serving_state(CHAMPION)
    return state.challenger if state else ""


def set_champion(number: str | None) -> None:
    """Make a version the champion, or none; this ends an A/B test and a shadow evaluation.

    Raises UserError, and changes nothing, if the version does not exist.
    """
    if number is not None:
        version(number)
    set_tag(SPLIT, "")
    set_tag(SHADOW, "")
    set_alias(CHAMPION, number)


def set_split(number: str, share: float) -> None:
    """Let a version answer a share (0 to 1) of the flights; 0 ends the A/B test."""
    set_tag(SPLIT, f"{number}:{float(share)}" if share else "")


def shadow() -> str:
    """The version that runs as a shadow; "" for none."""
    return tag(SHADOW)


def set_shadow(number: str) -> None:
    """Let a version run as a shadow; "" ends that."""
    set_tag(SHADOW, number)


def _identified(state: State) -> State:
    numbers = [state.champion, state.challenger, state.shadow]
    return state._replace(made_by=tuple(_made_by(number) for number in numbers if number))


def _made_by(number: str) -> str:
    """What identifies a version: its run, and the model that this run has logged."""
    try:
        found = version(number)
    except NotFound:
        return "missing"
    return f"{found.run_id} {found.source}"
