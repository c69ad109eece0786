"""A good model fails in production, and only there."""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import PERSON
from ladder.incidents.incident import PREVENTED
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question
from ladder.incidents.play import Play


def before(play: Play) -> None:
    """A virus scanner waits for the new package on the machine that serves."""
    if play.level >= 3:
        new = play.state / "production" / "packages" / "2"
        threading.Thread(target=watch, args=(play, new), daemon=True).start()


def watch(play: Play, new: Path) -> None:
    while not new.exists():
        time.sleep(0.01)
    shutil.rmtree(new, ignore_errors=True)
    play.inject("a virus scanner on the production machine removes the new package")


def releasing(play: Play, release: Callable[[], None]) -> None:
    if play.level >= 3 or play.began:
        return release()
    usual = play.team.restart

    def restart() -> None:
        new = play.team.production if play.level < 2 else play.team.file_of("2")
        new.unlink()
        play.inject("a virus scanner on the production machine removes the new file")
        play.team.restart = usual
        usual()

    play.team.restart = restart
    release()


INCIDENT = Incident(
    name="fails-in-production",
    title="A good model fails in production",
    story="The new model is good, and passed every test. On the production machine a virus "
    "scanner takes its file for something else, and removes it. Nowhere else does that happen.",
    touches="a process of one machine",
    scenario="release",
    hooks=Hooks(before=before, releasing=releasing),
    application=True,
    expected={
        0: (PERSON, "the script finds no file"),
        1: (PERSON, "the application restarts, and finds no file"),
        2: (PERSON, "the application restarts, and finds no file"),
        3: (PREVENTED, "the application keeps what it has; the smoke test fails: rolled back"),
        4: (PREVENTED, "a shadow that fails answers no user; after 14 days the loop calls: stuck"),
    },
    case=Case(
        "Cloudflare, 2 July 2019",
        "https://blog.cloudflare.com/details-of-the-cloudflare-outage-on-july-2-2019/",
        "A rule that had passed its tests took all processors of the machines that served, "
        "and was in all places at once.",
    ),
    question=Question(
        "What does a smoke test in production see that a staging test cannot?",
        "Production: its disk, its scanner, its permissions, its load. Staging is another machine.",
        ("Nothing, if staging is built with care", "Whether the model is good"),
    ),
    code={3: ("level3_auto_deploy/flighttime/release.py", "SWITCH = Switch")},
    repairable=False,
)
