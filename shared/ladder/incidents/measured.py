"""The whole matrix: read the records of all cells, judge each, and compare with what was declared."""

import json
from collections import Counter

import pandas as pd

from ladder.incidents import cells
from ladder.incidents import judge
from ladder.incidents import world
from ladder.incidents.catalogue import CATALOGUE
from ladder.incidents.incident import Incident
from ladder.incidents.scenarios import SCENARIOS


def cell(incident: Incident, level: int, seed: int) -> dict:
    """Judge one cell from its record."""
    path = cells.record_of(incident.name, level, seed)
    without = cells.record_of(f"without-{incident.scenario}", level)
    record = json.loads(path.read_text(encoding="utf-8"))
    truth = world.truth(SCENARIOS[incident.scenario].months)
    own = pd.read_parquet(path.with_suffix(".parquet"))
    usual = pd.read_parquet(without.with_suffix(".parquet"))
    usual = usual[usual["day"] <= record["last"]]
    return judge.cell(incident, record, judge.harm(own, usual, truth))


def row(incident: Incident, levels: list[int]) -> dict:
    """An incident's row: one cell a level; where chance has a part, the seeds and their spread."""
    found = {}
    for level in levels:
        tries = [cell(incident, level, seed) for seed in incident.seeds]
        outcomes = Counter(one["outcome"] for one in tries)
        worst = max(tries, key=lambda one: severity(one["outcome"]))
        declared, why = incident.expected[level]
        found[f"{level}"] = {
            **worst,
            "outcomes": dict(outcomes),
            "expected": declared,
            "why": why,
            "surprise": worst["outcome"] != declared,
        }
    return {"name": incident.name, "title": incident.title, "levels": found}


def severity(outcome: str) -> int:
    order = ("quiet", "prevented", "healed", "person", "silent", "false alarm")
    return order.index(outcome)


def matrix(names: list[str], levels: list[int]) -> list[dict]:
    return [row(CATALOGUE[name], levels) for name in names]


def surprises(rows: list[dict]) -> list[str]:
    """One line for each cell whose outcome is not the declared one."""
    return [
        f"{one['name']}, Level {level}: {cell['outcome']}, declared {cell['expected']}"
        for one in rows
        for level, cell in one["levels"].items()
        if cell["surprise"]
    ]
