"""The prediction store as a project sees it: one object, configured once."""

from collections.abc import Callable
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from functools import partial
from pathlib import Path

import pandas as pd

from groundcrew import settings
from groundcrew.predictions import failed_requests
from groundcrew.predictions import landings
from groundcrew.predictions import prediction_log
from groundcrew.predictions import retention
from groundcrew.predictions import shadow_pairs
from groundcrew.predictions import timetable
from groundcrew.predictions import windows
from groundcrew.predictions.address import use
from groundcrew.predictions.recorder import Recorder
from groundcrew.serving import Model
from groundcrew.serving import prediction_ids


class PredictionStore:
    """Answers, landings and measured weeks, in SQLite in `folder` or in a shared database.

    FLIGHTTIME_OBSERVED names the database; it is used only where `shared` allows it. `section` of
    the settings has `keep_days` and `max_megabytes`, the limits of the log.
    """

    def __init__(
        self,
        *,
        folder: Callable[[], Path],
        shared: Callable[[], bool],
        categories: Sequence[str],
        numbers: Sequence[str],
        section: str = "",
    ) -> None:
        limits = partial(settings.section, section) if section else dict
        inputs = {"categories": categories, "numbers": numbers}
        use(folder=folder, external_allowed=shared, limits=limits, **inputs)

    def log(self, frames: dict[str, pd.DataFrame]) -> None:
        """Store scored flights by role (champion, shadow) in one transaction."""
        rows = [prediction_log.as_answers(frame, role) for role, frame in frames.items()]
        prediction_log.log(answer for answers in rows for answer in answers)

    def record(self, answers: pd.DataFrame, shadow: Model | None) -> None:
        """Store scored flights, and with them what a shadow predicts for the same flights."""
        frames = {"champion": answers}
        if shadow and len(answers):
            minutes, ids = shadow.predict(answers), prediction_ids(shadow, len(answers))
            made = {"minutes": minutes, "model": shadow.version, "prediction_id": ids}
            frames["shadow"] = answers.assign(**made)
        self.log(frames)

    def recorder(self, when_lost: str) -> Recorder:
        """What stores the answers of the application, one request at a time."""
        return Recorder(when_lost)

    def outcomes(self, first: date, last: date, today: date) -> pd.DataFrame:
        """The last counted answer to each flight of these days, with its landing by `today`.

        An answer counts if it was given before departure, with the inputs of the timetable.
        Sorted by flight_id; `air_time` and `published` are unknown while the flight is awaited.
        """
        answers = landings.outcomes(first, last, today)
        return answers.assign(date=pd.to_datetime(answers["flight_id"].str[:10]))

    def last_landing(self) -> date | None:
        """The day on which the newest stored landing was published."""
        return landings.last_landing()

    def put_landings(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Store the landings that are new or differ from the stored ones, and return those.

        `rows` has flight_id, date, published, air_time, days_late, and the inputs of the timetable;
        the result has also `corrections`, how often the stored value was replaced. Idempotent.
        """
        if rows.empty:
            return rows.assign(corrections=0)
        timetable.put(rows)
        stored = landings.known_landings(rows["flight_id"].min()).set_index("flight_id")
        before = stored.reindex(rows["flight_id"]).set_axis(rows.index)
        known, old, new = before["corrections"].notna(), before["air_time"], rows["air_time"]
        same = known & ((old == new) | (old.isna() & new.isna()))
        changed = rows.assign(
            corrections=before["corrections"].fillna(-1).astype(int) + 1,
            days_late=before["days_late"].where(known, rows["days_late"]).astype(int),
        )[~same]
        published = changed["published"].dt.strftime("%Y-%m-%d")
        landings.put_landings(changed.assign(published=published, repeats=0))
        return changed

    def landing_counts(self, changed: pd.DataFrame) -> dict[str, int]:
        """Count what `put_landings` returned: new landings, and corrections of stored ones."""
        new = changed["corrections"] == 0
        landed, late = changed["air_time"].notna(), changed["days_late"] > 0
        return {
            "landed": int((new & landed).sum()),
            "cancelled": int((new & ~landed).sum()),
            "late": int((new & late).sum()),
            "corrected": int((~new).sum()),
            "not_predicted": int((new & ~self.answered(changed["flight_id"])).sum()),
        }

    def answered(self, flight_ids: pd.Series) -> pd.Series:
        """Which of these flights were answered."""
        if flight_ids.empty:
            return flight_ids.astype(bool)
        return flight_ids.isin(landings.asked(flight_ids.min(), flight_ids.max()))

    def failures(self, first: date, last: date) -> int:
        """The number of requests of these days that the application failed."""
        return failed_requests.failures(first, last)

    def errors_of_both(
        self, version: str, other: str, since: str
    ) -> tuple[list[float], list[float]]:
        """Both versions' errors in minutes on the landed flights that both answered since then."""
        flights = shadow_pairs.same_flights(version, other, datetime.fromisoformat(since))
        one, two = ((flights[name] - flights["air_time"]).tolist() for name in ("one", "other"))
        return one, two

    def put_weeks(self, weeks: list[dict]) -> None:
        """Store measured weeks; each replaces what was stored for the same first day.

        Each also gets `left_out`, the number of answers that do not count, by reason. What is
        older than `keep_days` is moved to files.
        """
        retention.keep(weeks)

    def weeks(self, count: int) -> list[dict]:
        """The last measured weeks, oldest first."""
        return windows.read(count)
