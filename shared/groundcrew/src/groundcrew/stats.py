"""Statistics of model evaluation: a bootstrap confidence interval, and data drift by column."""

from collections import Counter
from hashlib import blake2b

import numpy as np
import pandas as pd

RESAMPLES = 2000
CONFIDENCE = 0.95
BINS = 10
# A share of zero would make the index infinite.
MIN_SHARE = 1e-4
# The number of rows of each value, by the value as text; missing values are counted under "".
Counts = dict[str, int]
Distances = dict[str, dict[str, float | None]]


def mean_interval(gains: pd.Series, days: pd.Series) -> tuple[float, float]:
    """Return the 95 % confidence interval of the mean gain, by Efron's percentile bootstrap.

    `days` holds the day of each gain. Whole days are resampled (a cluster bootstrap), because the
    flights of one day share the wind. The seed is fixed: equal input gives an equal interval. Both
    ends are NaN if there is no gain, or one that is NaN. With seven days the interval is rough.
    """
    if gains.empty or gains.isna().any():
        return float("nan"), float("nan")
    by_day = gains.groupby(days.to_numpy()).agg(["sum", "size"]).to_numpy()
    drawn = np.random.default_rng(0).integers(len(by_day), size=(RESAMPLES, len(by_day)))
    minutes, flights = by_day[drawn].sum(axis=1).T
    tails = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    low, high = np.quantile(minutes / flights, tails)
    return float(low), float(high)


def uniform(key: str) -> float:
    """Return a number in [0, 1) that looks random, and is the same for a key in every process."""
    digest = blake2b(key.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def profile(frame: pd.DataFrame) -> dict[str, Counts]:
    """Count the values of each column, in a form that JSON can store."""
    return {name: _counts(frame[name]) for name in frame}


def drift(
    reference: dict[str, Counts],
    frame: pd.DataFrame,
    categories: list[str],
) -> Distances:
    """Measure the data drift of each column since `reference`, the `profile` of the training data.

    `psi` is the population stability index; `ks`, for numbers only, the two-sample statistic of
    Kolmogorov and Smirnov, and None where one side has no values. Returns {} for an empty frame.
    """
    if frame.empty:
        return {}
    return {
        name: _category_drift(counts, frame[name])
        if name in categories
        else _number_drift(counts, frame[name])
        for name, counts in reference.items()
    }


def psi(before: dict, now: dict) -> float:
    """Return the population stability index of two tables of counts.

    It is the sum of (q - p) ln(q / p) over the shares p before and q now. It is 0 for equal shares;
    a share below MIN_SHARE counts as MIN_SHARE.
    """
    # In a fixed order, so that the sum is the same to the last digit in every process.
    values = list(dict.fromkeys([*before, *now]))
    p, q = (_shares(counts, values) for counts in (before, now))
    return float(((q - p) * np.log(q / p)).sum())


def _counts(values: pd.Series) -> Counts:
    counts = values.value_counts(dropna=False).items()
    return {"" if pd.isna(value) else f"{value}": int(count) for value, count in counts}


def _shares(counts: dict, values: list) -> np.ndarray:
    total = sum(counts.values())
    return np.array([max(counts.get(value, 0) / total, MIN_SHARE) for value in values])


def _category_drift(before: Counts, now: pd.Series) -> dict[str, float | None]:
    return {"psi": psi(before, Counter(now.fillna("").tolist())), "ks": None}


def _number_drift(before: Counts, now: pd.Series) -> dict[str, float | None]:
    """Compare the numbers in bins of equal size; missing values have a bin of their own."""
    # Imported late: scipy.stats takes most of a second, and only drift needs it.
    from scipy.stats import ks_2samp

    values = np.array([float(value) for value in before if value])
    counts = np.array([count for value, count in before.items() if value])
    known = now.dropna().to_numpy(dtype="float64")
    if not len(values) or not len(known):
        return {"psi": 0.0 if len(values) == len(known) else float("inf"), "ks": None}
    learned = np.repeat(values, counts)
    edges = np.unique(np.quantile(learned, np.linspace(0, 1, BINS + 1)[1:-1]))
    old, new = _binned(edges, values, counts), _binned(edges, known)
    distance = psi(old | {"missing": before.get("", 0)}, new | {"missing": len(now) - len(known)})
    return {"psi": distance, "ks": float(ks_2samp(learned, known, method="asymp").statistic)}


def _binned(edges: np.ndarray, values: np.ndarray, counts: np.ndarray | None = None) -> dict:
    """The number of rows in each bin between edges, in the order in which the bins occur."""
    bins = edges.searchsorted(values)
    rows = np.bincount(bins, counts)
    return {number: int(rows[number]) for number in dict.fromkeys(bins.tolist())}
