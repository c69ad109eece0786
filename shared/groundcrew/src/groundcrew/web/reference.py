"""The API's own description as a page, readable without a network."""

import json
from collections.abc import Iterator

from fastapi import APIRouter
from fastapi import Request
from fastapi import Response

from groundcrew.web import problems
from groundcrew.web.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def docs(request: Request) -> Response:
    """The reference of the API."""
    address = str(request.base_url).rstrip("/")
    found = list(operations(request.app.openapi(), address))
    return render(request, "reference.html", operations=found, problems=problems.TITLES)


def operations(document: dict, address: str) -> Iterator[dict]:
    """Each operation of an OpenAPI document, with an example to paste into a terminal."""
    for path, methods in document["paths"].items():
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
    """The media type and the first example of the request's body; empty if it has none."""
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        examples = [example["value"] for example in content.get("examples", {}).values()]
        body = content.get("example") or (examples[0] if examples else None)
        if body is not None:
            return kind, body if isinstance(body, str) else json.dumps(body)
    return "", ""


def command(method: str, address: str, kind: str, secured: bool) -> str:
    parts = ["curl", f"-X {method.upper()}" if method != "get" and not kind else "", address]
    if secured:
        parts.append('-H "Authorization: Bearer TOKEN"')
    if kind:
        parts.append(f'-H "Content-Type: {kind}" --data @flight.{kind.rpartition("/")[2]}')
    return " ".join(part for part in parts if part)
