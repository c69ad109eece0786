"""A flowchart's layout: where its nodes, and the points and heights of its arrows, are."""

from dataclasses import dataclass
from dataclasses import field

from ladder.look.flow.chart import Arrow

CHARACTER, PADDING, HEIGHT, GAP, APART, MARGIN = 7.4, 13, 42, 22, 34, 6
LINE = 15  # characters: a longer text has two lines
LANE = 12  # beside a column, for arrows that go around
BELOW = 26  # from one such arrow to the next, below all nodes
Point = tuple[float, float]


@dataclass
class Layout:
    """Positions of the middles of nodes and of the points of arrows, by name, in pixels."""

    at: dict[str, Point] = field(default_factory=dict)
    wide: dict[str, float] = field(default_factory=dict)
    sides: dict[str, tuple[float, float]] = field(default_factory=dict)  # of a node's column
    ways: dict[Arrow, list[str]] = field(default_factory=dict)  # node, points, node
    around: dict[Arrow, float] = field(default_factory=dict)  # below nodes, at this height
    width: float = 0.0
    height: float = 0.0


def lines(label: str) -> list[str]:
    """A text in one line, or in two of about the same length."""
    if len(label) <= LINE or " " not in label:
        return [label]
    breaks = [place for place, letter in enumerate(label) if letter == " "]
    at = min(breaks, key=lambda place: abs(place - len(label) / 2))
    return [label[:at], label[at + 1 :]]


def longest(label: str) -> int:
    return max(map(len, lines(label)))


def width(label: str) -> float:
    return CHARACTER * longest(label) + 2 * PADDING
