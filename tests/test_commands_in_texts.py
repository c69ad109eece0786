"""A command that a text names exists, with these options; and a test runs each block of them."""

import argparse
import ast
import importlib
import inspect
import re
import shlex
from collections.abc import Iterator

import documents
import pytest
import typer

from groundcrew.commands import command_line
from ladder import cli
from ladder.errors import LadderError
from ladder.places import GROUNDCREW
from ladder.places import LEVELS
from ladder.places import ROOT

LADDER = re.compile(r"(?:python3 ladder\.py|ladder) (?=[a-z-])")
MODULE = re.compile(r"python -m (groundcrew|flighttime)\.([\w.]+)(.*)")
# Texts whose blocks of commands have a test of their own, which runs them all.
RUN_WHOLE = {f"{level.name}/README.md": "tests/test_walks.py" for level in LEVELS.values()}
# What runs each command of the other blocks: a file, and its text that does so.
RUN_BY = {
    "python3 ladder.py run": ("tests/test_run.py", '[*LADDER, "run"'),
    "python3 ladder.py test": (".ci/run", "python3 ladder.py test"),
    "python -m pip wheel --no-deps --wheel-dir vendor path/to/shared/groundcrew": (
        "tests/test_levels.py",
        'pip("wheel", "--no-build-isolation", "--wheel-dir"',
    ),
    "python -m pip install -r requirements.txt": (
        "tests/test_levels.py",
        'pip("install", *options.split()',
    ),
    "ladder exercise better_feature": ("tests/test_climb.py", "len(solutions) == len(NAMES)"),
    "ladder check": ("tests/test_climb.py", 'climber.type("ladder check")'),
    "ladder feature flighttime/fresh.py": ("tests/test_feature.py", "feature.yours("),
}


# What a text may write for a value that has a range.
PLACEHOLDERS = {"N": "1", "LEVEL": "1"}


def lines(text: str) -> Iterator[str]:
    """The commands of the bash blocks, without comments and continued lines in one."""
    for block in documents.fenced(text, "bash"):
        for line in block.replace("\\\n", "").splitlines():
            if command := line.partition("  #")[0].strip():
                yield " ".join(command.split())


def commands() -> list[str]:
    """Every command of the tool, or of a module of ours, in all texts."""
    found = {
        command
        for text in documents.texts().values()
        for command in (*documents.spans(text), *lines(text))
        if LADDER.match(command) or MODULE.match(command)
    }
    return sorted(found)


def require_command(command: str) -> None:
    """Raise an error if the tool or the module does not take these words."""
    if MODULE.match(command):
        require_module(command)
    else:
        name, *words = shlex.split(LADDER.sub("", command, count=1).partition(" && ")[0])
        if name == "--help":
            return
        parser = Parser(prog=name)
        cli.require_command(name)
        cli.load(name).add_arguments(parser)
        if words != ["--help"]:
            parser.parse_args([PLACEHOLDERS.get(word, word) for word in words])


def require_module(command: str) -> None:
    found = MODULE.match(command)
    assert found
    package, name, words = found.groups()
    if package == "flighttime":
        assert any((level / package / f"{name}.py").is_file() for level in LEVELS.values())
        return
    folder = GROUNDCREW / name.replace(".", "/")
    entry = f"groundcrew.{name}.__main__" if folder.is_dir() else f"groundcrew.{name}"
    main = importlib.import_module(entry).main
    app = typer.main.get_command(command_line._app(main))
    app.make_context(name, shlex.split(words.partition(" && ")[0]))


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:
        raise LadderError(message)


@pytest.mark.parametrize("command", commands())
def test_a_named_command_exists_with_its_options(command: str) -> None:
    if command == "python -m groundcrew.accepted_days":
        command += " --first 2013-05-01 --last 2013-05-07 --by Kim --reason strike"

    require_command(command)


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("ladder incidnt celsius --level 1", LadderError),
        ("python3 ladder.py incident celsius --lvl 1", LadderError),
        ("ladder run --until someday --pace 1", LadderError),
        ("python -m flighttime.nothing", AssertionError),
        ("python -m groundcrew.ledgers verify", ModuleNotFoundError),
        ("python -m groundcrew.keys rotate --by-whom Kim", typer.TyperException),
    ],
)
def test_a_command_that_does_not_exist_is_found(command: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        require_command(command)


def test_every_block_of_commands_is_run_by_a_test() -> None:
    blocks = {
        line
        for path, text in documents.texts().items()
        if path not in RUN_WHOLE
        for line in lines(text)
    }

    assert sorted(blocks) == sorted(RUN_BY)
    for file, text in RUN_BY.values():
        assert text in (ROOT / file).read_text(encoding="utf-8"), file


def test_the_calls_of_the_librarys_readme_fit_its_signatures() -> None:
    readme = (ROOT / "shared" / "groundcrew" / "README.md").read_text(encoding="utf-8")
    calls = [
        node.value
        for block in documents.fenced(readme, "python")
        for node in ast.parse(block).body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]

    assert [ast.unparse(call.func) for call in calls] == ["PredictionStore", "Switch"]
    for call in calls:
        positional = [None] * len(call.args)
        keywords = {str(keyword.arg): None for keyword in call.keywords}
        inspect.signature(named(ast.unparse(call.func))).bind(*positional, **keywords)


def named(name: str) -> type:
    for path in sorted(GROUNDCREW.rglob("*.py")):
        if re.search(rf"^class {name}\b", path.read_text(encoding="utf-8"), re.MULTILINE):
            module = ".".join(path.relative_to(GROUNDCREW.parent).with_suffix("").parts)
            return getattr(importlib.import_module(module.removesuffix(".__init__")), name)
    raise AssertionError(f"groundcrew has no class {name}")


def test_the_readmes_are_read_from_the_repository() -> None:
    found = commands()

    assert "ladder incident celsius --level 1 --versus 2" in found
    assert "python -m groundcrew.keys rotate --by Kim" in found
    for path, test in RUN_WHOLE.items():
        assert path in documents.texts() and (ROOT / test).is_file()
