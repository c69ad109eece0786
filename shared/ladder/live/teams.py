"""Who works on the running application: the level's own loop, or a calendar and a person's nod, as one level below."""

from datetime import date

from ladder.year.levels import Level3
from ladder.year.levels import Level4
from ladder.year.levels import Team
from ladder.year.levels import command


class Loop(Level4):
    """As in `ladder run`."""


class Calendar(Level4):
    """The same application, so that it can be watched as well; its models come as Level 3's do. It is looked on, not acted."""

    approver = "a person"

    def morning(self, today: date) -> None:
        self.turn_the_calendar(today)
        if today.weekday() == 0:
            command("ingest", "--today", f"{today}")
            command("monitor", "--today", f"{today}")
        Level3.morning(self, today)


TEAMS: dict[str, type[Team]] = {"loop": Loop, "calendar": Calendar}
TITLES = {"loop": "Level 4: the loop", "calendar": "At Level 3's pace"}
ASSUMED = {"loop": "level4", "calendar": "level3"}
