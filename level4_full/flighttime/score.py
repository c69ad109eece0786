"""Score flights before they depart: a file of them, a day's timetable, or a single flight.

python -m flighttime.score flights.parquet --out predictions.parquet
cat flights.csv | python -m flighttime.score - --out - > predictions.csv
python -m flighttime.score --day 2013-03-01 --out predictions.csv
python -m flighttime.score --flight '{"carrier": "UA", "origin": "EWR", "dest": "IAH",
    "distance": 1400, "sched_dep_min": 317, "sched_block": 244, "seats": 149}'
"""

from functools import partial
from pathlib import Path

import pandas as pd

from flighttime import ingest
from flighttime import serving
from flighttime.features import CATEGORIES
from flighttime.features import NUMBERS
from flighttime.predictions import STORE
from groundcrew import batch
from groundcrew import commands
from groundcrew.serving import Model
from groundcrew.serving import prediction_ids

INPUTS = batch.Inputs(CATEGORIES, NUMBERS)


def score(flights: pd.DataFrame, model: Model) -> pd.DataFrame:
    """The flights with `minutes`, predicted, and `model`, the version that answered."""
    inputs = INPUTS.check(flights)
    minutes = model.predict(inputs) if len(inputs) else []
    ids = prediction_ids(model, len(inputs))
    return flights.assign(minutes=minutes, model=model.version, prediction_id=ids)


def main(
    file: Path | None = None,
    *,
    day: commands.Day = None,
    flight: str | None = None,
    out: Path | None = None,
) -> None:
    commands.only_one(file=file, day=day, flight=flight)
    models = serving.load()
    model, answer = models.champion, partial(score, model=models.champion)
    record = partial(STORE.record, shadow=models.shadow)
    if flight:
        answers = answer(INPUTS.parse(flight, model.known))
        record(answers)
        minutes, name = f"{answers['minutes'][0]:.1f}", answers["prediction_id"][0]
        return commands.outputs({"minutes": minutes, "prediction_id": name})
    flights = ingest.timetable(day) if day else file
    commands.output("flights_scored", INPUTS.score(flights, out, answer, record, model.known))


if __name__ == "__main__":
    commands.run(main)
