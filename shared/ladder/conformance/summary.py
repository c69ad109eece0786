"""What is published of a matrix: which statement holds on which level, and how many of each kind.

The README's table and the picture are made from it, so that tests can compare them.
"""

import json

from ladder.conformance import picture
from ladder.conformance import rubric
from ladder.conformance.matrix import Matrix
from ladder.conformance.model import LEVELS
from ladder.errors import LadderError
from ladder.publish import FOLDER
from ladder.publish import README

NUMBERS, PICTURE = FOLDER / "maturity.json", FOLDER / "maturity.svg"
BEGIN = "<!-- the model: made by `ladder check --matrix --publish` -->"
END = "<!-- end of the model -->"


def of(matrix: Matrix) -> dict:
    """The summary of a matrix of all levels."""
    return {
        "coverage": matrix.coverage,
        "statements": [
            {
                "id": one.id,
                "row": one.row,
                "level": one.level,
                "status": one.status,
                "says": one.says,
                "check": one.check,
                "as": one.same_as,
                "holds": [
                    level for level in LEVELS if matrix.cells[one.id, level].result.passed is True
                ],
            }
            for one in matrix.statements
            if one.runs
        ],
    }


def publish(matrix: Matrix) -> None:
    """Write the numbers, the picture and the README's table; raises LadderError for a surprise."""
    if matrix.surprises:
        raise LadderError("not published: cells are not as expected, mend these first")
    numbers = of(matrix)
    NUMBERS.write_text(
        json.dumps(numbers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
    )
    PICTURE.write_text(drawn(numbers), encoding="utf-8", newline="\n")
    rubric.PAGE.write_text(rubric.markdown(holds(numbers)), encoding="utf-8", newline="\n")
    page = with_table(README.read_text(encoding="utf-8"), numbers)
    README.write_text(page, encoding="utf-8", newline="\n")


def holds(summary: dict) -> dict[str, list[int]]:
    """The levels at which each check holds."""
    return {one["check"]: one["holds"] for one in summary["statements"]}


def published() -> dict:
    return json.loads(NUMBERS.read_text(encoding="utf-8"))


def drawn(summary: dict) -> str:
    """The picture, without what the levels below say in the same words."""
    own = [one for one in summary["statements"] if not one["as"]]
    return picture.svg({**summary, "statements": own}) + "\n"


def with_table(text: str, summary: dict) -> str:
    """The README with a new table."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{table(summary)}\n{END}{rest.split(END)[1]}"


def table(summary: dict) -> str:
    """How many of each level's statements hold on each level."""
    counted = summary["coverage"]
    head = [
        f"Of {sum(counted.values())} statements {counted['executable']} are proven by running a "
        f"level, {counted['settings']} by its settings; {counted['people']} are about people, "
        f"{counted['not observable']} not observable.",
        "",
        "| statements of | can be proven | Level 0 | Level 1 | Level 2 | Level 3 | Level 4 |",
        "|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *(line(summary, level) for level in LEVELS)])


def line(summary: dict, level: int) -> str:
    own = [one for one in summary["statements"] if one["level"] == level]
    held = [f"{sum(other in one['holds'] for one in own)}" for other in LEVELS]
    return f"| Level {level} | {len(own)} | {' | '.join(held)} |"
