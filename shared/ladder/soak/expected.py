"""Flights with their expected answers, which the level's own code computes."""

import json
import random
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ladder.errors import LadderError
from ladder.soak import wire

PYTHON = sys.executable
ASK = """
import json
from flighttime import ingest, score, serving
from groundcrew import settings
model = serving.load().champion
flights = ingest.timetable(settings.today())
minutes = score.score(flights, model)["minutes"].tolist()
flights = json.loads(flights.to_json(orient="records"))
print(json.dumps({"model": model.version, "flights": flights, "minutes": minutes}))
"""


@dataclass(frozen=True)
class Expected:
    """The model's version, flights as requests have them, and the minutes of each."""

    model: str
    flights: list[dict]
    minutes: list[float]

    def some(self, number: int) -> list[int]:
        return random.choices(range(len(self.flights)), k=number)

    def body(self, chosen: list[int]) -> bytes:
        flights = [self.flights[index] for index in chosen]
        return json.dumps(flights if len(flights) > 1 else flights[0]).encode()

    def table(self, chosen: list[int]) -> bytes:
        """The flights in MLflow's format."""
        features = [name for name in self.flights[0] if name != "flight_id"]
        rows = [[self.flights[index][name] for name in features] for index in chosen]
        return json.dumps({"dataframe_split": {"columns": features, "data": rows}}).encode()

    def mistake(self, chosen: list[int], answer: wire.Answer) -> str:
        """What is wrong with the answer to these flights; empty if it is right."""
        if answer.status != 200:
            return f"a good request got {answer.status} {answer.detail}"
        content = answer.json()
        if "predictions" in content:
            right = content == {"predictions": [self.minutes[index] for index in chosen]}
        else:
            names = [(self.flights[index]["flight_id"], self.minutes[index]) for index in chosen]
            right = (
                content["model"] == self.model
                and [(one["flight_id"], one["minutes"]) for one in content["answers"]] == names
            )
        return "" if right else f"wrong numbers for {len(chosen):,} flights"


def ask(level: Path, environment: Mapping[str, str]) -> Expected:
    """Compute the answers; raises LadderError where the level has no model or no flights today."""
    asked = subprocess.run(
        [PYTHON, "-c", ASK],
        cwd=level,
        env=dict(environment),
        capture_output=True,
        encoding="utf-8",
    )
    if asked.returncode:
        raise LadderError(
            f"{level.name} cannot say what is right: {asked.stderr.strip().rpartition(chr(10))[2]}"
        )
    return Expected(**json.loads(asked.stdout.splitlines()[-1]))
