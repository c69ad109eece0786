"""What is wrong in the rows that a level learns from, compared with what really happened."""

from datetime import date

import pandas as pd

from ladder.incidents import world
from ladder.incidents.play import Play
from ladder.year import world as ground


def count(play: Play, first: date, last: date, kind: str) -> None:
    """Note how many rows of these days are wrong; `kind` is temp, missing or twice."""
    rows = play.team.learned()
    if rows is None:
        play.notes["records"] = 0
        return
    rows = rows[rows["date"].between(pd.Timestamp(first), pd.Timestamp(last))]
    play.notes["records"] = KINDS[kind](rows, play, first, last)


def _temp(rows: pd.DataFrame, play: Play, first: date, last: date) -> int:
    weather = world.original(f"weather/{first:%Y-%m}")[["origin", "time_hour", "temp"]]
    weather = weather.assign(time_hour=weather["time_hour"] + pd.Timedelta(hours=1))
    both = rows[["origin", "time_hour", "temp"]].merge(weather, on=["origin", "time_hour"])
    return int(((both["temp_x"] - both["temp_y"]).abs() > 0.5).sum())


def _missing(rows: pd.DataFrame, play: Play, first: date, last: date) -> int:
    flights = world.original(f"flights/{first:%Y-%m}")
    flights = flights[world.within(flights, first, last) & flights["air_time"].notna()]
    # Yesterday's latest flights are published a day later.
    wanted = ground.name(flights[ground.published(flights) <= pd.Timestamp(play.scenario.first)])
    have = rows.loc[rows["air_time"].notna(), "flight_id"]
    return int((~wanted.isin(have)).sum())


def _twice(rows: pd.DataFrame, play: Play, first: date, last: date) -> int:
    return int(rows.duplicated("flight_id").sum())


KINDS = {"temp": _temp, "missing": _missing, "twice": _twice}
