"""What an incident did at a level: measured on the answers that users got, not on what it says."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from ladder.incidents.incident import FALSE_ALARM
from ladder.incidents.incident import HEALED
from ladder.incidents.incident import PERSON
from ladder.incidents.incident import PREVENTED
from ladder.incidents.incident import QUIET
from ladder.incidents.incident import SILENT
from ladder.incidents.incident import Incident

WRONG_BY = 2.0  # minutes: an answer is wrong if it errs by more than this more than without
DAY_MISSING = 0.01  # or if so large a share of the flights got no answer


@dataclass(frozen=True)
class Harm:
    """What users got, compared with the same level's run without the incident."""

    asked: int
    wrong: int
    minutes: float  # by which the wrong answers err more, on average
    missing: int
    days: list[str]  # the harmed ones
    ended: str  # the first day that users asked after them and got good answers; empty: none


def harm(own: pd.DataFrame, without: pd.DataFrame, truth: pd.Series, incident: Incident) -> Harm:
    """Compare the answers; a flight that never landed cannot be wrong, but can be missing."""
    both = without.merge(own[["flight_id", "minutes"]], on="flight_id", how="left")
    both["truth"] = both["flight_id"].map(truth)
    both["missing"] = both["minutes_y"].isna()
    error = (both["minutes_y"] - both["truth"]).abs()
    both["more"] = error - (both["minutes_x"] - both["truth"]).abs()
    both["wrong"] = both["more"] > WRONG_BY
    daily = both.groupby("day").agg(more=("more", "mean"), missing=("missing", "mean"))
    bad = daily[(daily["more"] > incident.day_wrong_by) | (daily["missing"] > DAY_MISSING)]
    harmed = both[both["day"].isin(bad.index)]
    wrong = harmed[harmed["wrong"]]
    good = [day for day in daily.index if len(bad) and day > bad.index[-1]]
    return Harm(
        asked=len(both),
        wrong=len(wrong),
        minutes=round(float(wrong["more"].mean()), 1) if len(wrong) else 0.0,
        missing=int(harmed["missing"].sum()),
        days=list(bad.index),
        ended=good[0] if good else "",
    )


def cell(incident: Incident, record: dict, found: Harm) -> dict:
    """The cell of the matrix: the outcome, and the figures that go with it."""
    notes = record["notes"]
    records, question = notes.get("records", 0), notes.get("open question", "")
    harmed = {
        "answers": bool(found.days),
        "freshness": bool(found.days),
        "records": records > 0,
        "question": bool(question),
    }
    first = record["began"]
    mitigated = found.ended if found.days else notes.get("mended on", "")
    return {
        "incident": incident.name,
        "level": record["level"],
        "seed": record["seed"],
        "outcome": outcome(incident, record, found, harmed=harmed[incident.harm]),
        "asked": found.asked,
        "wrong": found.wrong,
        "minutes": found.minutes,
        "missing": found.missing,
        "records": records,
        "question": question,
        "began": first,
        "days_to_detect": between(first, record["detected"]),
        "detected_by": record["detected_by"],
        "days_to_mitigate": between(first, mitigated),
        "steps": record["steps"],
        "alarms": record["alarms"],
        "cpu": record["seconds"]["cpu"],
        "wall": record["seconds"]["wall"],
    }


def outcome(incident: Incident, record: dict, found: Harm, *, harmed: bool) -> str:
    """How it ended; `harmed`: whether what the incident harms was harmed, besides the answers."""
    if incident.control:
        retrained = record["notes"].get("retrained")
        return FALSE_ALARM if record["alarms"] or retrained else QUIET
    if not harmed and not found.days:
        return PREVENTED
    if not record["detected"]:
        return SILENT
    by_itself = not record["acted"] and record["detected_by"] != "users"
    return HEALED if by_itself and found.ended else PERSON


def between(first: str | None, last: str | None) -> int | None:
    """Days from one to the other; None if one of them never came."""
    if not first or not last:
        return None
    return (date.fromisoformat(last) - date.fromisoformat(first)).days
