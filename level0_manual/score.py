"""Predict air times with Jo's model.

    python score.py flights.csv predictions.csv [--model model.joblib]

flights.csv: timetable rows as the feed has them. Put together from Jo's notebook (explore.ipynb);
if the notebook changes, this has to change too.
"""

import argparse
import os
from pathlib import Path

import joblib
import pandas as pd

HERE = Path(__file__).resolve().parent

# Change this when Jo sends a new file.
RUNS = Path(os.environ.get("FLIGHTTIME_RUNS") or HERE.parent / "runs" / HERE.name).expanduser()
MODEL_FILE = RUNS / "handoff" / "model.joblib"
FEED = os.path.expanduser(os.environ.get("FLIGHTTIME_FEED") or HERE.parent / "shared" / "data")

# The order matters! It has to be the order that the model was trained with.
COLUMNS = ["carrier", "origin", "dest", "distance", "sched_dep_min", "sched_block", "seats"]

# Missing from airports.parquet, see Jo's letter.
PUERTO_RICO = ["SJU", "BQN", "PSE", "STT"]


def load_model(path=MODEL_FILE):
    return joblib.load(path)


def minutes(clock):
    # 1730 -> 1050
    hours = clock // 100
    return (hours * 60 + clock - hours * 100).astype(float)


def ahead_of_utc(time_hour, zones):
    # One zone at a time: converting row by row took seconds.
    result = pd.Series(float("nan"), index=time_hour.index)
    for zone, utc in time_hour.groupby(zones):
        local = utc.dt.tz_convert(zone)
        ahead = local.dt.tz_localize(None) - utc.dt.tz_localize(None)
        result[utc.index] = ahead.dt.total_seconds() / 60
    return result


def prepare(flights_raw, planes, airports):
    zone_of = dict(zip(airports["faa"], airports["tzone"], strict=True))
    for code in PUERTO_RICO:
        zone_of[code] = "America/Puerto_Rico"

    flights = flights_raw.reset_index(drop=True)
    # int16 in the feed, 2359 // 100 * 60 is fine but better safe than sorry
    dep = minutes(flights["sched_dep_time"].astype(int))
    arr = minutes(flights["sched_arr_time"].astype(int))
    dep_utc = dep - ahead_of_utc(flights["time_hour"], flights["origin"].map(zone_of))
    arr_utc = arr - ahead_of_utc(flights["time_hour"], flights["dest"].map(zone_of))

    prepared = flights[["carrier", "origin", "dest"]].copy()
    prepared["distance"] = flights["distance"].astype(float)
    prepared["sched_dep_min"] = dep
    prepared["sched_block"] = (arr_utc - dep_utc) % 1440  # flights that arrive after midnight
    prepared["seats"] = flights["tailnum"].map(planes.set_index("tailnum")["seats"]).astype(float)
    return prepared[COLUMNS]


def predict(model, flights_raw, planes, airports):
    return model.predict(prepare(flights_raw, planes, airports))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Predict air times with Jo's model.")
    parser.add_argument("flights")
    parser.add_argument("predictions")
    parser.add_argument("--model", default=MODEL_FILE)
    args = parser.parse_args()
    if "://" in str(FEED):  # pandas would wait for it without end
        parser.error("FLIGHTTIME_FEED is an address: download the tables, and name their folder")

    flights = pd.read_csv(args.flights, parse_dates=["time_hour"])
    planes = pd.read_parquet(f"{FEED}/planes.parquet")
    airports = pd.read_parquet(f"{FEED}/airports.parquet")
    flights["minutes"] = predict(load_model(args.model), flights, planes, airports)
    flights.to_csv(args.predictions, index=False)
    print(f"{len(flights)} flights -> {args.predictions}")
