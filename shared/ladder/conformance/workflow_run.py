"""Run the commands of a project's workflow in a sandbox, job by job, as GitHub would start them.

Only what the levels' workflows use: `needs`, conditions on outputs, `env`, and steps with `run`.
Actions and installations are skipped, since the sandbox has both.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from ladder import workflows
from ladder.conformance.findings import NotMet
from ladder.conformance.sandbox import Sandbox
from ladder.workflows import Workflow

EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
OUTPUT = re.compile(r"(\w+): (.*)")
NEEDED = re.compile(r"needs\.(\w+)\.outputs\.(\w+) *(==|!=) *'(.*?)'")
INSTALL = "-m pip install"


@dataclass
class Played:
    """How each job ended: success, failure or skipped; and the outputs that it printed."""

    jobs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    failure: str = ""


def started_by(sandbox: Sandbox, event: str) -> list[Workflow]:
    """The workflows that an event starts."""
    return [one for one in workflows.read_all(sandbox.code) if event in one.events]


def that_runs(found: list[Workflow], module: str) -> Iterator[tuple[Workflow, str]]:
    """Each workflow and job whose steps run a module."""
    for workflow in found:
        for name, job in workflow.jobs.items():
            if any(module in command.split() for command in commands(job)):
                yield workflow, name


def commands(job: dict[str, Any]) -> list[str]:
    return [step["run"] for step in job.get("steps", []) if "run" in step]


def play(sandbox: Sandbox, workflow: Workflow, inputs: dict[str, str], **variables: str) -> Played:
    """Run the workflow's jobs; a failed one skips those that need it."""
    played = Played()
    common = workflow.content.get("env", {})
    for name, job in workflow.jobs.items():
        if "uses" in job:
            played.jobs[name] = "skipped"
        elif may_run(job, played):
            given = {"inputs": inputs, "vars": variables}
            texts = {**common, **job.get("env", {})}
            env = {key: replaced(text, given, played) for key, text in texts.items()}
            play_job(
                sandbox.given(**{key: text for key, text in env.items() if text}), name, job, played
            )
        else:
            played.jobs[name] = "skipped"
    return played


def may_run(job: dict[str, Any], played: Played) -> bool:
    needed = job.get("needs", [])
    needed = [needed] if isinstance(needed, str) else needed
    if any(played.jobs.get(name) != "success" for name in needed):
        return False
    for name, output, sign, wanted in NEEDED.findall(job.get("if", "")):
        if (played.outputs[name].get(output, "") == wanted) != (sign == "=="):
            return False
    return True


def play_job(sandbox: Sandbox, name: str, job: dict[str, Any], played: Played) -> None:
    played.outputs[name], played.jobs[name] = {}, "success"
    for step in job.get("steps", []):
        command = step.get("run", "")
        if not command or INSTALL in command or "failure()" in step.get("if", ""):
            continue
        for line in command.splitlines():
            program, *arguments = words(line, sandbox)
            if program != "python":
                raise NotMet(f"the workflow runs {program}, which is not run here")
            done = sandbox.start(*arguments)
            played.outputs[name].update(OUTPUT.findall(done.output))
            if done.code:
                played.jobs[name], played.failure = "failure", f"{line}: {done.last_line}"
                return


def words(line: str, sandbox: Sandbox) -> list[str]:
    """The words of a command, with "$NAME" replaced as the shell does."""
    variables = sandbox.environment()
    return [
        re.sub(r"\$(\w+)", lambda name: variables.get(name[1], ""), word)
        for word in shlex.split(line)
    ]


def replaced(text: str, given: dict[str, dict[str, str]], played: Played) -> str:
    """A text with its expressions: inputs and variables, the first of several that is set."""

    def one(expression: re.Match) -> str:
        for part in expression[1].split("||"):
            kind, _, name = part.strip().partition(".")
            if found := given.get(kind, {}).get(name):
                return found
        return "1" if "github." in expression[1] else ""

    return EXPRESSION.sub(one, text)
