"""HTML pages from templates, and the style sheets and scripts that they load."""

import hashlib
import os
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi import Request
from fastapi import Response
from jinja2 import Environment
from jinja2 import FileSystemLoader
from jinja2 import StrictUndefined

from groundcrew import settings
from groundcrew.web import formatting

FOLDER = Path(__file__).parent
# Set explicitly, because some machines register other types for these suffixes.
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript"}
NAVIGATION = [("/", "Ask"), ("/model", "The model"), ("/docs", "For programs")]

router = APIRouter(include_in_schema=False)
templates = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.filters.update(formatting.FILTERS)
# Keep the order of the destinations: those with the most flights come first.
templates.policies["json.dumps_kwargs"] = {"sort_keys": False}


def publish(file: Path) -> str:
    """Serve an asset under an address that changes with its content, so that browsers cache it."""
    content = file.read_bytes()
    path = f"/assets/{hashlib.sha256(content).hexdigest()[:12]}/{file.name}"
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}

    @router.get(path)
    def asset() -> Response:
        return Response(content, headers=headers, media_type=MEDIA_TYPES[file.suffix])

    return path


def render(request: Request, template: str, status: int = 200, **values: object) -> Response:
    """The page that a template makes of the values, within the navigation of this application."""
    text = templates.get_template(template).render(
        navigation=[*NAVIGATION, *request.app.state.navigation],
        path=request.url.path,
        accent=request.app.state.accent,
        project=settings.project_name(),
        simulated_day=settings.today() if os.environ.get("FLIGHTTIME_TODAY") else None,
        **values,
    )
    return Response(text, status, media_type="text/html")


asset_files = [file for file in (FOLDER / "assets").iterdir() if file.suffix in MEDIA_TYPES]
assets: Any = {file.name: publish(file) for file in asset_files}
templates.globals["assets"] = assets
