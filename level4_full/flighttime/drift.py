"""Which inputs are not what the model learned from: an explanation of an error, and never by itself a reason to retrain."""

import json
from collections import Counter

import numpy as np
import pandas as pd
import sqlalchemy as sql
from scipy import stats

from flighttime import holdings
from flighttime import ingest
from flighttime import package
from flighttime import store
from flighttime import tracking
from flighttime import train
from flighttime.errors import Refused
from flighttime.features import CATEGORIES
from flighttime.features import FEATURES
from flighttime.features import NUMBERS

ANSWER = "minutes"
MOVED = 0.2  # of PSI, as is the custom
BINS = 10
RARE = 1e-4  # no share is taken for less: what was never seen would be infinitely far away
# How often each value was seen, by input; kept as text, and None for what nobody knew.
Seen = dict[str, dict[str, int]]


def of(answers: pd.DataFrame, version: str) -> dict[str, dict[str, float | None]]:
    """By input, and for the answers: PSI and, for numbers, the statistic of Kolmogorov and Smirnov; {} without a reference."""
    try:
        before = learned_from(version)
    except Refused:
        return {}
    return {name: distance(before[name], answers[name], name in CATEGORIES) for name in [*FEATURES, ANSWER]} if len(answers) else {}


def moved(found: dict[str, dict[str, float | None]]) -> list[str]:
    """The inputs that are far from what the model learned from, the farthest first."""
    far = {name: one["psi"] for name, one in found.items() if one["psi"] > MOVED}
    return sorted(far, key=far.get, reverse=True)


def distance(before: dict[str, int], now: pd.Series, codes: bool) -> dict[str, float | None]:
    if codes:
        return {"psi": psi(before, Counter(now.fillna("").tolist())), "ks": None}
    values = np.array([float(value) for value in before if value])
    counts = np.array([count for value, count in before.items() if value])
    known = now.dropna().to_numpy(dtype="float64")
    if not len(values) or not len(known):
        return {"psi": 0.0 if len(values) == len(known) else float("inf"), "ks": None}
    learned = np.repeat(values, counts)
    edges = np.unique(np.quantile(learned, np.linspace(0, 1, BINS + 1)[1:-1]))
    binned = (Counter(np.searchsorted(edges, side).tolist()) for side in (learned, known))
    unknown = (before.get("", 0), len(now) - len(known))
    both = [{**bins, "unknown": missing} for bins, missing in zip(binned, unknown, strict=True)]
    return {"psi": psi(*both), "ks": float(stats.ks_2samp(learned, known, method="asymp").statistic)}


def psi(before: dict, now: dict) -> float:
    """The population stability index: the sum of (q - p) ln(q / p) over the shares p before and q now."""
    kinds = [*before.keys() | now.keys()]
    p, q = (np.array([max(side.get(kind, 0) / sum(side.values()), RARE) for kind in kinds]) for side in (before, now))
    return float(((q - p) * np.log(q / p)).sum())


def learned_from(version: str) -> Seen:
    """What a version learned from, and what it answers there; looked up once, then kept in the store."""
    with store.transaction() as connection:
        kept = connection.scalar(sql.select(holdings.drift.c.learned_from).where(holdings.drift.c.version == version))
    if kept:
        return json.loads(kept)
    made = tracking.lineage(version)
    rows, _ = train.split(ingest.read(made["data_version"], since=train.first_day(made["today"])), made["today"])
    answers = np.round(package.load(version).predict(rows[FEATURES]), 1)
    found = {name: counted(rows[name]) for name in FEATURES} | {ANSWER: counted(pd.Series(answers))}
    with store.transaction() as connection:
        connection.execute(sql.delete(holdings.drift).where(holdings.drift.c.version == version))
        connection.execute(sql.insert(holdings.drift).values(version=version, learned_from=json.dumps(found)))
    return found


def counted(values: pd.Series) -> dict[str, int]:
    return {"" if pd.isna(value) else f"{value}": int(count) for value, count in values.value_counts(dropna=False).items()}
