"""The closing chapter: replay the year's rules with a better feature, and see what it costs."""

import argparse
import json
import tempfile
from pathlib import Path

from ladder.errors import LadderError
from ladder.feature import comparison
from ladder.feature import page
from ladder.feature import tables
from ladder.places import ROOT
from ladder.places import RUNS
from ladder.policies import judge
from ladder.policies import write
from ladder.year.days import FIRST
from ladder.year.days import LAST

YEARS = 3
SOLUTION = ROOT / "shared/ladder/exercises/better_feature/flighttime/fresh.py"
PUBLISHED = ROOT / "shared" / "year" / "feature.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        type=Path,
        help="your fresh.py, with usual() and yesterday(): the real year with these, in a minute "
        "(default: measure the solution, today's features and all costs, in three minutes)",
    )
    parser.add_argument(
        "--publish",
        action="store_true",
        help="for maintainers: write shared/year/feature.json and the page about it",
    )


def main(arguments: argparse.Namespace) -> int:
    if arguments.file and arguments.publish:
        raise LadderError("only the solution is published: leave FILE out")
    if arguments.file:
        print(comparison.of_yours(yours(arguments.file), published()), end="")
        return 0
    found = whole()
    write(RUNS / "feature.json", found)
    print(tables.summary(found))
    if arguments.publish:
        write(PUBLISHED, found)
        page.PAGE.write_text(page.of(found), encoding="utf-8", newline="\n")
    return 0


def published() -> dict:
    return json.loads(PUBLISHED.read_text(encoding="utf-8"))


def yours(file: Path) -> dict:
    """The real year with a person's own functions; raises LadderError with what failed in them."""
    if not file.is_file():
        raise LadderError(f"there is no file {file}: name the one with usual() and yesterday()")
    try:
        (found,) = studied("your features, the whole year", file.resolve(), [[]])
    except LadderError as problem:
        raise LadderError(str(problem).rpartition("error: ")[2]) from None
    return found


def whole() -> dict:
    """The solution and today's features in the real year and in others, with all costs."""
    rules, costs = ["fresh", "alone", "skew", "today"], ["wind", "parts", "costs"]
    options = [measuring(costs), measuring(rules)]
    options += [["--seed", f"{seed}", *measuring(rules)] for seed in range(1, YEARS + 1)]
    title = f"{YEARS + 1} years, two sets of features"
    details, real, *others = studied(title, SOLUTION, options)
    return {"since": f"{FIRST}", "until": f"{LAST}", "real": real | details, "others": others}


def measuring(names: list[str]) -> list[str]:
    return [word for name in names for word in ("--measure", name)]


def studied(title: str, file: Path, options: list[list[str]]) -> list[dict]:
    """The numbers of the study for each set of options, made in Level 4's folder."""
    judge.run_all("the flights of the year", [["-m", "flighttime.ingest"]])
    with tempfile.TemporaryDirectory() as folder:
        results = [Path(folder) / f"{number}.json" for number in range(len(options))]
        command = ["-m", "ladder.study.feature", str(file), "--since", f"{FIRST}"]
        commands = [
            [*command, *chosen, "--out", str(result)]
            for chosen, result in zip(options, results, strict=True)
        ]
        judge.run_all(title, commands)
        return [json.loads(result.read_text(encoding="utf-8")) for result in results]
