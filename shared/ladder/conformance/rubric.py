"""An outside yardstick: the ML Test Score of each level, with the reason for each missing point."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ladder.conformance.model import LEVELS
from ladder.errors import LadderError
from ladder.places import LEVELS as FOLDERS
from ladder.publish import FOLDER

FILE = Path(__file__).with_name("rubric.toml")
PAGE = FOLDER / "ml-test-score.md"
SECTIONS = ("data", "model", "infrastructure", "monitoring")
A_SECTION = 7
KEYS = {"section", "says", "check", "automated", "by_hand", "file", "text", "because"}
# What the rubric's authors say of a score up to this number.
MEANS = {
    0.0: "more of a research project than a productionized system",
    1.0: "not totally untested, but likely with serious holes in reliability",
    2.0: "a first pass at basic productionization",
    3.0: "reasonably tested; more of it may be automated",
    5.0: "strong automated testing and monitoring",
    28.0: "exceptional automated testing and monitoring",
}


@dataclass(frozen=True)
class Test:
    """One of the 28 tests: what proves it, where people do it by hand, and why not everywhere."""

    section: str
    says: str
    because: str
    check: str = ""
    automated: tuple[int, ...] = ()
    by_hand: tuple[int, ...] = ()
    file: str = ""
    text: str = ""

    def points(self, level: int, holds: Mapping[str, list[int]]) -> float:
        """1, 0.5 or 0; `holds` are the levels at which each check was seen to hold."""
        automated = holds[self.check] if self.check else self.automated
        return 1.0 if level in automated else 0.5 if level in self.by_hand else 0.0


def read(file: Path = FILE) -> list[Test]:
    """The 28 tests; raises LadderError for a mistake, and for a text that no level has any more."""
    tests = []
    for table in tomllib.loads(file.read_text(encoding="utf-8"))["test"]:
        if unknown := sorted(table.keys() - KEYS):
            raise LadderError(f"{file.name}: there is no key {unknown[0]!r}")
        lists: dict = {name: tuple(table.get(name, ())) for name in ("automated", "by_hand")}
        tests.append(Test(**{**table, **lists}))
    for section in SECTIONS:
        found = sum(test.section == section for test in tests)
        if found != A_SECTION:
            raise LadderError(f"{file.name}: {section} has {found} tests, the rubric has 7")
    for test in tests:
        require_evidence(test)
    return tests


def require_evidence(test: Test) -> None:
    if test.automated and not test.text:
        raise LadderError(f"rubric.toml: {test.says} names no lines that show it")
    for level in (test.automated or test.by_hand) if test.text else ():
        file, where = FOLDERS[level] / test.file, f"{test.file} of Level {level}"
        if not file.is_file() or test.text not in file.read_text(encoding="utf-8"):
            raise LadderError(f"rubric.toml: {test.says} {where} has no such text")


def sums(tests: list[Test], level: int, holds: Mapping[str, list[int]]) -> dict[str, float]:
    """The points of each section."""
    return {
        section: sum(test.points(level, holds) for test in tests if test.section == section)
        for section in SECTIONS
    }


def meaning(score: float) -> str:
    return next(text for limit, text in MEANS.items() if score <= limit)


def markdown(holds: Mapping[str, list[int]]) -> str:
    """The scores and all reasons as a page."""
    tests = read()
    by_level = {level: sums(tests, level, holds) for level in LEVELS}
    lines = [
        "# The ML Test Score of each level",
        "",
        "Google's rubric has 28 tests in four sections. A test that is done by hand and written",
        "down gives half a point, an automated one a whole point; the score is the *least* sum of",
        "a section. It was not written for this repository. Where a check of",
        "[maturity.toml](../maturity.toml) shows a test, the point is what that check measured;",
        "other entries, and all reasons: [rubric.toml](../ladder/conformance/rubric.toml).",
        "",
        f"| | {' | '.join(SECTIONS)} | score | which its authors call |",
        f"|---|{'---|' * (len(SECTIONS) + 2)}",
    ]
    for level, found in by_level.items():
        score = min(found.values())
        cells = " | ".join(f"{points:g}" for points in found.values())
        lines.append(f"| Level {level} | {cells} | **{score:g}** | {meaning(score)} |")
    for section in SECTIONS:
        lines += ["", f"## {section.capitalize()}", ""]
        lines += [
            "| test | L0 | L1 | L2 | L3 | L4 | why not more |",
            "|---|---|---|---|---|---|---|",
        ]
        for test in tests:
            if test.section == section:
                points = " | ".join(f"{test.points(level, holds):g}" for level in LEVELS)
                lines.append(f"| {test.says} | {points} | {test.because} |")
    return "\n".join(lines) + "\n"
