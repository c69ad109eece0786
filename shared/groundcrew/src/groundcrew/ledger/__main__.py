"""Print the decision ledger, or answer a question about the past.

python -m groundcrew.ledger
python -m groundcrew.ledger who-was-champion 2013-07-04T12:00
python -m groundcrew.ledger lineage PREDICTION_ID
python -m groundcrew.ledger verify  (checks that no entry was changed, removed or inserted)
"""

from typing import Annotated

import typer

from groundcrew import commands
from groundcrew import ledger
from groundcrew.errors import UserError
from groundcrew.ledger import history

QUESTIONS = {"who-was-champion": history.who_was_champion, "lineage": history.lineage}


def main(
    question: Annotated[
        str | None,
        typer.Argument(metavar="QUESTION", help="who-was-champion, lineage, or verify"),
    ] = None,
    subject: Annotated[
        str | None,
        typer.Argument(metavar="SUBJECT", help="a time, or the prediction_id of an answer"),
    ] = None,
) -> None:
    if question is None:
        if not (entries := ledger.entries()):
            commands.notice(f"the ledger is empty; {commands.looked()}")
        for entry in entries:
            print(_printable(_line(entry)))
    elif question == "verify" and subject is None:
        print(history.verify())
    elif question in QUESTIONS and subject is not None:
        print(_printable(QUESTIONS[question](subject)))
    else:
        raise UserError(
            f"{question!r} is not a complete question: "
            "ask who-was-champion TIME, lineage PREDICTION_ID, or verify",
        )


def _line(entry: dict) -> str:
    by = f", by {entry['by']}" if "by" in entry else ""
    decision = f"{entry['decision']}{by}: {entry.get('reason', '')}"
    return f"{entry['day']}  version {entry['version']:>3}  {decision}"


def _printable(text: str) -> str:
    """Escape line breaks and control characters, so that no name can imitate another line."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


if __name__ == "__main__":
    commands.run(main)
