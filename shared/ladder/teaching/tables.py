"""The tables of the instructors' texts, made from the measured and the estimated minutes."""

from ladder.incidents.catalogue import CATALOGUE
from ladder.teaching import minutes
from ladder.teaching import timings
from ladder.teaching import versions
from ladder.teaching.minutes import Schedule

MACHINE = (
    "{processors} processors, {memory_gb} GB, {system}, Python {python}, {date}; "
    "load when it began: {load}."
)


def length(seconds: float) -> str:
    return f"{seconds:.0f}" if seconds >= 10 else f"{seconds:.1f}"


def clock(since_start: int) -> str:
    return f"{since_start // 60}:{since_start % 60:02}"


def rows(one: Schedule, start: int = 0) -> list[tuple[str, str, str, str, str]]:
    """The lines of a schedule: when, minutes, what, how known, and the machine's part."""
    seconds = {timings.titled(row): timings.total(row) for row in timings.read()["measured"]}
    found, at = [], start
    for part in one.parts:
        waits = sum(seconds[name] for name in part.machine)
        of_machine = f"{max(1, round(waits / 60))}" if part.machine else ""
        found.append((clock(at), f"{part.minutes}", part.title, part.known, of_machine))
        at += part.minutes
    if one.spare:
        found.append((clock(at), f"{one.spare}", "Spare: questions, and what took longer", "", ""))
    return [*found, (clock(start + one.minutes), "", "End", "", "")]


def schedule(name: str) -> str:
    one = minutes.named(name)
    head = ["| from | min | what | known by | machine, min |", "|---|---|---|---|---|"]
    return "\n".join([f"**{one.title}**", "", *head, *map(line, rows(one))])


def line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def machine() -> str:
    """The seconds of whole walks and of the main commands."""
    read = timings.read()
    rows = [(name(row), length(timings.total(row))) for row in read["measured"]]
    head = ["| measured | seconds |", "|---|---|"]
    on = MACHINE.format(**read["machine"]) + busy(read["machine"])
    return "\n".join([on, "", *head, *map(line, rows)])


def busy(on: dict) -> str:
    """Words that say that the machine had other work, and was slower than it is."""
    if float(on["load"] or 0) <= on["processors"]:
        return ""
    return "\n**It was busy with other work: measure again when it is quiet.**"


def name(row: dict) -> str:
    if "walk" in row:
        return f"the walk of Level {row['walk']}"
    command, _, note = row["command"].partition("  # ")
    return f"`{command}`{note and ', '}{note}"


def steps(level: int) -> str:
    """The seconds of each step of a level's walk, in a line."""
    (walk,) = (row for row in timings.read()["measured"] if row.get("walk") == level)
    each = "; ".join(f"{step['step']}: {length(step['seconds'])}" for step in walk["steps"])
    return f"Machine seconds of the walk, by step: {each}."


def questions(names: list[str]) -> str:
    """The questions of incidents, with the answers that are likely and wrong."""
    found = ["| ask | wrong answers to expect | what the measurement says |", "|---|---|---|"]
    for one in names:
        question = CATALOGUE[one].question
        wrong = " · ".join(question.wrong)
        found.append(line((f"`{one}`: {question.text}", wrong, question.answer)))
    return "\n".join(found)


def made(marked: str) -> str:
    """The text between markers of this name, such as `schedule half-day`."""
    kind, _, rest = marked.partition(" ")
    makers = {
        "schedule": lambda: schedule(rest),
        "machine": machine,
        "steps": lambda: steps(int(rest)),
        "questions": lambda: questions(rest.split()),
        "versions": versions.table,
    }
    return makers[kind]()
