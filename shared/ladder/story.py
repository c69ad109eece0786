"""Turn the log of a workflow run into a line a step: what ran, how it ended, and why."""

import json
import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any

ANNOTATIONS = ("notice", "warning", "error")
AROUND = ("--setup-job", "--complete-job")
MARKS = {"success": "OK", "failure": "FAILED", "skipped": "skipped"}
NANOSECONDS = 1e9
DRAWING = re.compile(r"^```mermaid\n.*?^```$", re.MULTILINE | re.DOTALL)
DRAWN_ELSEWHERE = "(a drawing that GitHub shows)"


class Story:
    """The run of a workflow, printed while it runs; the output of a step is kept for a failure."""

    def __init__(
        self, show: Callable[[str], None], listen: Callable[[str], None] = lambda line: None
    ) -> None:
        self.show = show
        self.listen = listen
        self.code = 0
        self.rest: list[str] = []
        self.jobs: set[str] = set()
        self.failed: list[tuple[str, str]] = []
        self.names: dict[tuple[str, str], str] = {}
        self.logs: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self.outcomes: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self.job = ""

    def add(self, line: str) -> None:
        """Take one line of the log; a line that is not JSON goes to `rest`."""
        try:
            event = json.loads(line)
        except json.JSONDecodeError:
            self.rest.append(line.strip())
            return
        if "job" in event:
            self.jobs.add(event["jobID"])
            self.take(event, event["job"].strip().rpartition("/")[2])

    def take(self, event: dict[str, Any], job: str) -> None:
        step = (event.get("stepID") or event.get("stepid") or [""])[0]
        if "Skipping unsupported platform" in event["msg"]:
            self.head(job)
            self.show("  skipped: no such machine here")
        elif event.get("raw_output"):
            line = event["msg"].rstrip("\n")
            self.logs[job, step].append(line)
            self.listen(line)
        elif "command" in event:
            self.take_command(job, step, event)
        elif "stepResult" in event and len(event.get("stepID", [step])) == 1:
            self.end_step(job, step, event)

    def take_command(self, job: str, step: str, event: dict[str, Any]) -> None:
        command, text = event["command"], event.get("arg", "")
        if command in ANNOTATIONS:
            place = event.get("kvPairs") or {}
            where = (
                f" ({place['file']}{':' + place['line'] if 'line' in place else ''})"
                if "file" in place
                else ""
            )
            self.outcomes[job, step].append(f"{command}: {text}{where}")
        if command in (*ANNOTATIONS, "group"):
            self.logs[job, step].append(text)
        # Outputs and the summary come after the line of the step.
        elif command == "set-output":
            self.say(job, f"{event['name']}: {text}")
        elif command == "summary":
            self.say(job, DRAWING.sub(DRAWN_ELSEWHERE, event["content"]))

    def end_step(self, job: str, step: str, event: dict[str, Any]) -> None:
        result, stage = event["stepResult"], event.get("stage", "Main")
        outcomes = self.outcomes.pop((job, step), [])
        if result == "failure":
            self.failed.append((job, step))
            self.names[job, step] = event["step"]
        elif step in AROUND or stage != "Main":
            return
        self.head(job)
        seconds = event.get("executionTime", 0) / NANOSECONDS
        self.show(f"  {MARKS.get(result, result):<8}{seconds:6.1f} s  {name_of(event['step'])}")
        for outcome in outcomes:
            self.say(job, outcome)

    def close(self) -> None:
        """Print the output of failed steps: its end may come after the end of the job."""
        for job, step in self.failed:
            self.show(f"what {name_of(self.names[job, step])} in {job} said:")
            for line in "\n".join(self.logs[job, step]).splitlines() or ["nothing"]:
                self.show(f"  | {line}")

    def verdict(self) -> str:
        return (
            f"FAILED: {', '.join(dict.fromkeys(job for job, _ in self.failed))}"
            if self.code
            else "OK"
        )

    def say(self, job: str, text: str) -> None:
        self.head(job)
        for line in text.splitlines():
            self.show(f"{'':<20}{line}")

    def head(self, job: str) -> None:
        """Print the job's name whenever the job changes: jobs may run side by side."""
        if job != self.job:
            self.show(job)
            self.job = job


def name_of(step: str) -> str:
    """A step's name; without a name, its action without the version, or its first line."""
    first = (step.splitlines() or [""])[0]
    return first.partition("@")[0] if " " not in first else first
