"""The calendars in which incidents happen: when the models are made, and which days are played."""

from dataclasses import dataclass
from datetime import date
from datetime import timedelta

A_DAY = timedelta(days=1)
ASKED = (0, 2, 5)  # users ask on Mondays, Wednesdays and Saturdays: about 900 flights each


@dataclass(frozen=True)
class Scenario:
    """`built`: the first model. `first` to `last`: the days that are played.

    `occasion`: the day on which every team makes a new model, and Level 4's loop looks anyway.
    The tables of `months` are in the feed.
    """

    built: date
    first: date
    last: date
    occasion: date | None
    months: tuple[str, ...]

    def base(self, level: int) -> str:
        """The name of the state that it begins with; only Level 4's knows the days before."""
        return f"{self.built}" + (f"-to-{self.first}" if level == 4 else "")

    @property
    def days(self) -> list[date]:
        return [self.first + number * A_DAY for number in range((self.last - self.first).days + 1)]

    @property
    def before(self) -> list[date]:
        """The days between the build and the first played one, which only the log has."""
        return [self.built + number * A_DAY for number in range((self.first - self.built).days)]


SCENARIOS = {
    # The route median of the last two weeks beats the model twice: a new model is wanted.
    "march": Scenario(
        date(2013, 3, 1),
        date(2013, 3, 11),
        date(2013, 3, 31),
        date(2013, 3, 11),
        ("2013-01", "2013-02", "2013-03"),
    ),
    # An ordinary month: the model is a week old, and errs as much as an always fresh forecast.
    "april": Scenario(
        date(2013, 4, 1),
        date(2013, 4, 8),
        date(2013, 4, 28),
        None,
        ("2013-02", "2013-03", "2013-04", "2013-05"),
    ),
    # The jet stream weakens. Nobody asks for a new model but the calendar, and Level 4's loop.
    "may": Scenario(
        date(2013, 4, 1),
        date(2013, 4, 29),
        date(2013, 5, 26),
        None,
        ("2013-02", "2013-03", "2013-04", "2013-05"),
    ),
}
