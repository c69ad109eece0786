"""A short cut for the busiest routes: it calls their endpoints without the framework's routing."""

from collections.abc import Sequence

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.routing import BaseRoute
from starlette.types import ASGIApp
from starlette.types import Receive
from starlette.types import Scope
from starlette.types import Send

from groundcrew.web import problems


class FastPath:
    """For routes with a fixed path whose endpoints take a Request and return a Response."""

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self.app = app
        self.routes: dict[tuple, APIRoute] = {}
        for route in routes:
            if isinstance(route, APIRoute):
                self.routes |= {(method, route.path): route for method in route.methods or ()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self.routes.get((scope.get("method"), scope.get("path")))
        if route is None:
            await self.app(scope, receive, send)
            return
        scope["route"] = route
        request = Request(scope, receive)
        try:
            response = await route.endpoint(request)
        except tuple(problems.HANDLERS) as problem:
            response = problems.handle(request, problem)
        await response(scope, receive, send)
