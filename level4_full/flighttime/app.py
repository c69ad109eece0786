"""The application: minutes in the air, on a page and over HTTP, from the model in production.

python -m flighttime.app [--port 8000] [--workers 2]
"""

from fastapi import FastAPI

from flighttime import ingest
from flighttime import loop_state
from flighttime import serving
from flighttime import split
from flighttime.features import FEATURES
from flighttime.predictions import STORE
from groundcrew import commands
from groundcrew import settings
from groundcrew import web
from groundcrew.web import control


def create() -> FastAPI:
    return web.create_app(
        serving=serving.current,
        features=FEATURES,
        flights=ingest.TABLE.read,  # the page shows recent flights of a route
        about=serving.about,
        arm=split.arm,
        record=STORE.recorder(settings.section("predictions")["when_lost"]),
        pages=[control.page(loop_state.of, lambda: settings.section("policy"))],
    )


def main(*, host: str = "127.0.0.1", port: int = 8000, workers: int = 1) -> None:
    web.serve("flighttime.app:create", host=host, port=port, workers=workers)


if __name__ == "__main__":
    commands.run(main)
