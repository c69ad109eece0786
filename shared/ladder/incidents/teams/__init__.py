"""How the team of each level works: it makes a model, hands it over, releases it, and answers.

What travels and what a person chooses goes through the incident's hooks; the commands are the
level's own.
"""

from ladder.incidents.teams.base import Team
from ladder.incidents.teams.level0 import Level0
from ladder.incidents.teams.level1 import Level1
from ladder.incidents.teams.level2 import Level2
from ladder.incidents.teams.level3 import Level3
from ladder.incidents.teams.level4 import Level4

TEAMS: dict[int, type[Team]] = {0: Level0, 1: Level1, 2: Level2, 3: Level3, 4: Level4}
