"""A/B: a certified challenger answers a share of the flights, each flight always the same arm, until it is ended.

    python -m flighttime.split --version 3 --share 0.2 --approved-by Kim
    python -m flighttime.split --share 0 --approved-by Kim
    python -m flighttime.split
"""

from collections.abc import Sequence
from hashlib import blake2b

from flighttime.production import Production


def parts(champion: Production, keys: Sequence[str]) -> list[tuple[Production, list[int]]]:
    """Who answers which of the flights, by their places: the same key always falls to the same arm."""
    if champion.challenger is None:
        return [(champion, list(range(len(keys))))]
    arms: dict[bool, list[int]] = {False: [], True: []}
    for place, key in enumerate(keys):
        arms[draw(f"{champion.challenger.version} {key}") < champion.share].append(place)
    return [(model, arms[tried]) for model, tried in ((champion, False), (champion.challenger, True)) if arms[tried]]


def draw(key: str) -> float:
    """A number from 0 to 1 that looks drawn at random, and is the same for the same key in every process."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest()) / 2**64


def key(flight_id: str | None, carrier: str, origin: str, dest: str, sched_dep_min: float) -> str:
    """What a flight is known by: the caller's own name for it or, without one, its route, carrier and departure."""
    return flight_id or f"{origin}-{dest} {carrier} {float(sched_dep_min)}"
