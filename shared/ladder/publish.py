"""Write the README's table and pictures of the year from one whole run."""

import json

from ladder import report
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import ROOT
from ladder.year import days

FOLDER = ROOT / "shared" / "year"
README = ROOT / "README.md"
BEGIN = "<!-- the year: made by `ladder run --publish` -->"
END = "<!-- end of the year -->"
# Differs from run to run, and is no property of the levels.
RUN_ONLY = ("elapsed_s", "timings")


def publish(result: dict) -> None:
    """Write the run's numbers, its pictures and the README's table.

    Raises LadderError for a run that is not a whole year of all levels.
    """
    require_whole(len(result["levels"]), result["until"])
    numbers = {name: value for name, value in result.items() if name not in RUN_ONLY}
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "report.json").write_text(
        json.dumps(numbers, indent=1) + "\n", encoding="utf-8", newline="\n"
    )
    for name, picture in pictures(numbers).items():
        (FOLDER / name).write_text(picture, encoding="utf-8", newline="\n")
    README.write_text(
        with_table(README.read_text(encoding="utf-8"), numbers), encoding="utf-8", newline="\n"
    )


def require_whole(levels: int, until: str) -> None:
    """Raise LadderError unless it is a whole year of all levels."""
    if levels < len(LEVELS) or until != f"{days.LAST}":
        raise LadderError(
            "only a whole year of all five levels is published: run without --levels and --until"
        )


def published() -> dict:
    """The numbers that the README shows."""
    return json.loads((FOLDER / "report.json").read_text(encoding="utf-8"))


def pictures(result: dict) -> dict[str, str]:
    return {
        "chart.svg": report.chart_svg(result),
        "chart-narrow.svg": report.chart_svg(result, narrow=True),
    }


def with_table(text: str, result: dict) -> str:
    """The README with a new table."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{table(result)}\n{END}{after}"


def table(result: dict) -> str:
    head = [
        "| | mean error, minutes | June to September | worst week | releases | refused "
        "| model's age, days | steps by hand, a release |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join(
        [*head, *map(level_line, result["levels"]), *map(median_line, result["baselines"].items())]
    )


def level_line(row: dict) -> str:
    cells = [f"{row[name]:.2f}" for name in ("mae", "mae_jun_sep", "worst_week_mae")]
    cells += [f"{row['releases']}", f"{row['refused']}", f"{row['mean_model_age_days']:.0f}"]
    return f"| Level {row['level']} | {' | '.join(cells)} | {row['manual_steps_per_release']} |"


def median_line(item: tuple[str, dict]) -> str:
    name, row = item
    names = {
        "route_median_frozen": "*median of each route, February's*",
        "route_median_rolling": "*the same, computed again daily*",
    }
    cells = [f"{row[column]:.2f}" for column in ("mae", "mae_jun_sep", "worst_week_mae")]
    return f"| {names[name]} | {' | '.join(cells)} | | | | |"
