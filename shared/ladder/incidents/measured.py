"""The whole matrix: judge the record of each cell, and compare with what was declared."""

import json
from collections import Counter
from datetime import date
from functools import cache

import pandas as pd

from ladder.incidents import judge
from ladder.incidents import runner
from ladder.incidents import stored
from ladder.incidents import world
from ladder.incidents.catalogue import CATALOGUE
from ladder.incidents.incident import Incident
from ladder.incidents.scenarios import SAME_AS
from ladder.incidents.scenarios import SCENARIOS
from ladder.year import world as ground


def cell(incident: Incident, level: int, seed: int) -> dict:
    """Judge one cell from its record."""
    path = stored.record_of(incident.name, level, seed)
    record = json.loads(path.read_text(encoding="utf-8"))
    own = pd.read_parquet(path.with_suffix(".parquet"))
    usual = compared_with(incident, level, own)
    usual = usual[usual["day"] <= record["last"]]
    of_interest = usual["flight_id"].str.contains(incident.flights, regex=False)
    truth = world.truth(SCENARIOS[incident.scenario].months)
    return judge.cell(incident, record, judge.harm(own, usual[of_interest], truth, incident))


def compared_with(incident: Incident, level: int, own: pd.DataFrame) -> pd.DataFrame:
    """The answers without the incident; for drift, a forecast that is made again each morning."""
    if incident.is_compared:
        scenario = SAME_AS.get(incident.scenario, incident.scenario)
        path = stored.record_of(f"without-{scenario}", level)
        return pd.read_parquet(path.with_suffix(".parquet"))
    return own if incident.control else fresh_forecast(tuple(sorted(set(own["day"]))))


@cache
def fresh_forecast(days: tuple[str, ...]) -> pd.DataFrame:
    landed = ground.landed()
    minutes = ground.route_medians(landed, [date.fromisoformat(day) for day in days])
    flights = landed.loc[minutes.index]
    return pd.DataFrame(
        {
            "flight_id": flights["flight_id"],
            "minutes": minutes,
            "day": flights["date"].dt.strftime("%Y-%m-%d"),
        }
    )


def row(incident: Incident, levels: list[int]) -> dict:
    """An incident's row: one cell a level; where chance has a part, the seeds and their spread."""
    found = {}
    for level in levels:
        tries = [cell(incident, level, seed) for seed in runner.seeds(incident.name, level)]
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
