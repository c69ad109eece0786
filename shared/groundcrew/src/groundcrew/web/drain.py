"""Before a restart, the operator drains an instance: it still answers, but reports not ready."""

import hmac
import os
from typing import Annotated

from fastapi import APIRouter
from fastapi import Depends
from fastapi import Request
from fastapi import Security
from fastapi.security import HTTPAuthorizationCredentials
from fastapi.security import HTTPBearer

from groundcrew.web import openapi
from groundcrew.web.problems import Problem

Token = Annotated[HTTPAuthorizationCredentials | None, Security(HTTPBearer(auto_error=False))]

WRONG_TOKEN = "the token is missing or wrong: send Authorization: Bearer TOKEN"

router = APIRouter(
    tags=["operation"], responses=openapi.problem_responses(401, 403, 408, 413, 422, 503, 504)
)


def require_operator(given: Token) -> None:
    """Raises Problem unless the request carries the token in FLIGHTTIME_TOKEN."""
    token = os.environ.get("FLIGHTTIME_TOKEN", "")
    if not token:
        raise Problem(403, openapi.DETAILS[403])
    if not given or not hmac.compare_digest(given.credentials.encode(), token.encode()):
        raise Problem(401, WRONG_TOKEN, {"WWW-Authenticate": "Bearer"})


@router.put(
    "/admin/drain",
    dependencies=[Depends(require_operator)],
    responses=openapi.example({"draining": True}),
)
def drain(request: Request, on: bool = True) -> dict[str, bool]:
    """Report not ready (or ready again), so that a load balancer sends requests elsewhere."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        detail = "several processes answer here, and only one gets this request: stop them all"
        raise Problem(403, f"{detail} with SIGTERM, they finish the requests that they accepted")
    request.app.state.draining = on
    return {"draining": on}


def require_not_draining(request: Request) -> None:
    """Raises Problem while new requests should go elsewhere."""
    if request.app.state.draining:
        raise Problem(503, "this instance is draining: ask another one, or undo the drain")
