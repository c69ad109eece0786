"""Read a flowchart's text: nodes by name, and arrows between them."""

import re
from dataclasses import dataclass
from dataclasses import field

from ladder.errors import LadderError

ARROW = re.compile(r'\s*(<?-->|<?-\.->)(?:\|"?(.*?)"?\|)?\s*')
NODE = re.compile(
    r'(?P<name>\w+)(?:(?P<open>\(\[|\[\(|\[/|\{|\[|\()"?(?P<label>.*?)"?'
    r"(?:\]\)|\)\]|/\]|\}|\]|\)))?(?P<new>:::\w+)?"
)
SHAPES = {"[(": "stored", "([": "person", "[/": "file", "{": "decision", "[": "program", "": ""}
LEFT_OUT = ("flowchart", "classDef", "%%")
APART = re.compile(r"\s+&\s+")


@dataclass
class Node:
    name: str
    label: str
    shape: str = "program"
    is_new: bool = False


@dataclass(frozen=True)
class Arrow:
    """From one node to another; `by_hand` is a dotted one, `both` one with two heads."""

    start: str
    end: str
    label: str
    by_hand: bool
    both: bool = False


@dataclass
class Chart:
    nodes: dict[str, Node] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)


def read(text: str) -> Chart:
    """Raises LadderError for a line that is no arrow and no node."""
    chart = Chart()
    for line in text.splitlines():
        if line.strip() and not line.strip().startswith(LEFT_OUT):
            read_line(chart, line.strip())
    return chart


def read_line(chart: Chart, line: str) -> None:
    """Such as `a --> b & c -->|label| d`."""
    parts = ARROW.split(line)
    groups = [[node(chart, word) for word in APART.split(part)] for part in parts[::3]]
    for place, (kind, label) in enumerate(zip(parts[1::3], parts[2::3], strict=True)):
        chart.arrows += [
            Arrow(start, end, label or "", "." in kind, kind.startswith("<"))
            for start in groups[place]
            for end in groups[place + 1]
        ]


def node(chart: Chart, word: str) -> str:
    """The name of the node, which is kept with what this word says about it."""
    found = NODE.fullmatch(word)
    if not found:
        raise LadderError(f"a flowchart has {word!r}: write a node such as name[its label]")
    name = found["name"]
    known = chart.nodes.setdefault(name, Node(name, name))
    if found["open"]:
        known.label, known.shape = found["label"], SHAPES.get(found["open"], "program")
    known.is_new = known.is_new or bool(found["new"])
    return name
