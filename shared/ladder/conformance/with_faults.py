"""Run a project's tests in its own process, once as it is and once with each of some faults.

python with_faults.py FAULTS PYTEST_ARGUMENTS. Prints JSON: the failed tests of each run by the
fault's name, "" for none. Fixtures of the session are made once, before the first fault.
"""

import contextlib
import importlib
import json
import sys
import types
from collections.abc import Iterator

import pytest

ORIGINAL, FAULTY = "_without_fault", "_with_fault"


class Faults:
    """A pytest plugin that runs the collected tests several times."""

    def __init__(self, faults: dict[str, dict]) -> None:
        self.faults = faults
        self.ran: dict[str, int] = {}
        self.failed: dict[str, list[str]] = {}
        self.fault = ""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        runs = [("", None), *self.faults.items()]
        for number, (name, fault) in enumerate(runs):
            self.fault, self.ran[name], self.failed[name] = name, 0, []
            with applied(fault) if fault else contextlib.nullcontext():
                self.run(chosen(session.items, fault), stop=bool(fault))
            following = runs[number + 1 :]
            rest = chosen(session.items, following[0][1]) if following else []
            session._setupstate.teardown_exact(rest[0] if rest else None)
        return True

    def run(self, items: list[pytest.Item], stop: bool) -> None:
        for item, following in zip(items, [*items[1:], items[-1]], strict=False):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            self.ran[self.fault] += 1
            if stop and self.failed[self.fault]:
                return

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed[self.fault].append(report.nodeid)


def chosen(items: list[pytest.Item], fault: dict | None) -> list[pytest.Item]:
    """The tests to run with a fault: those of its files, or all where these do not exist."""
    files = fault["files"] if fault else []
    return [item for item in items if item.path.name in files] or items


@contextlib.contextmanager
def applied(fault: dict) -> Iterator[None]:
    """Replace the code of a function, wherever it has been imported to."""
    module = importlib.import_module(fault["module"])
    function = next(vars(module)[name] for name in fault["functions"] if name in vars(module))
    kept = function.__code__, function.__defaults__, function.__kwdefaults__
    original = types.FunctionType(
        function.__code__,
        function.__globals__,
        ORIGINAL,
        function.__defaults__,
        function.__closure__,
    )
    original.__kwdefaults__ = function.__kwdefaults__
    vars(module)[ORIGINAL] = original
    exec(fault["code"], vars(module))
    function.__defaults__ = function.__kwdefaults__ = None
    function.__code__ = vars(module)[FAULTY].__code__
    try:
        yield
    finally:
        function.__code__, function.__defaults__, function.__kwdefaults__ = kept


def main() -> int:
    plugin = Faults(json.loads(sys.argv[1]))
    code = pytest.main(sys.argv[2:], plugins=[plugin])
    print()
    print(json.dumps({"code": int(code), "ran": plugin.ran, "failed": plugin.failed}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
