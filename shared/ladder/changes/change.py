"""A file that differs between two levels, and what of it is worth reading."""

import re
from dataclasses import dataclass
from dataclasses import field

from ladder.changes import hunks
from ladder.changes.became import Pair
from ladder.lock import LOCK
from ladder.reasons import Reason

PUNCTUATION = re.compile(r"[^\w\- ]")
# What is read as a whole, or made by a command: its differences tell a reader nothing.
DOCUMENT, NOTEBOOK, PICTURE = "README.md", ".ipynb", ".svg"


@dataclass(frozen=True)
class Change:
    """A file that differs: its two versions, its hunks, and the reasons that are declared.

    `pairs` say what its functions were made from, and `beside` are those that are new.
    """

    path: str
    before: bytes | None
    after: bytes | None
    lines: list[str]
    reasons: list[Reason]
    pairs: list[Pair] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)

    @property
    def inserted(self) -> int:
        return sum(line.startswith("+") for line in self.lines)

    @property
    def deleted(self) -> int:
        return sum(line.startswith("-") for line in self.lines)

    @property
    def size(self) -> str:
        """Such as +26 -9; what a command has made needs no reading time, however long it is."""
        if self.path == LOCK:
            return "generated"
        counts = {"+": self.inserted, "-": self.deleted}
        return " ".join(f"{sign}{count}" for sign, count in counts.items() if count)

    @property
    def why(self) -> str:
        return "; ".join(one.why for one in self.reasons)

    @property
    def anchor(self) -> str:
        """The name that GitHub gives to a heading with this path."""
        return PUNCTUATION.sub("", self.path.lower()).replace(" ", "-")

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def is_gone(self) -> bool:
        return self.after is None

    @property
    def is_test(self) -> bool:
        return self.path.startswith("tests/")

    @property
    def instead(self) -> str:
        """What to say in place of the differences; empty where they are worth reading."""
        if self.path == LOCK:
            return "not shown"
        if self.path == DOCUMENT or self.is_new and self.path.endswith(NOTEBOOK):
            return "a document of its own at each level, to be read as a whole"
        return "a picture" if self.path.endswith(PICTURE) else ""

    @property
    def folded(self) -> str:
        """What a person opens to see it, if it is long and others explain it; else empty."""
        if self.is_test:
            return "Show the test"
        return "Show it" if self.is_gone or self.path.endswith(NOTEBOOK) else ""

    @property
    def text(self) -> str:
        """The newer version for reading, or the older where there is none."""
        content = self.before if self.after is None else self.after
        return hunks.readable(self.path, content or b"").decode(errors="replace")
