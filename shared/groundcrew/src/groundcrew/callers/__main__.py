"""Print who may ask the application, or give a caller a key, or end it.

python -m groundcrew.callers
python -m groundcrew.callers add booking      (prints the key, which is shown nowhere again)
python -m groundcrew.callers remove booking   (from the next second on its key is refused)
"""

from typing import Annotated

import typer

from groundcrew import callers
from groundcrew import commands
from groundcrew.errors import UserError


def main(
    change: Annotated[str, typer.Argument(metavar="CHANGE", help="add or remove")] = "",
    name: Annotated[str, typer.Argument(metavar="NAME", help="the name of a caller")] = "",
) -> None:
    match change, name:
        case "", "":
            commands.output("callers", ", ".join(callers.read()) or "none")
        case "add", str(given) if given:
            # Not an output: in a workflow, those are shown on its page.
            print(callers.add(given), flush=True)
        case "remove", str(given) if given:
            callers.remove(given)
            commands.output("removed", given)
        case _:
            given = f"{change} {name}".strip()
            raise UserError(f"{given!r} is no change of callers: add NAME, or remove NAME")


if __name__ == "__main__":
    commands.run(main)
