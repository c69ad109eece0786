"""A certificate is shown in the terminal and on the workflow's page, with every number."""

from math import nan

import pandas as pd

from groundcrew import reports

CERTIFICATE = {
    "version": "7",
    "champion": "3",
    "outcome": "REJECT",
    "reason": "staging: 500 |no",
    "flights": 6200,
    "mean_errors": {"challenger": 8.0, "champion": 8.5, "route median": 7.9},
    "slices": [
        {
            "slice": "carrier/UA",
            "flights": 1400,
            "challenger": 8.25,
            "champion": None,
            "route median": 8.0,
        },
    ],
    "checks": [
        {
            "name": "gain on the champion",
            "value": "+0.50 minutes (+0.20 to +0.80)",
            "passed": True,
            "outcome": "TIE",
        },
        {"name": "staging", "value": "the page:\n500 |no", "passed": False, "outcome": "REJECT"},
        {"name": "worst slice", "value": "no slice to compare", "passed": True, "outcome": "TIE"},
    ],
}


def test_the_terminal_shows_one_aligned_line_for_each_check() -> None:
    first, second = reports.as_text(CERTIFICATE["checks"][::2]).splitlines()

    assert first == "gain on the champion  +0.50 minutes (+0.20 to +0.80)  passed"
    assert second == "worst slice           no slice to compare             passed"


def test_a_failed_check_is_marked_in_the_terminal() -> None:
    check = {"name": "size", "value": "99 MB", "passed": False}

    assert reports.as_text([check]) == "size  99 MB  failed"


def test_the_page_shows_outcome_reason_checks_and_slices() -> None:
    page = reports.as_markdown(CERTIFICATE)

    heading, reason, checks = page.split("\n\n")[:3]
    assert heading == "## Version 7: REJECT"
    assert reason == "staging: 500 \\|no"
    assert checks.startswith("| check | value | verdict |\n| --- |")
    assert "| staging | the page: 500 \\|no | failed |" in checks
    assert "| all | 6,200 | 8.00 | 8.50 | 7.90 |" in page
    assert "| carrier/UA | 1,400 | 8.25 | - | 8.00 |" in page


def test_the_chart_has_bars_for_the_challenger_and_a_line_for_each_rival() -> None:
    _, _, rest = reports.as_markdown(CERTIFICATE).partition("```mermaid\n")

    assert rest.partition("\n```")[0].splitlines() == [
        "xychart-beta",
        '    title "bars challenger; lines champion, route median"',
        '    x-axis ["all", "UA"]',
        '    y-axis "minutes"',
        "    bar [8.00, 8.25]",
        "    line [8.50, 0.00]",
        "    line [7.90, 8.00]",
    ]


def test_a_certificate_without_errors_has_no_chart() -> None:
    measured = ("flights", "mean_errors", "slices")
    certificate = {name: part for name, part in CERTIFICATE.items() if name not in measured}

    page = reports.as_markdown(certificate)

    assert "mermaid" not in page and "| staging |" in page


def test_a_certificate_of_no_flight_has_no_chart() -> None:
    none = pd.DataFrame({"challenger": [], "champion": [], "route median": []}, dtype=float)
    measured = reports.measured(none, none.assign(flights=[]))

    page = reports.as_markdown({**CERTIFICATE, **measured})

    assert "mermaid" not in page and "| staging |" in page


def test_the_measured_part_of_a_certificate_has_means_and_slices_that_json_can_hold() -> None:
    errors = pd.DataFrame({"challenger": [8.0, 6.0], "champion": [nan, nan]})
    slices = pd.DataFrame(
        {"flights": [2], "challenger": [7.0], "champion": [nan]},
        index=pd.Index(["carrier/UA"], name="slice"),
    )

    assert reports.measured(errors, slices) == {
        "flights": 2,
        "mean_errors": {"challenger": 7.0, "champion": None},
        "slices": [{"slice": "carrier/UA", "flights": 2, "challenger": 7.0, "champion": None}],
    }


def test_an_error_that_is_unknown_for_one_flight_makes_the_mean_unknown() -> None:
    errors = pd.DataFrame({"challenger": [8.0, nan]})

    measured = reports.measured(errors, pd.DataFrame(index=pd.Index([], name="slice")))

    assert measured["mean_errors"] == {"challenger": None}


def test_the_ledger_keeps_the_numbers_of_a_certificate_without_its_slices() -> None:
    assert reports.evidence(CERTIFICATE) == {
        "flights": 6200,
        "mean_errors": {"challenger": 8.0, "champion": 8.5, "route median": 7.9},
    }
    assert reports.evidence({"version": "7", "outcome": "REJECT"}) == {}
