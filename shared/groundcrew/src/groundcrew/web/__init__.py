"""The web application of every level: a page for people, an API for programs, and its operation."""

from collections.abc import Callable
from collections.abc import Sequence
from typing import TYPE_CHECKING

from groundcrew.serving import Model
from groundcrew.serving import Serving
from groundcrew.web.services import Answer
from groundcrew.web.services import ReadFlights
from groundcrew.web.services import Services

# Commands that only need `Answer` start without loading a web framework.
if TYPE_CHECKING:
    from fastapi import APIRouter
    from fastapi import FastAPI

__all__ = ["Answer", "create_app", "serve"]


def create_app(
    serving: Callable[[], Serving],
    features: list[str],
    flights: ReadFlights,
    about: Callable[[Serving], dict[str, dict[str, str]]],
    arm: Callable[[Serving, dict], Model] | None = None,
    record: Callable[[list[Answer]], None] | None = None,
    pages: "Sequence[APIRouter]" = (),
) -> "FastAPI":
    """Build the application of one level.

    `serving` returns the models that answer now, or raises UserError; `features` is the order in
    which they take a flight's values; `flights(since=day)` reads the joined table (columns `date`,
    `published`, the features, and `air_time` in minutes); `about` describes the models for the
    page, by section; `arm` chooses the model that answers a flight (default: the champion);
    `record` receives all answers of a request, the shadow's included, before the response is sent,
    and raises UserError to refuse it. It may have: `local` (True if it needs no network), `state()`
    (a dict for /health/ready) and `on_failure(path, status)` (called for each status from 500 on).
    `pages` are further pages; the path and the name of a router's first route go into the
    navigation.
    """
    from groundcrew.web import assembly

    return assembly.assemble(Services(serving, features, flights, about, arm, record), pages)


def serve(factory: str, *, host: str = "127.0.0.1", port: int = 8000, workers: int = 1) -> None:
    """Answer HTTP until Ctrl-C or SIGTERM.

    `factory` names the function that makes the application, such as "flighttime.app:create".
    Raises UserError if a setting is not valid.
    """
    from groundcrew.web import server

    server.run(factory, host=host, port=port, workers=workers)
