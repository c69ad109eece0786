"""Flights and their right answers, told by the level's own code beside the application."""

import json
import random
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ladder.errors import LadderError
from ladder.soak import wire

ASK = """
import json
from flighttime import ingest, production, score, settings
model = production.current()
flights = ingest.timetable(settings.today())
minutes = score.score(flights, model)["minutes"].tolist()
print(json.dumps({"model": model.version, "flights": json.loads(flights.to_json(orient="records")), "minutes": minutes}))
"""


@dataclass(frozen=True)
class Known:
    model: str
    flights: list[dict]
    minutes: list[float]

    def some(self, number: int) -> list[int]:
        return random.choices(range(len(self.flights)), k=number)

    def body(self, chosen: list[int]) -> bytes:
        flights = [self.flights[index] for index in chosen]
        return json.dumps(flights if len(flights) > 1 else flights[0]).encode()

    def table(self, chosen: list[int]) -> bytes:
        """The flights as clients of MLflow send them."""
        features = [name for name in self.flights[0] if name != "flight_id"]
        rows = [[self.flights[index][name] for name in features] for index in chosen]
        return json.dumps({"dataframe_split": {"columns": features, "data": rows}}).encode()

    def mistake(self, chosen: list[int], answer: wire.Answer) -> str:
        """What is wrong with the answer to these flights; nothing if it is right."""
        if answer.status != 200:
            return f"a good request got {answer.status} {answer.detail}"
        told = answer.json()
        if "predictions" in told:
            right = told == {"predictions": [self.minutes[index] for index in chosen]}
        else:
            names = [(self.flights[index]["flight_id"], self.minutes[index]) for index in chosen]
            right = told["model"] == self.model and [(one["flight_id"], one["minutes"]) for one in told["answers"]] == names
        return "" if right else f"wrong numbers for {len(chosen):,} flights"


def ask(level: Path, environment: Mapping[str, str]) -> Known:
    """Raises LadderError where the level has no model, or no flights today."""
    asked = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=level,
        env=dict(environment),
        capture_output=True,
        encoding="utf-8",
    )
    if asked.returncode:
        raise LadderError(f"{level.name} cannot say what is right: {asked.stderr.strip().rpartition(chr(10))[2]}")
    return Known(**json.loads(asked.stdout.splitlines()[-1]))
