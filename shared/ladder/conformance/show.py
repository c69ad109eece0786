"""`ladder check --matrix`: measure every statement on every level, print it, and keep evidence."""

import json
import time
from dataclasses import asdict

import psutil

from ladder import conformance
from ladder.conformance import matrix
from ladder.conformance import page
from ladder.conformance import staircase
from ladder.conformance import summary
from ladder.conformance.matrix import Cell
from ladder.conformance.matrix import Matrix
from ladder.look import terminal as look
from ladder.places import RUNS

EVIDENCE, PAGE = RUNS / "maturity.json", RUNS / "maturity.html"
SAID = {True: "holds", False: "does not hold", None: "CHECK FAILED"}


def main(levels: list[int], publish: bool = False) -> int:
    """Returns 1 if a cell is not as expected."""
    started, used = time.perf_counter(), processor_seconds()
    measured = matrix.measure(conformance.statements(), levels, tell)
    seconds, cpu = time.perf_counter() - started, processor_seconds() - used
    keep(measured, seconds, cpu)
    PAGE.write_text(page.page(measured), encoding="utf-8")
    print(staircase.text(measured))
    print(f"measured in {seconds:.0f} s, {cpu:.0f} s of processor time; the evidence: {PAGE}")
    if publish:
        summary.publish(measured)
    return 1 if measured.surprises else 0


def tell(cell: Cell) -> None:
    odd = "  NOT AS EXPECTED" if cell.surprises else ""
    said = SAID[cell.result.passed]
    name = look.of_level(cell.level, f"Level {cell.level}")
    print(
        f"{name}  {cell.statement.id:<22}{said:<14}{cell.result.seconds:5.1f} s{odd}",
        flush=True,
    )


def processor_seconds() -> float:
    """Of this process and of all commands that have ended."""
    used = psutil.Process().cpu_times()
    return used.user + used.system + used.children_user + used.children_system


def keep(measured: Matrix, seconds: float, cpu: float) -> None:
    """Write every cell with its evidence to the runs folder."""
    content = {
        "coverage": measured.coverage,
        "seconds": seconds,
        "processor_seconds": cpu,
        "statements": [vars(statement) for statement in measured.statements],
        "cells": [
            {"level": level, "id": name, "expected": cell.expected, **asdict(cell.result)}
            for (name, level), cell in measured.cells.items()
            if not cell.statement.same_as
        ],
    }
    EVIDENCE.parent.mkdir(parents=True, exist_ok=True)
    EVIDENCE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
