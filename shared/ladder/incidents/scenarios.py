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
    made: bool = False  # the state has the new model already: it is made, and waits for its release

    def base(self, level: int) -> str:
        """The name of the state that it begins with; only Level 4's knows the days before."""
        until = f"-to-{self.first}" if level == 4 else ""
        return f"{self.built}{until}{'-made' * self.made}"

    @property
    def days(self) -> list[date]:
        return [self.first + number * A_DAY for number in range((self.last - self.first).days + 1)]

    @property
    def before(self) -> list[date]:
        """The days between the build and the first played one, which only the log has."""
        return [self.built + number * A_DAY for number in range((self.first - self.built).days)]


# The run with which a scenario is compared, and the state from which its own is made.
SAME_AS = {"release": "march"}
SCENARIOS = {
    # The route median of the last two weeks beats the model twice: a new model is wanted.
    "march": Scenario(
        date(2013, 3, 1),
        date(2013, 3, 11),
        date(2013, 3, 31),
        date(2013, 3, 11),
        ("2013-01", "2013-02", "2013-03"),
    ),
    # The same, after the first morning: for incidents that begin once the new model is made.
    "release": Scenario(
        date(2013, 3, 1),
        date(2013, 3, 11),
        date(2013, 3, 31),
        date(2013, 3, 11),
        ("2013-01", "2013-02", "2013-03"),
        made=True,
    ),
    # An ordinary month: the model is a week old, and errs as much as an always fresh forecast.
    "april": Scenario(
        date(2013, 4, 1),
        date(2013, 4, 8),
        date(2013, 4, 28),
        None,
        ("2013-02", "2013-03", "2013-04", "2013-05"),
    ),
    # The jet stream weakens. Only the calendar asks for a new model, and Level 4's loop.
    "may": Scenario(
        date(2013, 4, 1),
        date(2013, 4, 29),
        date(2013, 5, 26),
        None,
        ("2013-02", "2013-03", "2013-04", "2013-05"),
    ),
}
