"""Read one header of a request, without the cost of parsing all of them."""

from starlette.types import Scope


def header(scope: Scope, name: bytes) -> str:
    """The value of the header with this name (in lower case); empty if there is none."""
    for given, value in scope["headers"]:
        if given == name:
            return value.decode("latin-1")
    return ""


def media_type(scope: Scope) -> str:
    """The type of the request's body, such as application/json, without its parameters."""
    return header(scope, b"content-type").partition(";")[0].strip().lower()
