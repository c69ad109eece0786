"""The walk in a level's README: its numbered steps, and the commands of each."""

import re
from typing import NamedTuple

from ladder.places import LEVELS

STEP = re.compile(r"^(\d+)\. .*?(?=^\d+\. |^## )", re.MULTILINE | re.DOTALL)
FENCE = re.compile(r"^ *```bash\n(.*?)^ *```\n", re.MULTILINE | re.DOTALL)
APPLICATION = "python -m flighttime.app"
# It stays up until Ctrl-C, and has no moment at which it is done.
LEFT_OUT = "ladder platform 2\n"


class Step(NamedTuple):
    """A step of a walk: its number in the README, and what to type."""

    number: int
    commands: str


def texts(level: int) -> list[str]:
    """The steps of a level's walk, as its README has them; the first one opens the shell."""
    text = (LEVELS[level] / "README.md").read_text(encoding="utf-8")
    walk = text.partition("## Walk through it")[2]
    return [found[0] for found in STEP.finditer(walk)]


def commands(text: str) -> str:
    """What to type in a step."""
    return "".join(FENCE.findall(text))


def steps(level: int) -> list[Step]:
    """The steps with what is measured of each."""
    return [
        Step(int(text.partition(".")[0]), commands(text).replace(LEFT_OUT, ""))
        for text in texts(level)
    ]


def typed(lines: str, port: int) -> str:
    """The commands on a port of their own; an application stays up in the background."""
    lines = lines.replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    if APPLICATION not in lines:
        return lines
    started = lines.replace(APPLICATION, f"{APPLICATION} --port {port}").strip()
    ask = f"curl --silent --output /dev/null http://127.0.0.1:{port}/health/ready"
    return f'({started}) > "$FLIGHTTIME_RUNS/app.log" 2>&1 &\nuntil {ask}; do sleep 0.2; done\n'


def script(walk: list[Step], port: int, mark: str) -> str:
    """A walk after its first step as one script, which prints the mark when a step is done."""
    lines = "".join(f"{typed(one.commands, port)}echo '{mark}'\n" for one in walk[1:])
    return f"set -e\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\necho '{mark}'\n{lines}"
