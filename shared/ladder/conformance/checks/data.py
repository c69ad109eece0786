"""Data: what has been published is gathered once, and a broken delivery is refused."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from ladder.conformance.findings import NotMet
from ladder.conformance.findings import check
from ladder.conformance.findings import require
from ladder.conformance.project import DAY
from ladder.conformance.project import Project
from ladder.conformance.sandbox import Sandbox
from ladder.conformance.sandbox import value

NEXT = "2013-02-02"


@check
def gathers_what_was_published(project: Project) -> str:
    """The number of flights is that of an independent count, without one of the future."""
    sandbox = project.empty()
    if sandbox.has("flighttime.ingest"):
        added = int(value(sandbox.run("flighttime.ingest"), "flights_added"))
        expected = count_published(sandbox, DAY)
    else:
        sandbox = project.at("trained")
        added, expected = of_the_notebook(sandbox), count_published(sandbox, "2013-03-01")
    require(added == expected, f"{added:,} flights gathered, {expected:,} were published")
    return f"{added:,} flights gathered, as many as had been published"


@check
def gathers_by_itself(project: Project) -> str:
    """One command adds what is new, adds nothing twice, and takes corrections."""
    sandbox = project.at("ingested")
    again = value(sandbox.run("flighttime.ingest"), "flights_added")
    require(again == "0", f"a second run added {again} flights again")
    next_day = sandbox.on(NEXT)
    added = int(value(next_day.run("flighttime.ingest"), "flights_added"))
    new = count_published(sandbox, NEXT) - count_published(sandbox, DAY)
    require(added == new, f"the next day added {added} flights, {new} were published")
    corrected = value(corrected_feed(next_day).run("flighttime.ingest"), "flights_corrected")
    require(corrected == "1", f"a corrected flight in the feed gave {corrected} corrections")
    return f"nothing added twice, {added} flights the next day, and one correction taken"


@check
def refuses_a_broken_delivery(project: Project) -> str:
    """Distances in kilometres are refused by the training command, and leave nothing behind."""
    sandbox = project.at("trained").on("2013-02-08")
    sandbox.need("flighttime.ingest")
    before = snapshot(sandbox)
    broken = broken_feed(sandbox)
    command = "pipeline" if sandbox.has("flighttime.pipeline") else "ingest"
    refused = broken.refused(f"flighttime.{command}")
    require(snapshot(sandbox) == before, "the refused delivery left something in the state")
    sandbox.run(f"flighttime.{command}")
    return f"refused ({refused.last_line[:120]}), and the right delivery taken afterwards"


def count_published(sandbox: Sandbox, day: str) -> int:
    return len(published_flights(sandbox, day))


def published_flights(sandbox: Sandbox, day: str) -> pd.DataFrame:
    """What was published by a day, found without the project's code by the rule in DATA.md."""
    months = [pd.read_parquet(path) for path in sorted((sandbox.feed / "flights").glob("*"))[:3]]
    flights = pd.concat(months, ignore_index=True)
    flights["date"] = pd.to_datetime(flights[["year", "month", "day"]])
    clock = flights["sched_dep_time"].astype("float64")
    minute = clock // 100 * 60 + clock % 100 + flights["dep_delay"] + flights["air_time"]
    later = (minute.astype("float64") // (24 * 60)).fillna(0)
    published = flights["date"] + pd.to_timedelta(later + 1, unit="D")
    return flights[published <= pd.Timestamp(day)]


def of_the_notebook(sandbox: Sandbox) -> int:
    """The number that the notebook printed first, such as `51,955 flights, ...`."""
    executed = next((sandbox.state / "executed").glob("*.ipynb"))
    for cell in json.loads(executed.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            text = "".join(output.get("text", ""))
            number, _, rest = text.partition(" flights,")
            if rest and number.replace(",", "").isdigit():
                return int(number.replace(",", ""))
    raise NotMet("the notebook prints no number of flights")


def own_feed(sandbox: Sandbox) -> Sandbox:
    """The sandbox with a copy of the feed's first months, to change."""
    feed = sandbox.state.parent / "feed"
    if not feed.exists():
        for name in ("flights", "weather"):
            (feed / name).mkdir(parents=True)
            for path in sorted((sandbox.feed / name).glob("*.parquet"))[:3]:
                shutil.copy(path, feed / name)
        for path in sandbox.feed.glob("*.parquet"):
            shutil.copy(path, feed)
    return replace(sandbox, feed=feed)


def rewrite(sandbox: Sandbox, month: str, change: Callable[[pd.DataFrame], None]) -> None:
    path = sandbox.feed / "flights" / f"{month}.parquet"
    table = pd.read_parquet(path)
    change(table)
    table.to_parquet(path, index=False)


def corrected_feed(sandbox: Sandbox) -> Sandbox:
    """A feed in which one flight of the day before has another air time."""
    own = own_feed(sandbox)

    def correct(table: pd.DataFrame) -> None:
        landed = table.index[(table["day"] == 1) & table["air_time"].notna()]
        table.loc[landed[0], "air_time"] += 3

    rewrite(own, "2013-02", correct)
    return own


def broken_feed(sandbox: Sandbox) -> Sandbox:
    """A feed whose new flights have their distance in kilometres."""
    own = own_feed(sandbox)

    def spoil(table: pd.DataFrame) -> None:
        table["distance"] = (table["distance"] * 1.609).round().astype(table["distance"].dtype)

    rewrite(own, "2013-02", spoil)
    return own


def snapshot(sandbox: Sandbox) -> list[str]:
    """What the project can be asked about its data and its models, without a trace of time."""
    tables = sorted(sandbox.state.rglob("*.parquet"))
    return [f"{path.relative_to(sandbox.state)} {path.stat().st_size}" for path in tables]
