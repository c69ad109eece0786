"""What fresh features cost an application: state to look up, and time for each answer."""

import json
import time
from collections.abc import Callable
from collections.abc import Sequence
from datetime import date
from statistics import median

import pandas as pd

from flighttime import train
from flighttime.baseline import ROUTE
from flighttime.features import CATEGORIES
from flighttime.features import FEATURES
from flighttime.features import NUMBERS
from flighttime.features import TARGET
from groundcrew import settings
from groundcrew import trees
from ladder.study import mornings
from ladder.study.fresh_years import FreshYear
from ladder.study.mornings import FRESH
from ladder.study.mornings import USUAL
from ladder.study.mornings import YESTERDAY
from ladder.study.years import A_DAY
from ladder.study.years import Model

LANDING = ["date", "published", *ROUTE, "distance", TARGET]


def state(year: FreshYear) -> dict[str, dict[str, int]]:
    """Rows and bytes of what is looked up for an answer, and of the landings it is made from."""
    medians, ratios = lookups(year)
    landings = mornings.known_on(year, year.last)
    window = pd.Timestamp(year.last) - (settings.section("baseline")["window_days"] + 1) * A_DAY
    needed = landings.loc[landings["date"] >= window, LANDING]
    bands = sorted(set(ratios.values()))
    return {
        "medians": {"rows": len(medians), "bytes": len(json.dumps([*medians.items()]))},
        "ratios": {"rows": len(bands), "bytes": len(json.dumps(bands))},
        "landings": {"rows": len(needed), "bytes": len(needed.to_parquet(index=False) or b"")},
    }


def lookups(year: FreshYear) -> tuple[dict[tuple[str, str], float], dict[float, float]]:
    """The last day's medians by route and ratios by distance, as an application would hold them."""
    flights = year.flights.iloc[year.between(year.last, year.last + A_DAY)]
    medians = flights.groupby(ROUTE)[USUAL].first().to_dict()
    return medians, flights.groupby("distance")[YESTERDAY].first().to_dict()


def microseconds(year: FreshYear, trained: date) -> dict[str, float]:
    """The median time of one prediction without and with fresh features, and of a morning."""
    flights = year.flights.iloc[year.between(year.last, year.last + A_DAY)]
    landings = mornings.known_on(year, year.last)
    medians, ratios = lookups(year)
    fresh_model, rows = (
        year.trees_of(Model(trained)),
        flights[FEATURES].itertuples(index=False, name=None),
    )
    history = year.flights.iloc[year.between(train.first_day(trained), trained)]
    model = trees.compile(train.fit(history, trained).pipeline, CATEGORIES, NUMBERS)

    def answer(row: tuple) -> float:
        return model.predict_rows([row])[0]

    def fresh_answer(row: tuple) -> float:
        usual, ratio = medians[row[1:3]], ratios[row[len(CATEGORIES)]]
        return fresh_model.predict_rows([(*row, usual, ratio)])[0] * usual

    def morning(feature: mornings.Feature) -> None:
        mornings.one_morning(feature, landings, year.last, flights[FEATURES])

    asked = list(rows)
    return {
        "today's features": timed(answer, asked),
        "fresh features": timed(fresh_answer, asked),
        "a morning": sum(timed(morning, [year.features[name]] * 5) for name in FRESH),
    }


def timed(call: Callable, given: Sequence) -> float:
    """The median microseconds of a call."""
    taken = []
    for one in given:
        started = time.perf_counter_ns()
        call(one)
        taken.append((time.perf_counter_ns() - started) / 1000)
    return median(taken)
