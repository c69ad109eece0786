"""A frame of the picture: retrainings to the right, on a logarithmic scale, and error upwards."""

from dataclasses import dataclass
from math import log1p

from ladder.policies.front import Point

# A rule with more error is drawn on the upper edge, with its number, or the others would overlap.
HIGHEST = 9.3  # minutes


@dataclass(frozen=True)
class Panel:
    """A frame in pixels; x is retrainings on a logarithmic scale, y is error."""

    title: str
    points: dict[str, Point]
    left: float
    right: float
    low: float
    most: float
    top: float = 150.0
    floor: float = 540.0

    def x(self, retrainings: float) -> float:
        return self.left + log1p(retrainings) / log1p(self.most) * (self.right - self.left)

    def y(self, error: float) -> float:
        return self.floor - (min(error, HIGHEST) - self.low) / (HIGHEST - self.low) * (
            self.floor - self.top
        )

    def at(self, name: str) -> Point:
        retrainings, error = self.points[name]
        return self.x(retrainings), self.y(error)
