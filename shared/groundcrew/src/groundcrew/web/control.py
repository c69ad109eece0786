"""Mission control: how production does and what the loop does, on a page that updates itself."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter
from fastapi import FastAPI
from fastapi import Header
from fastapi import Request
from fastapi import Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from groundcrew import settings
from groundcrew.predictions.counted import REASONS
from groundcrew.web import control_chart
from groundcrew.web import control_events
from groundcrew.web import drain
from groundcrew.web import rendering
from groundcrew.web.control_decisions import DECISIONS
from groundcrew.web.control_events import SharedView
from groundcrew.web.control_sources import collect
from groundcrew.web.control_view import View
from groundcrew.web.problems import Problem

SECTIONS = {
    "banner": "What needs a person",
    "state": "How production does",
    "chart": "Weeks",
    "timeline": "Decisions",
    "versions": "Versions",
    "drift": "Drift",
    "health": "Health",
}
# Viewers leave connections for requests: the server accepts a limited number.
MAX_VIEWERS = 60


@dataclass(frozen=True)
class Views:
    """What the viewers of one application share: the sections of the page, and the JSON state."""

    sections: SharedView
    state: SharedView


def page(
    state: Callable[[list[dict]], object],
    policy: Callable[[], dict],
    decisions: dict[str, tuple[str, str]] | None = None,
) -> APIRouter:
    """Mission control at /control, with /control/state for programs and /control/events.

    `state(entries)` is where these entries of the ledger have led the loop: an object with step,
    version, beside, day and sentence (what is under way, "" for nothing), and maybe calls, the
    reasons for which a person is called. `policy()` returns at least `threshold`: the ratio to the
    route median's error above which a week is marked. `decisions` adds to DECISIONS.
    """
    router = APIRouter(include_in_schema=False)
    sentences = DECISIONS | (decisions or {})

    def views(app: FastAPI) -> Views:
        if not hasattr(app.state, "control"):
            app.state.control = make_views(app, state, policy, sentences)
        return app.state.control

    @router.get("/control", name="Mission control")
    async def control(request: Request) -> Response:
        """The whole page as it is now, also for browsers without JavaScript."""
        sections = await views(request.app).sections.current()
        values = {"sections": sections, "versions": control_events.content_versions(sections)}
        render = partial(rendering.render, request, "control.html", titles=SECTIONS)
        return await run_in_threadpool(render, **values)

    @router.get("/control/state")
    async def control_state(request: Request) -> dict:
        """The same as JSON."""
        return await views(request.app).state.current()

    @router.get("/control/events")
    async def events(
        request: Request,
        have: str = "",
        last_event_id: Annotated[str, Header()] = "",
    ) -> StreamingResponse:
        """The sections that change, as server-sent events; `have` says what the page holds."""
        drain.require_not_draining(request)
        sections = views(request.app).sections
        if sections.viewers >= MAX_VIEWERS:
            detail = f"{MAX_VIEWERS} viewers are connected, the maximum: try again"
            raise Problem(503, detail, {"Retry-After": "5"})
        stream = control_events.stream(request, sections, last_event_id or have)
        headers = {"X-Accel-Buffering": "no"}
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    return router


def make_views(
    app: FastAPI,
    state: Callable[[list[dict]], object],
    policy: Callable[[], dict],
    sentences: dict[str, tuple[str, str]],
) -> Views:
    def now() -> View:
        return collect(app.state.services, state, policy(), sentences)

    return Views(SharedView(lambda: render_sections(now())), SharedView(lambda: now().as_json()))


def render_sections(view: View) -> dict[str, str]:
    """The HTML of each section."""
    chart = control_chart.draw(view.weeks, view.marks, view.threshold)
    values = {"view": view, "chart": chart, "project": settings.project_name(), "reasons": REASONS}
    find = rendering.templates.get_template
    return {name: find(f"control_{name}.html").render(values) for name in SECTIONS}
