"""Who looks on beside the champion: the ledger names it, the registry follows, and the application has it soon after."""

import os
import time

import httpx

from flighttime import course
from flighttime import smoke
from flighttime import standing
from flighttime import steps
from flighttime import tracking
from flighttime.course import Course


def follow(here: Course) -> None:
    """Let the registry name the shadow that the ledger names, however whoever wrote that ended."""
    wanted = {course.TRIAL: here.version, course.PROBATION: here.beside}.get(here.step)
    there = standing.read()
    # Who answers a share of the flights is no shadow, and not ours to end.
    shadow = there.challenger if there and not there.share else None
    if wanted == shadow:
        return
    tracking.store().set_registered_model_tag(tracking.NAME, standing.SPLIT, f"{wanted}:0.0" if wanted else "")
    if wanted:
        wait_for(wanted)


def wait_for(shadow: str) -> None:
    """Wait until the application that FLIGHTTIME_APP names has it, so that no flight is missed."""
    address, deadline = os.environ.get("FLIGHTTIME_APP"), time.monotonic() + smoke.SECONDS_TO_FOLLOW
    while address and named(address) != shadow:
        if time.monotonic() > deadline:
            steps.warning(f"{address} does not say that version {shadow} looks on: see its log")
            return
        time.sleep(smoke.SECONDS_BETWEEN_LOOKS)


def named(address: str) -> str | None:
    """The version that the application says is beside the one that answers."""
    try:
        return httpx.get(f"{address}/version").json().get("challenger")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, AttributeError):
        return None
