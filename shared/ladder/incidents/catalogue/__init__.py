"""The catalogue: one small file an incident, in the order in which the matrix shows them."""

import importlib

from ladder.incidents.incident import Incident

ORDER = [
    "renamed_column",
    "celsius",
    "delivered_twice",
    "half_delivery",
    "silent_feed",
    "skew",
    "wrong_file",
    "altered_model",
    "library_moves",
    "which_data",
    "bad_setting",
    "one_airline",
    "release_dies",
    "fails_in_production",
    "summer",
    "labels_shifted",
    "labels_stop",
    "two_releases",
    "tracking_down",
    "disk_full",
    "ordinary_month",
    "harmless_drift",
    "windy_week",
]


def load(name: str) -> Incident:
    return importlib.import_module(f"{__name__}.{name}").INCIDENT


CATALOGUE: dict[str, Incident] = {load(name).name: load(name) for name in ORDER}


def can_play(name: str) -> bool:
    """Whether this system has what the incident needs."""
    needs = CATALOGUE[name].needs
    try:
        return not needs or hasattr(importlib.import_module("resource"), needs)
    except ModuleNotFoundError:
        return False
