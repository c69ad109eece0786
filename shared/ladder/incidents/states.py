"""Build the states that cells begin with: a level that has made its first model."""

import shutil

from ladder import level_files
from ladder import stage
from ladder.incidents import sandboxes
from ladder.incidents import stored
from ladder.incidents import world
from ladder.incidents.incident import undisturbed
from ladder.incidents.play import Play
from ladder.incidents.scenarios import SAME_AS
from ladder.incidents.scenarios import SCENARIOS
from ladder.places import LEVELS


def build(scenario: str, level: int) -> None:
    """Make the state on the morning of the scenario's first day, by the level's own commands."""
    calendar, folder = SCENARIOS[scenario], stored.base(scenario, level)
    shutil.rmtree(folder, ignore_errors=True)
    if calendar.made:
        shutil.copytree(stored.base(SAME_AS[scenario], level), folder)
        (folder / "made-from").unlink()
    else:
        level_files.copy(LEVELS[level], folder / "repo")
        stage.commit(folder / "repo", "The level as it is now", "--force")
        world.publish(folder / "feed", calendar.months)
    play = sandboxes.enter(folder, undisturbed(scenario), level)
    try:
        make_new(play) if calendar.made else make_first(play)
    finally:
        play.team.close()
    failed = [event for event in play.events if event.get("code")]
    assert not failed, failed
    (folder / "made-from").write_text(stored.digest(level), encoding="utf-8")


def make_first(play: Play) -> None:
    """Make and release the first model; Level 4's log also has the days up to the first one."""
    calendar = play.scenario
    play.today = calendar.built
    play.team.begin(play.today)
    play.team.build(play.today)
    for day in calendar.before if play.level == 4 else []:
        play.today = day
        play.team.begin(day)
        if day.weekday() == play.assumed["level4"]["look_weekday"]:
            play.run("loop")
        play.team.answers(day)


def make_new(play: Play) -> None:
    """Make the new model on the first morning, as in the run that it is compared with."""
    play.today = play.scenario.first
    play.team.begin(play.today)
    made = play.team.make()
    assert made, play.events
    (play.folder / "made").write_text(made, encoding="utf-8")
