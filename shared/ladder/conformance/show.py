"""`ladder check --matrix`: measure every statement on every level, print it, and keep evidence."""

import json
import time
from dataclasses import asdict

from ladder import conformance
from ladder.conformance import matrix
from ladder.conformance import staircase
from ladder.conformance.matrix import Cell
from ladder.conformance.matrix import Matrix
from ladder.places import RUNS

EVIDENCE = RUNS / "maturity.json"
SAID = {True: "holds", False: "does not hold", None: "CHECK FAILED"}


def main(levels: list[int]) -> int:
    """Returns 1 if a cell is not as expected."""
    started = time.perf_counter()
    measured = matrix.measure(conformance.statements(), levels, tell)
    seconds = time.perf_counter() - started
    keep(measured, seconds)
    print(staircase.text(measured))
    print(f"measured in {seconds:.0f} s, {measured.cpu:.0f} s of processor time: {EVIDENCE}")
    return 1 if measured.surprises else 0


def tell(cell: Cell) -> None:
    odd = "  NOT AS EXPECTED" if cell.surprises else ""
    said = SAID[cell.result.passed]
    print(f"Level {cell.level}  {cell.statement.id:<22}{said:<14}{cell.result.seconds:5.1f} s{odd}")


def keep(measured: Matrix, seconds: float) -> None:
    """Write every cell with its evidence to the runs folder."""
    content = {
        "coverage": measured.coverage,
        "seconds": seconds,
        "cpu": measured.cpu,
        "statements": [vars(statement) for statement in measured.statements],
        "cells": [
            {"level": level, "id": name, "expected": cell.expected, **asdict(cell.result)}
            for (name, level), cell in measured.cells.items()
            if not cell.statement.same_as
        ],
    }
    EVIDENCE.parent.mkdir(parents=True, exist_ok=True)
    EVIDENCE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
