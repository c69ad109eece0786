"""What programs can ask, as a page: made from the API's own description, and readable without a network."""

import json
from collections.abc import Iterator

from fastapi import APIRouter
from fastapi import Request
from fastapi import Response

from flighttime.web import page
from flighttime.web import problems

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def docs(request: Request) -> Response:
    """The reference of the API."""
    described = request.app.openapi()
    address = str(request.base_url).rstrip("/")
    return page.render("reference.html", operations=list(operations(described, address)), problems=problems.TITLES)


def operations(described: dict, address: str) -> Iterator[dict]:
    """Each thing that can be asked, with an example that can be pasted into a terminal."""
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            kind, body = example_body(operation)
            yield {
                "path": path,
                "method": method.upper(),
                "about": operation.get("description") or operation["summary"],
                "kind": kind,
                "body": body,
                "command": command(method, address + path, kind, "security" in operation),
                "statuses": sorted(operation["responses"]),
            }


def example_body(operation: dict) -> tuple[str, str]:
    """The media type and the first example of what is to be sent; empty where nothing is."""
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        named = [one["value"] for one in content.get("examples", {}).values()]
        found = content.get("example") or (named[0] if named else None)
        if found is not None:
            return kind, found if isinstance(found, str) else json.dumps(found)
    return "", ""


def command(method: str, address: str, kind: str, secured: bool) -> str:
    parts = ["curl", f"-X {method.upper()}" if method != "get" and not kind else "", address]
    parts += ['-H "Authorization: Bearer TOKEN"'] if secured else []
    parts += [f'-H "Content-Type: {kind}" --data @flight.{kind.rpartition("/")[2]}'] if kind else []
    return " ".join(part for part in parts if part)
