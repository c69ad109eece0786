"""Smoke tests: whether a running application answers as a version's examples promise."""

import os
import time

import httpx

from groundcrew import addresses
from groundcrew import commands
from groundcrew import registry
from groundcrew.smoke.failures import failures

SECONDS_TO_FOLLOW = 10
SECONDS_BETWEEN_CHECKS = 0.05
SECONDS_TO_ANSWER = 30
# What reading an answer raises that is JSON, but not our application's.
NOT_OURS = (ValueError, AttributeError, TypeError, RecursionError)
MAX_FAILURES = 5  # a wrong model is wrong for many flights


def check(address: str, version: str, examples: list[dict], features: list[str]) -> list[str]:
    """Return what is wrong with the answers of an application, one sentence each; [] if nothing.

    Each example holds the features of a flight, and the `minutes` that `version` predicts for it.
    The application gets SECONDS_TO_FOLLOW to switch to the version.
    """
    if not examples:
        return [f"version {version} has no examples to test with: package it again"]
    shown = addresses.shown(address)
    if "://" not in address:
        example = "set FLIGHTTIME_APP to an address like http://127.0.0.1:8000"
        return [f"{shown} does not answer, since it begins with no http://: {example}"]
    try:
        with _client(address) as http:
            served = _wait_until_served(http, version)
            if served != version:
                return [f"{shown} should answer with version {version}, but: {served}"]
            found = failures(http, version, examples, features)
            return [f"{shown}: {failure}" for failure in found][:MAX_FAILURES]
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        return [f"{shown} does not answer ({addresses.shown_in(problem)})"]
    except NOT_OURS as problem:
        return [f"{shown} does not answer as the application does ({problem})"]


def show_shadow(version: str) -> None:
    """Make a version the shadow in the registry ("" for none), if it is not already.

    Then wait until the application that FLIGHTTIME_APP names uses it.
    """
    if registry.shadow() == version:
        return
    registry.set_shadow(version)
    address = os.environ.get("FLIGHTTIME_APP")
    if address and version:
        wait_for_shadow(address, version)


def wait_for_shadow(address: str, version: str) -> None:
    """Wait until an application predicts with a shadow too, so that no flight is missed.

    After SECONDS_TO_FOLLOW, print a warning instead.
    """
    deadline = time.monotonic() + SECONDS_TO_FOLLOW
    while _shadow(address) != version:
        if time.monotonic() > deadline:
            commands.warning(
                f"{addresses.shown(address)} does not use version {version} as its shadow: "
                "look at its log",
            )
            return
        time.sleep(SECONDS_BETWEEN_CHECKS)


def _client(address: str) -> httpx.Client:
    key = os.environ.get("FLIGHTTIME_KEY")
    # A proxy in the environment is not for requests to our own application.
    return httpx.Client(
        base_url=address,
        timeout=SECONDS_TO_ANSWER,
        trust_env=False,
        verify=addresses.needs_certificates(address),
        headers={"Authorization": f"Bearer {key}"} if key else None,
    )


def _wait_until_served(http: httpx.Client, version: str) -> str:
    """Return the version once it is served, or what the application said last."""
    deadline = time.monotonic() + SECONDS_TO_FOLLOW
    while (answer := _served_version(http)) != version and time.monotonic() < deadline:
        time.sleep(SECONDS_BETWEEN_CHECKS)
    return answer


def _served_version(http: httpx.Client) -> str:
    """Return the version that the application names, or what went wrong."""
    try:
        answer = http.get("/version").json()
        return str(answer.get("model") or answer.get("detail"))
    except (httpx.NetworkError, httpx.TimeoutException, httpx.RemoteProtocolError) as problem:
        return f"it does not answer ({addresses.shown_in(problem)})"
    except NOT_OURS:
        return "this is not the application"


def _shadow(address: str) -> str | None:
    try:
        with _client(address) as http:
            return http.get("/version").json().get("shadow")
    except (httpx.HTTPError, httpx.InvalidURL, *NOT_OURS):
        return None
