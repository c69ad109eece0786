"""The tracking store is down on the day of a training."""

from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import PREVENTED
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question
from ladder.incidents.play import Play

RUNS_ON = "the application keeps the model that it has; training waits until the store is back"


def morning(play: Play) -> None:
    if play.today != play.scenario.first:
        return
    play.inject("the tracking store cannot be opened")
    store = play.state / "mlflow.db"
    if store.exists():
        store.rename(store.with_name("mlflow.away"))
        store.mkdir()


def mend(play: Play) -> None:
    store = play.state / "mlflow.db"
    if store.is_dir():
        store.rmdir()
        store.with_name("mlflow.away").rename(store)


INCIDENT = Incident(
    name="tracking-down",
    title="The tracking store is down",
    story="The machine with MLflow's store has lost its disk, and it takes days to get it back. "
    "Today a new model is wanted. Users know nothing of MLflow.",
    touches="a server",
    scenario="march",
    hooks=Hooks(morning=morning, mend=mend),
    application=True,
    expected={
        0: (PREVENTED, "it has no such store: nothing happens"),
        1: (PREVENTED, "it has no such store: nothing happens"),
        2: (PREVENTED, RUNS_ON),
        3: (PREVENTED, RUNS_ON),
        4: (PREVENTED, RUNS_ON),
    },
    case=Case(
        "Roblox, October 2021",
        "https://about.roblox.com/newsroom/2022/01/roblox-return-to-service-10-28-10-31-2021",
        "A service that many others needed was overloaded; everything that needed it "
        "was down for 73 hours.",
    ),
    question=Question(
        "Which levels pay for having a store?",
        "Levels 2 to 4: their training stops, a person has to start it again, and an application "
        "that is restarted meanwhile would not come up. Levels 0 and 1 have nothing to lose.",
        ("None: users noticed nothing", "Level 1, since it has no copy"),
    ),
    code={3: ("shared/groundcrew/src/groundcrew/reload.py", "def ")},
)
