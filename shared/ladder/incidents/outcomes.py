"""The words for each outcome: on a tile, in the terminal's table, and in a sentence."""

from dataclasses import dataclass

from ladder.incidents.incident import FALSE_ALARM
from ladder.incidents.incident import HEALED
from ladder.incidents.incident import PERSON
from ladder.incidents.incident import PREVENTED
from ladder.incidents.incident import QUIET
from ladder.incidents.incident import SILENT


@dataclass(frozen=True)
class Words:
    """What an outcome is called."""

    name: str
    narrow: str  # on a tile of a telephone; empty: its shape is enough
    clause: str  # after `Level 3: `
    loud: bool = False

    @property
    def sign(self) -> str:
        """As the table of the terminal has it, which has no shapes."""
        return self.name.upper() if self.loud else self.name


WORDS = {
    PREVENTED: Words("prevented", "", "prevented"),
    HEALED: Words("healed itself", "healed", "it heals itself"),
    PERSON: Words("a person acts", "person", "a person has to act"),
    SILENT: Words("silent harm", "silent", "silent harm", loud=True),
    QUIET: Words("quiet", "", "quiet"),
    FALSE_ALARM: Words("false alarm", "alarm", "a false alarm", loud=True),
}
