"""What the gate found is told in the terminal and on the workflow's page, with every number."""

import pytest

from flighttime import report
from flighttime.certificates import Certificate
from flighttime.certificates import Check

CHECKS = [
    Check("gain on the champion", "+0.50 minutes (+0.20 to +0.80)", "at least 0.05, and surely above 0", True),
    Check("staging", "the page:\n500 |no", "the release's own tests pass", False),
    Check("worst slice", "no slice to compare", "at most +1.0", None),
]
MEANS = {"challenger": 8.0, "champion": 8.5, "route median": 7.9}
SLICES = [{"slice": "carrier/UA", "flights": 1400, "challenger": 8.25, "champion": None, "route median": 8.0}]
CERTIFICATE = Certificate("7", "3", "REJECT", "staging: 500 |no", 6200, MEANS, {}, SLICES, CHECKS)


def test_a_terminal_gets_a_line_for_each_check() -> None:
    lines = report.text(CERTIFICATE).splitlines()

    assert [line.split("  ")[0] for line in lines[:1]] == ["gain on the champion"]
    assert [line.endswith(word) for line, word in zip(lines[::2], ("passed", "does not count"), strict=False)]
    assert lines[0].index("at least") == lines[-1].index("at most")


def test_a_page_gets_outcome_reason_table_plot_and_slices() -> None:
    page = report.markdown(CERTIFICATE)

    assert page.startswith("## Version 7: REJECT\n\nstaging: 500 \\|no\n\n| check | number | limit | verdict |\n")
    assert "| staging | the page: 500 \\|no | the release's own tests pass | failed |" in page
    assert "| all | 6,200 | 8.00 | 8.50 | 7.90 |" in page
    assert "| carrier/UA | 1,400 | 8.25 | - | 8.00 |" in page


def test_the_plot_has_a_bar_for_the_challenger_and_a_line_for_each_rival() -> None:
    _, _, plot = report.markdown(CERTIFICATE).partition("```mermaid\n")

    assert plot.partition("\n```")[0].splitlines() == [
        "xychart-beta",
        '    title "bars challenger; lines champion, route median"',
        '    x-axis ["all", "UA"]',
        '    y-axis "minutes"',
        "    bar [8.00, 8.25]",
        "    line [8.50, 0.00]",
        "    line [7.90, 8.00]",
    ]


@pytest.mark.parametrize("certificate", [Certificate("7", None, "REJECT", "no", 0, {}, checks=CHECKS)], ids=["not measured"])
def test_what_was_not_measured_has_no_plot(certificate: Certificate) -> None:
    assert "mermaid" not in report.markdown(certificate)
