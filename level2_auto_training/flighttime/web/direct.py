"""What is asked by the thousand goes straight to its answer; the framework describes it, and answers the rest."""

from collections.abc import Sequence

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.types import ASGIApp
from starlette.types import Receive
from starlette.types import Scope
from starlette.types import Send

from flighttime.web import problems


class Direct:
    """For routes with a fixed path whose endpoints take the request and give the response, as all do here."""

    def __init__(self, app: ASGIApp, routes: Sequence[APIRoute]) -> None:
        self.app = app
        self.routes = {(method, route.path): route for route in routes for method in route.methods}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self.routes.get((scope.get("method"), scope.get("path")))
        if route is None:
            await self.app(scope, receive, send)
            return
        scope["route"] = route
        request = Request(scope, receive)
        try:
            response = await route.endpoint(request)
        except tuple(problems.TOLD) as problem:
            response = problems.answer(request, problem)
        await response(scope, receive, send)
