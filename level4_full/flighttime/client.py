"""Ask a running application from Python: copy this, or import it.

    python -m flighttime.client '{"carrier": "UA", "origin": "EWR", "dest": "IAH",
        "distance": 1400, "sched_dep_min": 317, "sched_block": 244, "seats": 149}'
"""

import argparse
import json
from typing import NotRequired
from typing import TypedDict

import httpx

from flighttime import steps
from flighttime.errors import Refused


class Flight(TypedDict):
    flight_id: NotRequired[str | None]
    carrier: str
    origin: str
    dest: str
    distance: float
    sched_dep_min: float
    sched_block: NotRequired[float | None]
    seats: NotRequired[float | None]


def minutes(flights: list[Flight], address: str = "http://127.0.0.1:8000") -> list[float]:
    """Minutes in the air, in the order of the flights; raises Refused with the application's own words."""
    # While an application restarts it does not listen: that is worth a few more tries.
    with httpx.Client(base_url=address, transport=httpx.HTTPTransport(retries=3), timeout=60) as http:
        try:
            response = http.post("/predict", json=flights)
            answered = response.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as problem:
            raise Refused(f"{address} does not answer ({problem}): start it with python -m flighttime.app") from None
    if response.is_error:
        raise Refused(f"{address} refuses: {answered['detail']}")
    return [answer["minutes"] for answer in answered["answers"]]


def main(arguments: argparse.Namespace) -> None:
    try:
        flight = json.loads(arguments.flight)
    except ValueError as problem:
        raise Refused(f"{arguments.flight!r} is not JSON ({problem}): write one flight as {{\"carrier\": \"UA\", …}}") from None
    steps.output("minutes", f"{minutes([flight], arguments.address)[0]:.1f}")


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("flight", help="one flight, as JSON")
    parser.add_argument("--address", default="http://127.0.0.1:8000", help="where the application listens")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
