"""Mission control: how production does and what the loop is doing, on a page that renews itself."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter
from fastapi import Header
from fastapi import Request
from fastapi import Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from flighttime import production
from flighttime import settings
from flighttime.errors import Refused
from flighttime.web import drain
from flighttime.web import events
from flighttime.web import mission
from flighttime.web import mission_chart
from flighttime.web import page
from flighttime.web.events import Look
from flighttime.web.events import Parts
from flighttime.web.problems import Problem
from flighttime.web.recorded import RECORD

PARTS = {
    "banner": "What needs a person",
    "state": "How things stand",
    "chart": "Weeks",
    "timeline": "Decisions",
    "versions": "Versions",
    "drift": "Drift",
    "health": "Health",
}
# Who looks on must leave room for who asks.
MOST_VIEWERS = 60

router = APIRouter(include_in_schema=False)


@router.get("/control")
async def control() -> Response:
    """The page, whole, as things stand: also without JavaScript."""
    parts = await together.now()
    return await run_in_threadpool(page.render, "control.html", parts=parts, names=PARTS, have=events.names(parts))


@router.get("/control/state")
async def state() -> dict:
    """The same for programs; `told` is what happened, in words."""
    return await for_programs.now()


@router.get("/control/events")
async def news(request: Request, have: str = "", last_event_id: Annotated[str, Header()] = "") -> StreamingResponse:
    """What changes, as it changes; `have` names the parts that the page came with."""
    drain.refuse(request)
    if together.viewers >= MOST_VIEWERS:
        raise Problem(503, f"{MOST_VIEWERS} look on already: try again", {"Retry-After": "5"})
    return StreamingResponse(
        events.news(request, together, last_event_id or have),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


def parts() -> Parts:
    """The page's parts, as they are put into it."""
    seen, rule = mission.look(), settings.tuned("policy")
    view = {
        "seen": seen,
        "kinds": mission.KINDS,
        "rule": rule,
        "headline": mission.headline(seen, rule["threshold"]),
        "chart": mission_chart.draw(seen.weeks, list(seen.marks), rule["threshold"]),
        "answering": answering(),
        "record": RECORD.lost or "every answer is written down before it is given",
    }
    return {name: page.templates.get_template(f"control_{name}.html").render(view) for name in PARTS}


def data() -> dict:
    """What programs are told."""
    seen, rule = mission.look(), settings.tuned("policy")
    words = page.templates.get_template("control_words.html").module
    told = [{"day": entry["day"], "what": f"{words.told(entry)}".strip(), "why": entry.get("reason", "")} for entry in seen.told]
    headline = mission.headline(seen, rule["threshold"])
    return {**asdict(seen), "course": asdict(seen.here), "policy": rule, "headline": headline, "told": told}


def answering() -> str:
    """Whether the application answers, in words."""
    try:
        return f"answers with version {production.serving().version}"
    except Refused as refusal:
        return f"{refusal}"


together, for_programs = Look(parts), Look(data)
