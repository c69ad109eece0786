"""What releases models to the running application: its loop, or a calendar as one level below."""

from datetime import date

from ladder.year.commands import command
from ladder.year.level3 import Level3
from ladder.year.level4 import Level4
from ladder.year.team import Team


class Calendar(Level4):
    """The same application with mission control, but its models come by Level 3's calendar."""

    approver = "a person"

    def morning(self, today: date) -> None:
        self.turn_the_calendar(today)
        if today.weekday() == 0:
            command("ingest", "--today", f"{today}")
            command("monitor", "--today", f"{today}")
        Level3.morning(self, today)


TEAMS: dict[str, type[Team]] = {"loop": Level4, "calendar": Calendar}
ASSUMED = {"loop": "level4", "calendar": "level3"}
