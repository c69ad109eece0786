"""Two people release at once."""

from ladder.incidents.apart import run_together
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

CHUNK = 16 * 1024


def at_once(play: Play, release: Release) -> None:
    if play.level < 2:
        other = play.team.experiment()
        play.inject("two people copy two models to the same place, at the same time")
        return mixed(play, play.team.sent.read_bytes(), other.read_bytes())
    play.inject("two people release, at the same time")
    if play.level == 2:
        run_together(play, RELEASE, ["release", "--version", "1"])
    elif play.level == 3:
        run_together(play, approved_by("Kim"), approved_by("Lee"))
    else:
        run_together(play, ["shadow"], approved_by("Kim"))


def mixed(play: Play, one: bytes, other: bytes) -> None:
    """What two copies leave behind that write their pieces in turn, in an order of chance."""
    with play.team.production.open("wb") as target:
        places = {0: 0, 1: 0}
        while pending := [who for who in (0, 1) if places[who] < len((one, other)[who])]:
            who = play.random.choice(pending)
            content, place = (one, other)[who], places[who]
            target.seek(place)
            target.write(content[place : place + CHUNK])
            places[who] = place + CHUNK


INCIDENT = Incident(
    name="two-releases",
    title="Two people release at once",
    story="Kim and Lee both have a good reason to release today. Neither knows of the other. "
    "They press the button in the same second.",
    touches="two people, and chance",
    scenario="release",
    hooks=Hooks(releasing=first_release(at_once)),
    seeds=(1, 2),
    expected={
        0: (PERSON, "the file in production is a mixture of both"),
        1: (PERSON, "the file in production is a mixture of both"),
        2: (PREVENTED, "the registry has one champion: the last one wins, and no one learns of it"),
        3: (PREVENTED, "a lock, and a certificate that names the champion: the second is refused"),
        4: (PREVENTED, "as Level 3"),
    },
    case=Case(
        "GitHub, 21 October 2018",
        "https://github.blog/2018-10-30-oct21-post-incident-analysis/",
        "After 43 seconds without a connection, two sites had both accepted writes that the other "
        "lacked; service was degraded for 24 hours.",
    ),
    question=Question(
        "At Level 2 one of the two lost without a message. Is that prevented?",
        "Users always got answers of one whole model. But one of the two believes that their model "
        "is in production, and it is not; Level 3 says so.",
        ("Yes, a registry solves it", "No: users got a mixture"),
    ),
    code={3: ("shared/groundcrew/src/groundcrew/transactions.py", "def exclusive")},
    repairable=False,
)
