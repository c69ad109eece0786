"""A command line from a function's signature, with one-line errors."""

import inspect
import shlex
import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Annotated
from typing import NoReturn
from typing import get_origin

import typer

from groundcrew import settings
from groundcrew.commands import looking
from groundcrew.commands import system_errors
from groundcrew.commands.messages import error
from groundcrew.errors import UserError

LONGEST_SHOWN = 100  # characters of a wrong command line


def run(main: Callable[..., None]) -> None:
    """Call `main` with the options of the command line, which Typer derives from its signature.

    Its positional parameters are arguments, its keyword-only parameters options.

    The project's settings are checked first, whether or not the command reads them.

    A UserError, a usage error or a refusal of the operating system, such as a full disk, is
    printed in one line and exits with code 2, Ctrl-C with 130.
    """
    if hasattr(sys.stdout, "reconfigure"):  # a captured stream may not have it
        # An answer may hold any character, and some consoles are not UTF-8.
        sys.stdout.reconfigure(errors="replace")
    program = _program(main)
    command = typer.main.get_command(_app(main))
    try:
        _require_values(sys.argv[1:])
        with command.make_context(program, sys.argv[1:]) as context:
            settings.check()  # before the work, which would name another problem first
            with looking.explained(context):
                command.invoke(context)
    except typer.TyperException as problem:
        _fail(_usage_error(problem.format_message(), program))
    except UserError as problem:
        _fail(str(problem))
    except typer.Exit as end:
        sys.exit(end.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as problem:
        if message := system_errors.in_words(problem):
            _fail(message)
        raise


def _require_values(words: list[str]) -> None:
    """Raise BadParameter for an empty value, such as of a variable that is not set."""
    for before, word in pairwise(["", *words]):
        if not word or (word.startswith("--") and word.endswith("=")):
            name = word.removesuffix("=") or before
            name = name if name.startswith("--") else "an argument"
            raise typer.BadParameter(f"{name} is empty: give a value, or leave it out")


def _app(main: Callable[..., None]) -> typer.Typer:
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.command(help=_help(main))(_with_options(main))
    return app


def _with_options(main: Callable[..., None]) -> Callable[..., None]:
    """Make arguments of positional parameters, and options of keyword-only ones."""

    def call(**values: object) -> None:
        main(**values)

    signature = inspect.signature(main)
    parameters = [_annotated(parameter) for parameter in signature.parameters.values()]
    # pyrefly: ignore[missing-attribute]
    call.__signature__ = signature.replace(parameters=parameters)
    return call


def _annotated(parameter: inspect.Parameter) -> inspect.Parameter:
    if get_origin(parameter.annotation) is Annotated:
        return parameter
    is_option = parameter.kind is parameter.KEYWORD_ONLY
    kind = typer.Option() if is_option else typer.Argument()
    return parameter.replace(annotation=Annotated[parameter.annotation, kind])


def _help(main: Callable[..., None]) -> str:
    """The module's docstring; \\b keeps the line breaks of a paragraph."""
    paragraphs = (main.__globals__.get("__doc__") or "").strip().split("\n\n")
    return "\n\n".join(f"\b\n{paragraph}" for paragraph in paragraphs)


def _program(main: Callable[..., None]) -> str:
    spec = main.__globals__.get("__spec__")
    return f"python -m {spec.name.removesuffix('.__main__')}" if spec else sys.argv[0]


def _usage_error(message: str, program: str) -> str:
    given = shlex.join(sys.argv[1:]) or "nothing"
    if len(given) > LONGEST_SHOWN:
        given = f"{given[:LONGEST_SHOWN]}..."
    return f"{message.rstrip('.')} (given: {given}; {program} --help lists the options)"


def _fail(message: str) -> NoReturn:
    error(message)
    sys.exit(2)
