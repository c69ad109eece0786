"""Ask a running application whether it answers as a version's package promises: the tests of one model's release.

    python -m flighttime.smoke --address http://127.0.0.1:8000 [--version 7]
"""

import argparse
import json
import math
import time
from collections.abc import Iterator

import httpx

from flighttime import package
from flighttime import steps
from flighttime.errors import Refused
from flighttime.features import FEATURES

SECONDS_TO_FOLLOW = 10
SECONDS_BETWEEN_LOOKS = 0.05
SECONDS_TO_ANSWER = 30
AS_PROMISED = 1e-9  # minutes
MOST_MISTAKES = 5  # a model that is wrong is so for many a flight
UNKNOWN = dict(zip(FEATURES, ["??", "??", "??", 1000, 600, None, None], strict=True))
BROKEN = UNKNOWN | {"distance": -1}


def check(address: str, version: str) -> list[str]:
    """What is wrong with the application's answers, a sentence each; none where this version answers as it should."""
    promised = examples(version)
    try:
        with httpx.Client(base_url=address, timeout=SECONDS_TO_ANSWER) as http:
            heard = follow(http, version)
            if heard != version:
                return [f"{address} was to answer with version {version}, but: {heard}"]
            return [f"{address}: {mistake}" for mistake in mistakes(http, version, promised)][:MOST_MISTAKES]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as problem:
        return [f"{address} does not answer ({problem})"]


def examples(version: str) -> list[dict]:
    """A few flights with the `minutes` that the version's package promises for them."""
    folder = package.place(version)
    package.verify(folder, version)
    return json.loads((folder / "examples.json").read_text(encoding="utf-8"))


def follow(http: httpx.Client, version: str) -> str:
    """What the application says it answers with: the version, as soon as it does, or what it says when time is over."""
    deadline = time.monotonic() + SECONDS_TO_FOLLOW
    while (heard := named(http)) != version and time.monotonic() < deadline:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return heard


def named(http: httpx.Client) -> str:
    """The version that the application says it answers with, or what went wrong instead."""
    try:
        told = http.get("/version").json()
        return str(told.get("model") or told.get("detail"))
    except (httpx.NetworkError, httpx.TimeoutException, httpx.RemoteProtocolError) as problem:
        return f"it does not answer ({problem})"
    except (ValueError, AttributeError):
        return "what answers is not this application"


def mistakes(http: httpx.Client, version: str, examples: list[dict]) -> Iterator[str]:
    """Everything that is asked of a version that was just released, from one flight to the page."""
    flights = [{name: example[name] for name in FEATURES} for example in examples]
    minutes = [example["minutes"] for example in examples]
    # Where a split is on, the other arm answers some; what it promises stands elsewhere.
    arms = {version, http.get("/version").json().get("challenger", version)}
    ready = http.get("/health/ready")
    if ready.status_code != 200 or f'"{version}"' not in ready.text:
        yield f"/health/ready: {said(ready)}"
    for flight, expected in zip(flights, minutes, strict=True):
        yield from mistakes_of_answers(http.post("/predict", json=flight), version, arms, "one flight", [expected])
    yield from mistakes_of_answers(http.post("/predict", json=flights), version, arms, "many flights", minutes)
    yield from mistakes_of_answers(http.post("/predict", json=UNKNOWN), version, arms, "unknown codes", [None])
    refused = http.post("/predict", json=BROKEN)
    if refused.status_code != 422 or refused.headers.get("content-type") != "application/problem+json":
        yield f"a distance of -1 is not refused with a problem document: {said(refused)}"
    page = http.get("/")
    if page.status_code != 200 or "text/html" not in page.headers.get("content-type", ""):
        yield f"the page: {said(page)}"


def mistakes_of_answers(
    response: httpx.Response,
    version: str,
    arms: set[str],
    asked: str,
    minutes: list[float | None],
) -> Iterator[str]:
    """None stands for minutes that nobody promised, which are to be a number all the same."""
    try:
        told = response.json()
        given = [(str(answer["model"]), answer["prediction_id"], float(answer["minutes"])) for answer in told["answers"]]
        names = {str(told["model"]), *(name for name, _, _ in given)}
    except (ValueError, KeyError, TypeError):
        yield f"{asked}: {said(response)}"
        return
    if not names <= arms:
        yield f"{asked}: answered by version {', '.join(sorted(names))}, not by {version}"
    ids = [name for _, name, _ in given]
    if len(set(ids)) < len(ids) or any(not f"{name}".startswith(f"{by}-") for by, name, _ in given):
        yield f"{asked}: {', '.join(map(str, ids))[:80]} are not ids of its predictions"
    if len(given) != len(minutes):
        yield f"{asked}: {len(given)} answers to {len(minutes)} flights"
    for (by, _, answer), promised in zip(given, minutes, strict=False):
        known = promised is not None and by == version
        if not math.isfinite(answer) or known and abs(answer - promised) > AS_PROMISED:
            yield f"{asked}: {answer} minutes, and the package promises {promised if known else 'a number'}"
            break


def said(response: httpx.Response) -> str:
    return f"{response.status_code} {response.text[:200]}"


def main(arguments: argparse.Namespace) -> None:
    started = time.perf_counter()
    version = arguments.version or answering(arguments.address)
    if wrong := check(arguments.address, version):
        raise Refused(f"{'; '.join(wrong)}: look at its log, or take the release back with python -m flighttime.rollback")
    seconds = time.perf_counter() - started
    steps.notice(f"{arguments.address} answers with version {version} as its package promises ({seconds:.1f} s)")
    steps.output("smoke", "passed")


def answering(address: str) -> str:
    """The version that answers at the address; raises Refused where none does."""
    try:
        with httpx.Client(base_url=address, timeout=SECONDS_TO_ANSWER) as http:
            heard = named(http)
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        heard = str(problem)
    if not heard.isdigit():
        raise Refused(f"{address} names no version ({heard}): start it with python -m flighttime.app")
    return heard


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--address", required=True, help="where the application listens")
    parser.add_argument("--version", help="the version that is to answer (default: whichever does)")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
