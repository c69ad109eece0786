"""Level 0: a notebook, a letter, a file, and a script that a software engineer wrote."""

import importlib
import os
import shutil
import sys
from datetime import date

import pandas as pd

from ladder.places import FEED
from ladder.year import world
from ladder.year.team import Team


class Level0(Team):
    """A notebook, a letter, a file, and a script that a software engineer wrote."""

    def build(self, today: date) -> None:
        notebook = importlib.import_module("nbclient").NotebookClient(
            importlib.import_module("nbformat").read("explore.ipynb", as_version=4),
            resources={"metadata": {"path": os.getcwd()}},
        )
        notebook.execute()
        (self.runs / "production").mkdir(parents=True)
        shutil.copy(self.runs / "handoff" / "model.joblib", self.runs / "production")

    def open(self) -> None:
        sys.path.insert(0, os.getcwd())
        self.script = importlib.import_module("score")
        self.model = self.script.load_model(self.runs / "production" / "model.joblib")
        self.planes = pd.read_parquet(FEED / "planes.parquet")
        self.airports = pd.read_parquet(FEED / "airports.parquet")

    def predict(self, today: date) -> pd.DataFrame:
        flights = world.timetable(today)
        minutes = self.script.predict(self.model, flights, self.planes, self.airports)
        return pd.DataFrame({"flight_id": world.name(flights), "minutes": minutes})
