"""`ladder incidents`: put the same incidents to every level, and measure what happens."""

import argparse
import json
import time

from ladder import places
from ladder.alone import only_writer
from ladder.errors import LadderError
from ladder.incidents import measured
from ladder.incidents import page
from ladder.incidents import publish
from ladder.incidents import runner
from ladder.incidents import stored
from ladder.incidents import terminal
from ladder.incidents.catalogue import CATALOGUE
from ladder.incidents.catalogue import can_play
from ladder.places import RUNS
from ladder.readmes import generated
from ladder.year import assumptions

LEVELS = [0, 1, 2, 3, 4]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", help="only these, such as celsius (default: all)")
    parser.add_argument("--levels", default="0,1,2,3,4", help="only these, such as 0,3")
    parser.add_argument("--jobs", type=int, default=runner.jobs_here(), help="cells at once")
    parser.add_argument("--again", action="store_true", help="play again what is played already")
    parser.add_argument("--list", action="store_true", help="only list the catalogue")
    parser.add_argument(
        "--publish", action="store_true", help="for maintainers: renew what READMEs show"
    )


def main(arguments: argparse.Namespace) -> int:
    names, levels = chosen(arguments.names), levels_of(arguments.levels)
    if arguments.list:
        print("\n".join(f"{name:22}{CATALOGUE[name].title}" for name in names))
        return 0
    if arguments.publish and (names != list(CATALOGUE) or levels != LEVELS):
        raise LadderError("only the whole catalogue at all levels is published: leave names out")
    if not 1 <= arguments.jobs <= 16:
        raise LadderError(f"--jobs {arguments.jobs}: choose from 1 to 16")
    started = time.perf_counter()
    with only_writer(stored.HOME):
        play(names, levels, arguments.jobs, again=arguments.again)
    rows = measured.matrix(names, levels)
    print(f"\n{terminal.table(rows)}\n\n{terminal.KEY}")
    result = summary(rows, levels, time.perf_counter() - started)
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    (RUNS / "incidents.json").write_text(text, encoding="utf-8", newline="\n")
    print(f"\nThe page, with what each level did: {page.write(result, RUNS / 'incidents.html')}")
    code = terminal.report(measured.surprises(rows))
    if arguments.publish:
        publish.publish(result)
        generated.write(places.LEVELS)
    return code


def play(names: list[str], levels: list[int], jobs: int, *, again: bool) -> None:
    """Play what is not played yet, and print each cell as it is done."""
    tasks = runner.plan(runner.wanted(names, levels), again=again)
    if not tasks:
        print(
            "Everything is played already, and nothing has changed since: --again plays it again."
        )
    done = 0

    def tell(name: str) -> None:
        nonlocal done
        done += 1
        print(f"{done:4} of {len(tasks)}  {name}", flush=True)

    runner.run(tasks, jobs, tell)


def chosen(names: list[str]) -> list[str]:
    """The incidents asked for, in the catalogue's order; raises LadderError for another name."""
    for name in names:
        if name not in CATALOGUE:
            raise LadderError(f"there is no incident {name!r}: `ladder incidents --list` has all")
    found = [name for name in CATALOGUE if not names or name in names]
    for name in [one for one in found if not can_play(one)]:
        print(f"{name}: left out, this system has no {CATALOGUE[name].needs}")
        found.remove(name)
    return found


def levels_of(text: str) -> list[int]:
    try:
        found = sorted({int(part) for part in text.split(",")})
    except ValueError:
        found = []
    if not found or not set(found) <= set(LEVELS):
        raise LadderError(f"--levels {text}: give numbers from 0 to 4, such as 0,3")
    return found


def summary(rows: list[dict], levels: list[int], elapsed: float) -> dict:
    cpu = sum(cell["cpu"] for row in rows for cell in row["levels"].values())
    return {
        "levels": levels,
        "rows": rows,
        "elapsed_s": round(elapsed, 1),
        "cpu_s": round(cpu, 1),
        "assumptions": assumptions.read_all()["incidents"],
    }
