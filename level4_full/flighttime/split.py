"""A/B: a certified challenger answers a share of the flights, each flight always the same arm, until it is ended.

    python -m flighttime.split --version 3 --share 0.2 --approved-by Kim
    python -m flighttime.split --share 0 --approved-by Kim
    python -m flighttime.split
"""

import argparse
import os
from collections.abc import Callable
from collections.abc import Sequence
from datetime import date
from hashlib import blake2b

from flighttime import environment
from flighttime import journal
from flighttime import ledger
from flighttime import package
from flighttime import production
from flighttime import standing
from flighttime import steps
from flighttime.errors import Refused
from flighttime.production import Production

LEAST, MOST = 0.01, 0.99
GOOD_ENOUGH = ["PROMOTE", "TIE"]
PARTS_OF_KEY = ["carrier", "origin", "dest", "sched_dep_min"]


def answered(flights: list[dict], champion: Production, given: Callable[[list[dict], Production], list]) -> list:
    """The answers in the order of the flights, each by its own arm; `given` is how a model's answers are given."""
    if champion.challenger is None:
        return given(flights, champion)
    keys = [key(flight.get("flight_id"), *map(flight.get, PARTS_OF_KEY)) for flight in flights]
    answers: dict[int, object] = {}
    for model, places in parts(champion, keys):
        answers |= zip(places, given([flights[place] for place in places], model), strict=True)
    return [answers[place] for place in range(len(flights))]


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
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big") / 2**64


def key(flight_id: str | None, carrier: str, origin: str, dest: str, sched_dep_min: float) -> str:
    """What a flight is known by: the caller's own name for it or, without one, its route, carrier and departure."""
    return flight_id or f"{origin}-{dest} {carrier} {float(sched_dep_min)}"


def begin(version: str, share: float, today: date, approved_by: str) -> None:
    """Let a version answer this share beside the champion; raises Refused if it may not."""
    # Imported where they are used: the application imports this module, and can do without these.
    from flighttime import certificates
    from flighttime import switchover

    if not LEAST <= share <= MOST:
        raise Refused(f"a share of {share} is no split: give one from {LEAST} to {MOST}, or 0 to end it")
    with journal.alone("release"):
        switchover.recover(today)
        champion, certificate = production.released(), certificates.read(version)
        if certificate.outcome not in GOOD_ENOUGH:
            raise Refused(f"version {version} was certified as {certificate.outcome} ({certificate.reason}): train another")
        if champion is None or version == champion:
            raise Refused(f"version {version} has no other to share with, the champion is {champion}: name another")
        if certificate.champion != champion:
            again = f"run python -m flighttime.certify --version {version}"
            raise Refused(f"version {version} was compared with {certificate.champion}, the champion is {champion}: {again}")
        package.promote(version, environment.PRODUCTION)
        package.load(version, environment.PRODUCTION)
        ledger.record(today, "split", version, by=approved_by, reason=f"{share:.0%} of the flights, beside {champion}")
        standing.split(version, share)


def end(today: date, approved_by: str) -> None:
    """Let the champion answer alone."""
    with journal.alone("release"):
        there = standing.read()
        version = (there and there.challenger) or announced()
        if version is None:
            raise Refused("no split is on, so there is none to end: begin one with --version and --share")
        standing.split(version, 0)
        ledger.record(today, "split ended", version, by=approved_by, reason=f"{production.released()} answers alone")


def announced() -> str | None:
    """The version of the split that the ledger has no end to: whoever began or ended it may have died before it was done."""
    told = [entry for entry in ledger.entries() if entry["decision"] in ("split", "split ended", *ledger.FACTS)]
    return told[-1]["version"] if told and told[-1]["decision"] == "split" else None


def told(there: standing.Standing | None) -> str:
    """The split that is on, in words."""
    if there is None or there.challenger is None:
        return "no split is on"
    return f"version {there.challenger} answers {there.share:.0%} of the flights, version {there.version} the others"


def compared(address: str, there: standing.Standing) -> list[str]:
    """What an application has answered since it started, arm by arm; raises Refused if it does not tell."""
    import httpx
    from prometheus_client.parser import text_string_to_metric_families

    try:
        families = text_string_to_metric_families(httpx.get(f"{address}/metrics").raise_for_status().text)
    except httpx.HTTPError as problem:
        raise Refused(f"{address} does not tell what it has answered ({problem}): look at its log") from None
    counts = {(one.name, one.labels.get("model")): one.value for family in families for one in family.samples}
    lines = []
    for version in (there.version, there.challenger):
        flights, minutes = (counts.get((f"flighttime_{what}_total", version), 0) for what in ("flights", "minutes"))
        lines.append(f"version {version}: {flights:,.0f} flights, {minutes / max(flights, 1):.1f} minutes on average")
    return lines


def main(arguments: argparse.Namespace) -> None:
    given = (arguments.version, arguments.share, arguments.approved_by)
    if arguments.share == 0 and arguments.approved_by is not None:
        end(arguments.today, arguments.approved_by)
    elif None not in given:
        begin(arguments.version, arguments.share, arguments.today, arguments.approved_by)
    elif any(one is not None for one in given):
        raise Refused("a split takes --version, --share and --approved-by; its end takes --share 0 and --approved-by")
    there = standing.read()
    steps.output("split", told(there))
    if there and there.challenger and (address := os.environ.get("FLIGHTTIME_APP")):
        steps.notice("\n".join(compared(address, there)))


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--version", help="the number of a certified version")
    parser.add_argument("--share", type=float, help="how many of the flights it answers, such as 0.2; 0 ends it")
    parser.add_argument("--approved-by", help="who approves")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
