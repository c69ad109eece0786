"""Aliases and tags of the registered model: which version is the champion, for instance."""

from typing import TYPE_CHECKING

from groundcrew.registry import unwritten
from groundcrew.registry.failures import user_errors
from groundcrew.registry.store import NAME
from groundcrew.registry.store import client
from groundcrew.registry.versions import version

if TYPE_CHECKING:
    from mlflow.entities.model_registry import RegisteredModel


@unwritten.kept
def registered_model() -> "RegisteredModel":
    """The registered model: its aliases and tags as they are at one moment."""
    registry = client()
    with user_errors():
        return registry.get_registered_model(NAME)


def alias(name: str) -> str | None:
    """The number of the version that has an alias; None if no version has it."""
    number = registered_model().aliases.get(name)
    return None if number is None else str(number)


def set_alias(name: str, number: str | None) -> None:
    """Move an alias to a version, or delete it; raises UserError if the version does not exist."""
    registry = client()
    if number is not None:
        number = version(number).version
    with user_errors():
        if number is None:
            registry.delete_registered_model_alias(NAME, name)
        else:
            registry.set_registered_model_alias(NAME, name, number)


def tag(name: str) -> str:
    """The text of a tag of the registered model; "" if it is not set."""
    return registered_model().tags.get(name, "")


def set_tag(name: str, text: str) -> None:
    """Set a tag of the registered model."""
    registry = client()
    with user_errors():
        registry.set_registered_model_tag(NAME, name, text)
