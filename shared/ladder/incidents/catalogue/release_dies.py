"""The release dies half-way."""

from pathlib import Path

from ladder.incidents.apart import run_killed
from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import PERSON
from ladder.incidents.incident import PREVENTED
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question
from ladder.incidents.play import Play
from ladder.incidents.releases import RELEASE
from ladder.incidents.releases import Release
from ladder.incidents.releases import approved_by
from ladder.incidents.releases import first_release

# So many times a release touches a file; it dies at one of them, drawn by the seed.
TOUCHES = {2: 8, 3: 20, 4: 20}


def dies(play: Play, release: Release) -> None:
    if play.level < 2:
        play.inject("the machine is switched off while the file is being copied")
        return half(play, play.team.sent, play.team.production)
    at = play.random.randint(1, TOUCHES[play.level])
    play.inject(f"the machine is switched off during the release, at its step {at}")
    if play.level == 4:
        run_killed(play, ["shadow"], "production", at)
    elif play.level == 3:
        run_killed(play, approved_by("Kim"), "", at)
        # The workflow's last step: it runs when a release has failed.
        play.run("release")
    elif run_killed(play, RELEASE, "", at).code:
        play.detect("the level", "the release did not end")
        play.later(play.assumed["incidents"]["read_days"], lambda: again(play, release))


def again(play: Play, release: Release) -> None:
    play.person("releases the version again")
    release()


def half(play: Play, source: Path, target: Path) -> None:
    content = source.read_bytes()
    target.write_bytes(content[: int(len(content) * play.random.uniform(0.1, 0.9))])


INCIDENT = Incident(
    name="release-dies",
    title="The release dies half-way",
    story="A new model is released. In the middle of it the machine is switched off. "
    "After the restart, something is in production.",
    touches="a process",
    scenario="release",
    hooks=Hooks(releasing=first_release(dies)),
    seeds=(1, 2),
    expected={
        0: (PERSON, "half a file lies in production, and the script fails on it"),
        1: (PERSON, "half a file lies in production, and the application fails on it"),
        2: (PREVENTED, "the switch is one write to the registry: it is done, or it is not"),
        3: (PREVENTED, "a release is a transaction: the next one finishes it, or takes it back"),
        4: (PREVENTED, "as Level 3, by itself on the next morning"),
    },
    case=Case(
        "Knight Capital, 1 August 2012",
        "https://www.sec.gov/litigation/admin/2013/34-70694.pdf",
        "New code was put on seven of eight servers; old code on the eighth sent millions of "
        "orders within 45 minutes, and more than 460 million dollars were lost.",
    ),
    question=Question(
        "Level 2 has no transaction. Why is it as safe as Level 3 here?",
        "Its release changes one thing. As soon as two things must change together, such as a "
        "package, an alias and a ledger, a half has to be finished or undone.",
        ("It is not as safe", "Because MLflow has transactions over files"),
    ),
    code={
        2: ("level2_auto_training/flighttime/release.py", "registry.set_champion"),
        3: ("shared/groundcrew/src/groundcrew/transactions.py", "class Switch"),
    },
    repairable=False,
)
