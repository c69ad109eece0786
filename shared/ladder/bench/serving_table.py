"""What was measured of the servers, and its table."""

import statistics
from dataclasses import dataclass

from ladder.bench.servers import MLFLOW


@dataclass(frozen=True)
class Measured:
    """One server under one load: requests a second, and milliseconds a request.

    `median` and `slow` (the 99th percentile) are waiting time, `processor` is processor time.
    """

    rate: float
    median: float
    slow: float
    processor: float


@dataclass(frozen=True)
class Round:
    """One run of a server: seconds to its first answer, megabytes at the end, and the loads."""

    start: float
    megabytes: float
    loads: dict[tuple[int, int], Measured]
    minutes: list[float]


def show(rounds: dict[str, list[Round]]) -> None:
    number = len(next(iter(rounds.values())))
    print(
        f"Medians of {number} rounds, in brackets the lowest and the highest; "
        f"the ratio is to {MLFLOW}'s rate."
    )
    for flights, connections in next(iter(rounds.values()))[0].loads:
        print(f"\nflights a request: {flights:,}; connections: {connections}")
        print(f"{'':<22}{'requests/s':>24}{'ratio':>8}{'p50':>11}{'p99':>11}{'processor':>13}")
        base = rate(rounds[MLFLOW], flights, connections) if MLFLOW in rounds else None
        for name, lives in rounds.items():
            rates = sorted(life.loads[flights, connections].rate for life in lives)
            median, slow, processor = (
                statistics.median(getattr(life.loads[flights, connections], part) for life in lives)
                for part in ("median", "slow", "processor")
            )
            spread = f"{statistics.median(rates):,.0f} ({rates[0]:,.0f} to {rates[-1]:,.0f})"
            ratio = f"{statistics.median(rates) / base:,.1f}" if base else ""
            print(
                f"{name:<22}{spread:>24}{ratio:>8}{median:>8.2f} ms{slow:>8.2f} ms"
                f"{processor:>10.3f} ms"
            )
    print(f"\n{'':<22}{'start-up':>12}{'memory':>12}")
    for name, lives in rounds.items():
        start, megabytes = (
            statistics.median(getattr(life, part) for life in lives)
            for part in ("start", "megabytes")
        )
        print(f"{name:<22}{start:>10.1f} s{megabytes:>9,.0f} MB")


def rate(lives: list[Round], flights: int, connections: int) -> float:
    return statistics.median(life.loads[flights, connections].rate for life in lives)
