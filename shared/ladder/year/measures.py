"""Compute the report's numbers from predictions and landings; errors are absolute, in minutes."""

from dataclasses import dataclass
from datetime import date
from datetime import timedelta

import pandas as pd

from ladder.errors import LadderError
from ladder.year import days
from ladder.year import world

SAME = 1e-9
SUMMER = ("2013-06-01", "2013-09-30")
DAYS_TO_COMPARE = 7


@dataclass(frozen=True)
class Judge:
    """All landings, and the threshold over which a week's error is too large."""

    landed: pd.DataFrame
    threshold: float

    def errors(self, predictions: pd.DataFrame) -> pd.DataFrame:
        """The flights that landed, with date, first day of their week, and absolute errors."""
        joined = predictions.merge(
            self.landed[["flight_id", "date", "air_time"]], on="flight_id", validate="one_to_one"
        )
        weeks = {day: pd.Timestamp(days.week_of(day.date())) for day in joined["date"].unique()}
        errors = {
            name: (joined[name] - joined["air_time"]).abs()
            for name in ("minutes", "before")
            if name in joined
        }
        return joined[["flight_id", "date"]].assign(week=joined["date"].map(weeks), **errors)


def difference(samples: dict[int, pd.DataFrame]) -> float:
    """The largest difference between two levels' predictions of a flight.

    Raises LadderError where it is over 1e-9, or a level has not predicted a flight.
    """
    table = pd.concat(
        {level: sample.set_index("flight_id")["minutes"] for level, sample in samples.items()},
        axis=1,
    )
    spread = table.max(axis=1, skipna=False) - table.min(axis=1, skipna=False)
    worst = float(spread.max())
    if not worst <= SAME or spread.isna().any():
        name = spread.isna().idxmax() if spread.isna().any() else spread.idxmax()
        raise LadderError(
            f"the levels do not have the same model: for {name} they say "
            f"{table.loc[name].to_dict()} minutes; `ladder check` says which file differs",
        )
    return worst


def certified(sample: pd.DataFrame, landed: pd.DataFrame) -> float:
    """The error on the days before the replay, the holdout of the first model."""
    joined = sample.merge(landed[["flight_id", "air_time"]], on="flight_id")
    return float((joined["minutes"] - joined["air_time"]).abs().mean())


def summary(errors: pd.DataFrame) -> dict:
    summer = errors[errors["date"].between(*SUMMER)]
    return {
        "mae": float(errors["minutes"].mean()),
        "mae_jun_sep": float(summer["minutes"].mean()) if len(summer) else None,
        "worst_week_mae": float(errors.groupby("week")["minutes"].mean().max()),
    }


def weekly(key: int | str, errors: pd.DataFrame) -> list[dict]:
    groups = errors.groupby("week")["minutes"]
    return [
        {
            "week": f"{week:%Y-%m-%d}",
            "level": key,
            "mae": float(group.mean()),
            "flights": len(group),
        }
        for week, group in groups
    ]


def level_row(
    level: int, predictions: pd.DataFrame, judge: Judge, events: list[dict], by_hand: list[str]
) -> dict:
    """One level's numbers; `events` are its own, in the order of their days."""
    errors = judge.errors(predictions)
    weeks = errors.groupby("week")["minutes"].mean()
    over = weeks[weeks > judge.threshold]
    kinds = [event["kind"] for event in events]
    reactions = after_breach(over, errors, events)
    return {
        "level": level,
        **summary(errors),
        "weeks_over": len(over),
        "releases": kinds.count("release"),
        "refused": kinds.count("refused"),
        "mean_model_age_days": float(predictions["age"].mean()),
        **{
            name: reaction["days"] if (reaction := reactions[name]) else None
            for name in ("days_to_detect", "days_to_recover")
        },
        "manual_steps_per_release": len(by_hand),
    }


def after_breach(
    over: pd.Series, errors: pd.DataFrame, events: list[dict]
) -> dict[str, dict | None]:
    """The first look, and the first better model, after the first week over the threshold."""
    if over.empty:
        return {"days_to_detect": None, "days_to_recover": None}
    breach = over.index[0].date() + days.A_DAY * 7
    return {
        "days_to_detect": first(breach, [event for event in events if event["kind"] == "looked"]),
        "days_to_recover": first(
            breach,
            [
                event
                for event in events
                if event["kind"] == "release" and better(errors, date.fromisoformat(event["day"]))
            ],
        ),
    }


def first(since: date, events: list[dict]) -> dict | None:
    for event in events:
        wait = (date.fromisoformat(event["day"]) - since).days
        if wait >= 0:
            return {**event, "days": wait}
    return None


def better(errors: pd.DataFrame, released: date) -> bool:
    """Whether the released model beats the replaced one on the flights after the release."""
    until = pd.Timestamp(released + timedelta(days=DAYS_TO_COMPARE))
    same = errors[(errors["date"] >= pd.Timestamp(released)) & (errors["date"] < until)].dropna(
        subset="before"
    )
    return bool(len(same) and same["minutes"].mean() < same["before"].mean())


def baselines(landed: pd.DataFrame, until: date) -> dict[str, pd.DataFrame]:
    """Predictions of the route median: of the first morning, and computed every morning."""
    year = days.span(days.FIRST, until)
    made = {"route_median_frozen": days.FIRST, "route_median_rolling": None}
    forecasts = {name: world.route_medians(landed, year, morning) for name, morning in made.items()}
    return {
        name: landed.loc[minutes.index, ["flight_id"]].assign(minutes=minutes)
        for name, minutes in forecasts.items()
    }
