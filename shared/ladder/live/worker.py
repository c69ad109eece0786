"""One copy of the application and its team in their own process, which replays the days it reads.

python -m ladder.live.worker TEAM PORT   (in the level's folder; started by `ladder live`)
"""

import os
import queue
import signal
import sys
import threading
from datetime import date
from pathlib import Path

from ladder.live.teams import ASSUMED
from ladder.live.teams import TEAMS
from ladder.year import assumptions
from ladder.year import days
from ladder.year.team import Team
from ladder.year.worker import Channel
from ladder.year.worker import build
from ladder.year.worker import output_to_log
from ladder.year.worker import proof

LEVEL = 4


def days_of_parent(team: Team) -> queue.SimpleQueue[date]:
    """The days that the parent sends; at the end of input the parent is gone, so stop all."""
    received: queue.SimpleQueue[date] = queue.SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            received.put(date.fromisoformat(line.strip()))
        team.close()
        os._exit(1)

    threading.Thread(target=listen, daemon=True).start()
    return received


def live(name: str, port: int, channel: Channel) -> None:
    runs = Path(os.environ["FLIGHTTIME_RUNS"])
    os.environ["FLIGHTTIME_TODAY"] = f"{days.FIRST}"
    assumed = assumptions.read()[ASSUMED[name]]
    team = TEAMS[name](assumed, runs, lambda kind, text: channel.say(kind=kind, text=text))
    team.ports = {"production": port}
    received = days_of_parent(team)
    try:
        reused = build(team, LEVEL, runs)
        with proof(LEVEL, runs, reused=reused):
            team.open()
        channel.say(kind="open")
        while True:
            day = received.get()
            os.environ["FLIGHTTIME_TODAY"] = f"{day}"
            team.morning(day)
            team.forget_after_a_week(day)
            team.predict(day)
            channel.say(kind="day", day=day)
    finally:
        team.close()


def main() -> None:
    name, port = sys.argv[1], int(sys.argv[2])
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with output_to_log(Path(os.environ["FLIGHTTIME_RUNS"]).with_suffix(".log")) as channel:
        live(name, port, channel)


if __name__ == "__main__":
    main()
