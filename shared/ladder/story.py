"""Turns the log of a workflow run into what a person wants to know: what ran, how it ended, and why."""

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
    """Told line by line while the workflow runs; the log of a step is kept until it is known to have failed."""

    def __init__(self, tell: Callable[[str], None], listen: Callable[[str], None] = lambda said: None) -> None:
        self.tell = tell
        self.listen = listen
        self.code = 0
        self.rest: list[str] = []
        self.jobs: set[str] = set()
        self.failed: list[tuple[str, str]] = []
        self.names: dict[tuple[str, str], str] = {}
        self.logs: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self.outcomes: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self.job = ""

    def hear(self, line: str) -> None:
        """Take one line of the log; what is not part of it is kept in `rest`."""
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
            self.tell("  skipped: no such machine here")
        elif event.get("raw_output"):
            said = event["msg"].rstrip("\n")
            self.logs[job, step].append(said)
            self.listen(said)
        elif "command" in event:
            self.take_command(job, step, event)
        elif "stepResult" in event and len(event.get("stepID", [step])) == 1:
            self.end_step(job, step, event)

    def take_command(self, job: str, step: str, event: dict[str, Any]) -> None:
        command, text = event["command"], event.get("arg", "")
        if command in ANNOTATIONS:
            place = event.get("kvPairs") or {}
            where = f" ({place['file']}{':' + place['line'] if 'line' in place else ''})" if "file" in place else ""
            self.outcomes[job, step].append(f"{command}: {text}{where}")
        if command in (*ANNOTATIONS, "group"):
            self.logs[job, step].append(text)
        # Outputs and the summary are read after the step has been told of.
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
        self.tell(f"  {MARKS.get(result, result):<8}{seconds:6.1f} s  {name_of(event['step'])}")
        for outcome in outcomes:
            self.say(job, outcome)

    def close(self) -> None:
        """Tell why: the last lines of a log may come after the end of their job."""
        for job, step in self.failed:
            self.tell(f"what {name_of(self.names[job, step])} in {job} said:")
            for line in "\n".join(self.logs[job, step]).splitlines() or ["nothing"]:
                self.tell(f"  | {line}")

    def verdict(self) -> str:
        return f"FAILED: {', '.join(dict.fromkeys(job for job, _ in self.failed))}" if self.code else "OK"

    def say(self, job: str, text: str) -> None:
        self.head(job)
        for line in text.splitlines():
            self.tell(f"{'':<20}{line}")

    def head(self, job: str) -> None:
        """Name the job wherever the story turns to it: jobs may run side by side."""
        if job != self.job:
            self.tell(job)
            self.job = job


def name_of(step: str) -> str:
    """A step's name; of an unnamed one its action without the version, or its first line."""
    first = (step.splitlines() or [""])[0]
    return first.partition("@")[0] if " " not in first else first
