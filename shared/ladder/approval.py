"""Ask for an approval in the terminal, where GitHub would wait for a person's."""

import json
import sys
from collections.abc import Callable
from operator import itemgetter
from pathlib import Path

import yaml

from ladder import workflows
from ladder.workflows import Workflow

GATE = Path(__file__).parent / "gate.py"
WAITING = "waiting for approval: "
Ask = Callable[[str], bool]


def install(repo: Path, answers: Path) -> None:
    """Add a first step to each job with an environment: wait for an answer in `answers`."""
    for workflow in workflows.read_all(repo):
        lines = workflow.path.read_text(encoding="utf-8").splitlines(keepends=True)
        # From the last to the first, so that the lines before an insertion keep their numbers.
        places = {job: first_step(workflow, job) for job in waiting(workflow)}
        for job, (line, column) in sorted(places.items(), key=itemgetter(1), reverse=True):
            lines[line:line] = step(workflow.jobs[job]["environment"], answers, " " * (column - 2))
        workflow.path.write_text("".join(lines), encoding="utf-8")


def waiting(workflow: Workflow) -> list[str]:
    """The jobs that GitHub lets wait for an approval."""
    return [job for job, content in workflow.jobs.items() if "environment" in content]


def first_step(workflow: Workflow, job: str) -> tuple[int, int]:
    """The line and the column of a job's first step."""
    node = yaml.compose(workflow.path.read_text(encoding="utf-8"))
    for name in ("jobs", job, "steps"):
        node = next(value for key, value in node.value if key.value == name)
    return node.value[0].start_mark.line, node.value[0].start_mark.column


def step(environment: str | dict[str, str], answers: Path, indent: str) -> list[str]:
    name = environment if isinstance(environment, str) else environment["name"]
    command = " ".join(
        f'"{Path(word).as_posix()}"' for word in (sys.executable, GATE, answers / name)
    )
    return [
        f"{indent}- name: {json.dumps(f'Approval for {name}')}\n",
        f"{indent}  run: {json.dumps(command)}\n",
    ]


def answer(line: str, answers: Path, ask: Ask) -> None:
    """If a step printed that it waits, ask the person and write the answer to the step's file."""
    if line.startswith(WAITING):
        name = line.removeprefix(WAITING).strip()
        unfinished = answers / f".{name}"
        unfinished.write_text("yes" if ask(name) else "no", encoding="utf-8")
        unfinished.replace(answers / name)


def of_terminal(name: str) -> bool:
    """Ask in the terminal; without a terminal the answer is no."""
    if not sys.stdin.isatty():
        print(
            f"  {name} waits for an approval, and there is no terminal to ask in: denied "
            "(call with --approve to approve)",
            flush=True,
        )
        return False
    print(f"  {name} waits for an approval, as it would in GitHub.", flush=True)
    try:
        return input("  Do you approve? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
