"""A certificate as a table for the terminal, and as Markdown for the summary of a workflow run.

A certificate is a dict: `version`, `outcome`, `reason`, `checks` (dicts with `name`, `value` and
`passed`) and, if errors were measured, `flights`, `mean_errors` (minutes by model, None where
unknown) and `slices` (dicts with `slice`, `flights` and the mean errors).
"""

from typing import NamedTuple

import pandas as pd

SERIES = {"challenger": "bar", "champion": "line", "route median": "line"}


class Check(NamedTuple):
    """One rule: a value with its limit, and the outcome and reason if it is not passed."""

    name: str
    value: str
    passed: bool
    otherwise: str
    reason: str


def measured(errors: pd.DataFrame, slices: pd.DataFrame) -> dict:
    """Return the measured part of a certificate.

    `errors` has a row a flight and a column a model, in minutes; `slices` has a row a slice, with
    `flights` and the models' mean errors. A mean that is unknown becomes None.
    """
    rows = [{"slice": name, **row} for name, row in slices.to_dict("index").items()]
    means = errors.mean(skipna=False).to_dict()
    return {
        "flights": len(errors),
        "mean_errors": _without_nan(means),
        "slices": [_without_nan(row) for row in rows],
    }


def evidence(certificate: dict) -> dict:
    """Return what the ledger keeps of a certificate: the package's digest, and the numbers."""
    kept = ("package", "flights", "mean_errors")
    return {name: certificate[name] for name in kept if name in certificate}


def as_text(checks: list[dict]) -> str:
    """Return one aligned line for each check."""
    rows = [list(row.values()) for row in _check_rows(checks)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def as_markdown(certificate: dict) -> str:
    """Return outcome, checks and errors by slice, with a Mermaid chart of the errors."""
    parts = [
        f"## Version {certificate['version']}: {certificate['outcome']}",
        _one_line(certificate["reason"]),
        _table(_check_rows(certificate["checks"])),
    ]
    if certificate.get("flights"):  # without a flight there is no error to show
        means = certificate["mean_errors"]
        whole = {"slice": "all", "flights": certificate["flights"], **means}
        slices = [whole, *certificate["slices"]]
        title = "### Mean error by slice, in minutes"
        parts += [title, _chart(slices), _table([_slice_row(one) for one in slices])]
    return "\n\n".join(parts) + "\n"


def _without_nan(numbers: dict) -> dict:
    return {name: None if number != number else number for name, number in numbers.items()}


def _check_rows(checks: list[dict]) -> list[dict[str, str]]:
    verdicts = {True: "passed", False: "failed"}
    return [
        {"check": check["name"], "value": check["value"], "verdict": verdicts[check["passed"]]}
        for check in checks
    ]


def _slice_row(errors: dict) -> dict[str, str]:
    known = {name: errors[name] for name in SERIES if name in errors}
    minutes = {name: "-" if error is None else f"{error:.2f}" for name, error in known.items()}
    return {"slice": errors["slice"], "flights": f"{errors['flights']:,}", **minutes}


def _table(rows: list[dict[str, str]]) -> str:
    lines = [list(rows[0]), ["---"] * len(rows[0]), *(row.values() for row in rows)]
    return "\n".join("| " + " | ".join(map(_one_line, line)) + " |" for line in lines)


def _one_line(cell: str) -> str:
    return " ".join(cell.split()).replace("|", "\\|")


def _chart(slices: list[dict]) -> str:
    """A bar is the challenger, lines are its rivals; an unknown number is drawn as zero."""
    series = [name for name in SERIES if slices[0].get(name) is not None]
    labels = ", ".join(f'"{errors["slice"].rpartition("/")[2]}"' for errors in slices)
    lines = [
        "xychart-beta",
        f'    title "bars {series[0]}; lines {", ".join(series[1:])}"',
        f"    x-axis [{labels}]",
        '    y-axis "minutes"',
    ]
    for name in series:
        numbers = ", ".join(f"{errors[name] or 0:.2f}" for errors in slices)
        lines.append(f"    {SERIES[name]} [{numbers}]")
    return "\n".join(["```mermaid", *lines, "```"])
