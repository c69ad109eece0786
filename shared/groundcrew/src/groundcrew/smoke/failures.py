"""The requests of a smoke test, from one flight to the page, and the failures they find."""

import math
from collections.abc import Iterator

import httpx

TOLERANCE = 1e-9  # minutes
UNKNOWN_CODE = "??"


def failures(
    http: httpx.Client,
    version: str,
    examples: list[dict],
    features: list[str],
) -> Iterator[str]:
    """Yield what is wrong with the answers of an application that serves `version`."""
    flights = [{name: example[name] for name in features} for example in examples]
    minutes = [example["minutes"] for example in examples]
    unknown = _unknown_flight(flights)
    # In an A/B test the challenger answers some flights, and its examples are not at hand.
    versions = {version, http.get("/version").json().get("challenger", version)}
    requests: list[tuple[str, dict | list, list]] = [
        *(("one flight", flights[i], [minutes[i]]) for i in range(len(flights))),
        ("many flights", flights, minutes),
        ("unknown codes", unknown, [None]),
    ]
    yield from _readiness_failures(http.get("/health/ready"), version)
    for name, body, expected in requests:
        response = http.post("/predict", json=body)
        for failure in _answer_failures(response, version, versions, expected):
            yield f"{name}: {failure}"
    yield from _validation_failures(http, unknown)
    yield from _page_failures(http.get("/"))


def _unknown_flight(flights: list[dict]) -> dict:
    """A flight with unknown codes; a number that is missing in any example is missing here too."""
    first = flights[0]
    optional = {name for flight in flights for name, value in flight.items() if value is None}
    codes = {name: UNKNOWN_CODE for name, value in first.items() if isinstance(value, str)}
    return first | dict.fromkeys(optional) | codes


def _readiness_failures(response: httpx.Response, version: str) -> Iterator[str]:
    if response.status_code != 200 or f'"{version}"' not in response.text:
        yield f"/health/ready: {_shown(response)}"


def _answer_failures(
    response: httpx.Response,
    version: str,
    versions: set[str],
    expected: list[float | None],
) -> Iterator[str]:
    """Compare answers with the expected minutes; None stands for any number."""
    try:
        body = response.json()
        answers = [
            (str(answer["model"]), str(answer["prediction_id"]), float(answer["minutes"]))
            for answer in body["answers"]
        ]
        models = {str(body["model"]), *(model for model, _, _ in answers)}
    except (ValueError, KeyError, TypeError):
        yield _shown(response)
        return
    if not models <= versions:
        yield f"answered by version {', '.join(sorted(models))}, not by {version}"
    ids = [prediction_id for _, prediction_id, _ in answers]
    own = all(prediction_id.startswith(f"{model}-") for model, prediction_id, _ in answers)
    if len(set(ids)) < len(ids) or not own:
        yield f"{', '.join(ids)[:80]} are not the ids of its predictions"
    if len(answers) != len(expected):
        yield f"{len(answers)} answers to {len(expected)} flights"
    yield from _wrong_minutes(answers, version, expected)


def _wrong_minutes(
    answers: list[tuple[str, str, float]],
    version: str,
    expected: list[float | None],
) -> Iterator[str]:
    for (model, _, minutes), promised in zip(answers, expected, strict=False):
        # A challenger's predictions are not promised by these examples.
        wanted = promised if model == version else None
        wrong = wanted is not None and abs(minutes - wanted) > TOLERANCE
        if not math.isfinite(minutes) or wrong:
            promise = "a number" if wanted is None else wanted
            yield f"{minutes} minutes, and the package promises {promise}"
            return


def _validation_failures(http: httpx.Client, flight: dict) -> Iterator[str]:
    """A negative value of the first number must be refused with a problem document (RFC 9457)."""
    name = next(name for name, value in flight.items() if isinstance(value, int | float))
    response = http.post("/predict", json=flight | {name: -1})
    document = response.headers.get("content-type") == "application/problem+json"
    if response.status_code != 422 or not document:
        yield f"a {name} of -1 is not refused with a problem document: {_shown(response)}"


def _page_failures(response: httpx.Response) -> Iterator[str]:
    html = "text/html" in response.headers.get("content-type", "")
    if response.status_code != 200 or not html:
        yield f"the page: {_shown(response)}"


def _shown(response: httpx.Response) -> str:
    return f"{response.status_code} {response.text[:200]}"
