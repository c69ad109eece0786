"""Before a restart the operator sends new requests elsewhere: it answers on, but says that it is not ready."""

import hmac
import os
from typing import Annotated

from fastapi import APIRouter
from fastapi import Depends
from fastapi import Request
from fastapi import Security
from fastapi.security import HTTPAuthorizationCredentials
from fastapi.security import HTTPBearer

from flighttime.web import declared
from flighttime.web.problems import Problem

router = APIRouter(tags=["operation"], responses=declared.problems(401, 403, 408, 413, 422, 503, 504))


def operator(given: Annotated[HTTPAuthorizationCredentials | None, Security(HTTPBearer(auto_error=False))]) -> None:
    """Raises Problem unless the request carries the operator's token, which is in FLIGHTTIME_TOKEN."""
    token = os.environ.get("FLIGHTTIME_TOKEN", "")
    if not token:
        raise Problem(403, "operating over HTTP is switched off: start the application with FLIGHTTIME_TOKEN set")
    if not given or not hmac.compare_digest(given.credentials.encode(), token.encode()):
        told = "the token is missing or wrong: send Authorization: Bearer TOKEN"
        raise Problem(401, told, {"WWW-Authenticate": "Bearer"})


@router.put("/admin/drain", dependencies=[Depends(operator)], responses=declared.example({"draining": True}))
def drain(request: Request, on: bool = True) -> dict[str, bool]:
    """Say not ready from now on (or ready again), so that a load balancer sends requests elsewhere."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        raise Problem(403, "several processes answer here, and one would hear of it: end them, they finish what they began")
    request.app.state.draining = on
    return {"draining": on}


def refuse(request: Request) -> None:
    """Raises Problem while new requests are to go elsewhere."""
    if getattr(request.app.state, "draining", False):
        raise Problem(503, "this instance is about to restart: ask another one, or undo the drain")
