"""For maintainers: compare Level 4's policy with schedules and other triggers, on several years."""

import argparse
import json
from pathlib import Path

from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import ROOT
from ladder.places import RUNS
from ladder.policies import judge
from ladder.policies import picture
from ladder.policies import table

YEARS = 6
PUBLISHED = ROOT / "shared" / "year" / "policies.json"
LEVEL = LEVELS[4]
README = LEVEL / "README.md"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--years", type=int, default=YEARS, help=f"how many resampled years (default: {YEARS})"
    )
    parser.add_argument(
        "--rules", nargs="+", help="only these (default: all; a model a day is most of the work)"
    )
    parser.add_argument(
        "--publish", action="store_true", help="write Level 4's table and picture from it"
    )


def main(arguments: argparse.Namespace) -> int:
    if not 1 <= arguments.years <= 100:
        raise LadderError(f"--years {arguments.years}: choose from 1 to 100")
    if arguments.publish and (arguments.rules or arguments.years != YEARS):
        raise LadderError(
            f"only all rules on {YEARS} other years are published: leave --rules and --years out"
        )
    found = judge.years(arguments.years, arguments.rules)
    write(RUNS / "policies.json", found)
    print(table.of(found), table.worth(found), sep="\n\n")
    if arguments.publish:
        publish(found)
    return 0


def publish(found: dict) -> None:
    write(PUBLISHED, found)
    for name, drawn in pictures(found).items():
        (LEVEL / name).write_text(drawn, encoding="utf-8", newline="\n")
    README.write_text(
        table.put_into(README.read_text(encoding="utf-8"), found), encoding="utf-8", newline="\n"
    )


def published() -> dict:
    return json.loads(PUBLISHED.read_text(encoding="utf-8"))


def pictures(found: dict) -> dict[str, str]:
    return {"policies.svg": picture.of(found)}


def write(path: Path, found: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8", newline="\n")
