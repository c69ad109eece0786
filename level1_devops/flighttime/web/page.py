"""A page for people: choose a flight, and read how long it will be in the air, by which model."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter
from fastapi import Request
from fastapi import Response
from jinja2 import Environment
from jinja2 import FileSystemLoader
from jinja2 import StrictUndefined

from flighttime import production
from flighttime import settings
from flighttime.errors import Refused
from flighttime.web import forecast
from flighttime.web import known
from flighttime.web import visit
from flighttime.web import words

HERE = Path(__file__).parent
# Told here, because some machines know other types for these names.
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript"}

router = APIRouter(include_in_schema=False)
templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.filters.update(words.FILTERS)
# The destinations with the most flights stay in front.
templates.policies["json.dumps_kwargs"] = {"sort_keys": False}


def publish(file: Path) -> str:
    """Serve an asset; its address changes with its content, so that a browser may keep what it has."""
    content = file.read_bytes()
    path = f"/assets/{hashlib.sha256(content).hexdigest()[:12]}/{file.name}"
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}

    @router.get(path)
    def asset() -> Response:
        return Response(content, headers=headers, media_type=MEDIA_TYPES[file.suffix])

    return path


files = [file for file in (HERE / "assets").iterdir() if file.suffix in MEDIA_TYPES]
templates.globals["assets"] = {file.name: publish(file) for file in files}


@router.get("/")
def ask(request: Request) -> Response:
    """The form and, once it is filled in, its answer."""
    return told(lambda: asked(request.query_params.multi_items()))


@router.get("/model")
def model() -> Response:
    """Everything that is known of the model that answers."""
    return told(lambda: render("model.html", record=production.record(production.serving())))


def told(answer: Callable[[], Response]) -> Response:
    """The answer or, where something is missing that only the operator can put there, what it is."""
    try:
        return answer()
    except Refused as refusal:
        return render("unable.html", 503, refusal=refusal)


def asked(parameters: list[tuple[str, str]]) -> Response:
    now = known.now()
    filled_in = any(name in visit.FIELDS for name, _ in parameters)
    this = visit.read(parameters, now) if filled_in else visit.first(now)
    shown = {"visit": this, "known": now, "forecast": None, "record": None, "refusal": None}
    try:
        shown["record"] = production.record(production.serving())
        if filled_in and not this.mistakes:
            shown["forecast"] = forecast.make(this, now)
    except Refused as refusal:
        return render("page.html", 503, **{**shown, "refusal": refusal})
    return render("page.html", this.status, **shown)


def render(template: str, status: int = 200, **values: object) -> Response:
    today = settings.today() if os.environ.get("FLIGHTTIME_TODAY") else None
    return Response(templates.get_template(template).render(simulated=today, **values), status, media_type="text/html")
