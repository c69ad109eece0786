"""The Pareto front of the rules: no other rule has less error with as few retrainings."""

A_TIE = 0.005  # minutes: less is rounded away in the table

Point = tuple[float, float]


def of(points: dict[str, Point]) -> list[str]:
    """The names on the front, by retrainings and error, the fewest retrainings first."""
    kept = [
        name
        for name, point in points.items()
        if not any(beats(other, point) for other in points.values())
    ]
    return sorted(kept, key=points.__getitem__)


def beats(one: Point, other: Point) -> bool:
    """Whether one errs less than the other without more retrainings, or as little with fewer."""
    fewer, better = other[0] - one[0], other[1] - one[1]
    return (fewer >= 0 and better > A_TIE) or (
        fewer > 0 and better >= -A_TIE and better + A_TIE > 0
    )
