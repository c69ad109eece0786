"""Score flights before they depart: a file of them, or a single one.

    python -m flighttime.score flights.parquet -o predictions.parquet
    python -m flighttime.score - -o - < flights.csv > predictions.csv
    python -m flighttime.score --day 2013-03-01 -o predictions.csv
    python -m flighttime.score --flight '{"carrier": "UA", "origin": "EWR", "dest": "IAH",
        "distance": 1400, "sched_dep_min": 317, "sched_block": 244, "seats": 149}'
"""

import argparse
import json
from datetime import date
from functools import partial
from pathlib import Path
from secrets import token_hex

import pandas as pd
from pandas.api.types import is_numeric_dtype

from flighttime import batch
from flighttime import ingest
from flighttime import observe
from flighttime import production
from flighttime import steps
from flighttime.features import CATEGORIES
from flighttime.features import FEATURES
from flighttime.features import NUMBERS
from flighttime.production import Production
from flighttime.errors import Refused


def answer(flights: pd.DataFrame, model: Production) -> pd.DataFrame:
    """The scored flights, as they are given to whoever asked: each answer has a name."""
    return score(flights, model).assign(prediction_id=prediction_ids(model.version, len(flights)))


def write_down(chunks: batch.Chunks, write: batch.Write, shadow: Production | None) -> None:
    """Let every chunk be written down before it is given."""

    def recorded() -> batch.Chunks:
        for chunk in chunks:
            record(chunk.to_pandas(), shadow)
            yield chunk

    write(recorded())


def record(answers: pd.DataFrame, shadow: Production | None = None) -> None:
    """Write down what is given and, with it, what a shadow says of the same flights."""
    noted = [answers.assign(role=observe.CHAMPION)]
    if shadow:
        noted.append(answer(answers, shadow).assign(role=observe.SHADOW))
    rows = pd.concat([said.reindex(columns=observe.NOTED) for said in noted])
    observe.record(zip(*(rows[name].tolist() for name in observe.NOTED), strict=True))


def shadow_of(model: Production) -> Production | None:
    """The other arm of a split, where its share is nothing: it scores every flight, and answers none."""
    return model.challenger if model.challenger and not model.share else None


def prediction_ids(version: str, number: int) -> list[str]:
    """A name for each of so many answers; it begins with the version that gave them."""
    # Drawn at once, which is faster than one by one.
    drawn = token_hex(16 * number)
    return [f"{version}-{drawn[place : place + 32]}" for place in range(0, len(drawn), 32)]


def score(flights: pd.DataFrame, model: Production) -> pd.DataFrame:
    """The flights with `minutes`, predicted, and `model`, the version that answered."""
    inputs = check(flights)
    return flights.assign(minutes=model.predict(inputs) if len(inputs) else [], model=model.version)


def check(flights: pd.DataFrame) -> pd.DataFrame:
    """The features, in order; raises Refused for a column that is missing, empty or of the wrong kind."""
    missing = [name for name in FEATURES if name not in flights]
    if missing:
        raise Refused(f"missing {', '.join(missing)}: every flight needs {', '.join(FEATURES)}")
    for name in NUMBERS:
        values = flights[name]
        if not is_numeric_dtype(values) and values.notna().any():
            raise Refused(f"{name} holds {values.dropna().iloc[0]!r}, not a number: give minutes, miles or seats")
    for name in CATEGORIES:
        # Each code is looked at once, however many flights have it.
        strange = [value for value in flights[name].unique() if not isinstance(value, str) or not value]
        if strange:
            raise Refused(f"{name} holds {strange[0]!r}, not a code: give one such as UA or JFK for every flight")
    return flights[FEATURES].astype(dict.fromkeys(NUMBERS, "float64"))


def one_flight(text: str) -> pd.DataFrame:
    try:
        flight = json.loads(text)
    except json.JSONDecodeError as problem:
        raise Refused(f"{text!r} is not JSON ({problem}): write one flight as {{\"carrier\": \"UA\", …}}") from None
    if not isinstance(flight, dict):
        raise Refused(f"{text!r} is not one flight: write it as {{\"carrier\": \"UA\", …}}")
    return pd.DataFrame([flight])


def main(arguments: argparse.Namespace) -> None:
    model = production.current()
    if arguments.flight:
        answered = answer(one_flight(arguments.flight), model)
        record(answered, shadow_of(model))
        steps.output("minutes", f"{answered['minutes'][0]:.1f}")
        return
    if arguments.out is None:
        raise Refused("no place for the predictions: add --out predictions.csv")
    # Made anywhere, and written down here.
    given = partial(answer, model=model)
    with batch.going_to(arguments.out) as out:
        write = partial(write_down, write=out, shadow=shadow_of(model))
        if arguments.day:
            flights = batch.answer_frame(ingest.timetable(arguments.day), write, given)
        else:
            flights = batch.answer_file(arguments.file, write, check, given)
        steps.output("flights_scored", flights)


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", type=Path, help="a .csv or .parquet file of flights; - is CSV from stdin")
    what.add_argument("--day", type=date.fromisoformat, help="the flights scheduled for this day")
    what.add_argument("--flight", help="one flight, as JSON")
    parser.add_argument("-o", "--out", type=Path, help="the .csv or .parquet file to write; - is CSV to stdout")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
