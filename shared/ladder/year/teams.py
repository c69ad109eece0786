"""The team of each level."""

from ladder.year.level0 import Level0
from ladder.year.level1 import Level1
from ladder.year.level2 import Level2
from ladder.year.level3 import Level3
from ladder.year.level4 import Level4
from ladder.year.team import Team

TEAMS: dict[int, type[Team]] = {0: Level0, 1: Level1, 2: Level2, 3: Level3, 4: Level4}
