"""Each level's README is a walk: its commands, typed one after the other, print what it says."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import documents
import pytest
from level_runs import starter

from ladder import family
from ladder import ports
from ladder.child import PATIENCE
from ladder.child import end
from ladder.places import LEVELS
from ladder.places import ROOT
from ladder.teaching import walks

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="there the walk is taken in the bash of Git"),
]

SEEN = re.compile(r"You see|Done when|It says")
SPAN = re.compile(r"`([^`]+)`")
FIGURE = re.compile(r"(?<![\w-])(?:\d[\d,]*\.\d+|\d{1,3}(?:,\d{3})+|\d{3,})\b")  # in the prose
# A level's own tests and MLflow's pages are tested elsewhere, and take long.
LEFT_OUT = ("python -m pytest -q && ", "ladder platform 2\n")
# Places on a page, files and words of a table: not printed by the step.
NOT_PRINTED = re.compile(
    r"http://.*|/\w+|\w+:|[\w.]+\.(skops|joblib|csv)|handoff|minutes|model|exit|as recorded|0|1|-.*"
)
END = "the end of step"
# These texts name commands that need a state with a champion: they are typed after this walk.
OTHER_TEXTS = (ROOT / "shared" / "groundcrew" / "README.md", ROOT / ".github" / "SECURITY.md")
TYPED_AFTER = 3
NOT_TYPED = {
    "python -m groundcrew.accepted_days": "its options are in tests/groundcrew/test_accepted_days",
    "python -m groundcrew.signing --trust FILE": "another environment's key is in test_signing",
}
PRINTED = ["the ledger is intact", "fingerprint:"]
# Started as anybody starts them, by level; the commands before these have such a start in
# test_levels.py, and the application in test_soak.py. With --every whole walks are.
USUAL = {1: ("python -m flighttime.score", "python -m flighttime.deploy")}
USUAL_WITH_EVERY = (1, 3)
TIMEOUT_SECONDS = 1200


class Step(NamedTuple):
    """What to type, and what is to be seen."""

    commands: str
    expected: list[str]


def steps(level: int) -> list[Step]:
    return [step(text) for text in walks.texts(level)]


def step(text: str) -> Step:
    prose = " ".join(walks.FENCE.sub("", text).split())
    seen = SEEN.split(prose, maxsplit=1)
    shown = seen[1] if len(seen) > 1 else ""
    spans = [span for span in SPAN.findall(shown) if not NOT_PRINTED.fullmatch(span)]
    return Step(walks.commands(text), spans + FIGURE.findall(SPAN.sub("", shown)))


def of_other_texts() -> Step:
    """The commands of groundcrew that other texts name, each once."""
    named = [span for text in OTHER_TEXTS for span in documents.spans(documents.text_of(text))]
    modules = [span for span in dict.fromkeys(named) if span.startswith("python -m groundcrew.")]
    assert set(NOT_TYPED) < set(modules)
    return Step("".join(f"{line}\n" for line in modules if line not in NOT_TYPED), PRINTED)


def typed(commands: str, port: int) -> str:
    """The commands that are not tested elsewhere, on a port of their own."""
    for part in LEFT_OUT:
        commands = commands.replace(part, "")
    return walks.typed(commands, port)


def walk(level: int, runs: Path, *, as_usual: bool) -> Iterator[tuple[Step, str]]:
    """Each step after the first, which opens the shell, and what it printed."""
    first, *others = steps(level)
    if level == TYPED_AFTER:
        others.append(of_other_texts())
    assert first.commands.split() == ["python3", "ladder.py", "shell", f"{level}"]
    port = ports.somewhere()
    typing = [f"{typed(step.commands, port)}echo '{END}'\n" for step in others if step.commands]
    script = "".join(typing)
    if not as_usual:
        script = f"USUAL=$PATH\nPATH='{starter().programs}':$PATH\n{script}"
        for command in USUAL.get(level, ()):
            assert script.count(command) == 1
            script = script.replace(command, f"PATH=$USUAL {command}")
    # Not as input of the shell: a command that reads its input would take what follows.
    file = runs / "walk.sh"
    file.write_text(
        f"set -e\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n{script}", encoding="utf-8"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FLIGHTTIME")}
    environment = {
        **kept,
        "LADDER_RUNS": str(runs),
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "shared"), kept.get("PYTHONPATH", "")]),
        "SHELL": "/bin/bash",
    }
    code, printed = run_shell(level, f". '{file}'\n", environment)
    assert code == 0, printed
    return zip(others, printed.split(f"{END}\n"), strict=False)


def run_shell(level: int, line: str, environment: dict[str, str]) -> tuple[int, str]:
    """Type a line into the level's shell; whatever it started ends with it."""
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "ladder.cli", "shell", f"{level}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=environment,
    ) as shell:
        try:
            printed, _ = shell.communicate(line, timeout=TIMEOUT_SECONDS)
        finally:
            started = family.descendants(shell.pid) if shell.poll() is None else []
            end(shell)
            family.end(started, PATIENCE)
    return shell.returncode, printed


def is_printed(span: str, printed: str) -> bool:
    """Whether the output has this text, or this figure with or without its commas."""
    begins, text = span.partition("…")[0].strip(), " ".join(printed.split())
    return begins in text or FIGURE.fullmatch(span) is not None and plain(span) in plain(text)


def plain(text: str) -> str:
    return re.sub(r"(?<=\d),(?=\d{3})", "", text)


@pytest.mark.parametrize("level", LEVELS)
def test_a_walk_prints_what_its_readme_says(
    level: int, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    as_usual = level in USUAL_WITH_EVERY and pytestconfig.getoption("every")
    before = {path for path in LEVELS[level].rglob("*") if "__pycache__" not in path.parts}

    missing = {
        span: printed
        for step, printed in walk(level, tmp_path, as_usual=as_usual)
        for span in step.expected
        if not is_printed(span, printed)
    }

    assert missing == {}
    after = {path for path in LEVELS[level].rglob("*") if "__pycache__" not in path.parts}
    assert after == before


@pytest.mark.parametrize("level", LEVELS)
def test_a_walk_has_no_command_that_only_one_shell_understands(level: int) -> None:
    commands = "".join(step.commands for step in steps(level))

    assert re.findall(r"^ *[A-Z_]+=\S+ .*|[^<]<[^<].*", commands, re.MULTILINE) == []
