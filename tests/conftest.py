"""The order of the tests, and a summary by level: how many tests each level's own suite ran."""


def pytest_collection_modifyitems(items):
    """What takes longest begins first, so that the processes end together."""
    items.sort(key=lambda item: ("published_numbers" not in item.name, item.get_closest_marker("slow") is None))


def pytest_terminal_summary(terminalreporter):
    suites = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "call"
        for name, value in report.user_properties
        if name == "suite"
    ]
    if not suites:
        return
    terminalreporter.section("the levels' own tests")
    for level, counted in sorted(suites):
        bad = counted.get("failures", 0) + counted.get("errors", 0)
        terminalreporter.line(
            f"{level:<24}{counted['tests']:>4} run, {bad} failed, {counted.get('skipped', 0)} skipped",
        )
