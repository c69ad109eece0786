"""Run a project's tests in its own process with each of some faults, until one of them fails.

python with_faults.py FAULTS PYTEST_ARGUMENTS. Prints JSON: for each fault how many tests ran, and
the one that failed; and which of these fail without a fault too. Fixtures of the session are made
once, before the first fault.
"""

import contextlib
import importlib
import json
import sys
import types
from collections.abc import Iterator

import pytest

# In the module of the fault: the function as it was and as it is, and whether the fault counts.
ORIGINAL, FAULTY, COUNTS = "_without_fault", "_with_fault", "_fault"


class Faults:
    """A pytest plugin that runs the collected tests several times."""

    def __init__(self, faults: dict[str, dict]) -> None:
        self.faults = faults
        self.ran: dict[str, int] = {}
        self.noticed: dict[str, pytest.Item | None] = {}
        self.bad: list[str] = []
        self.failed = False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        asked = {name: chosen(session.items, fault) for name, fault in self.faults.items()}
        # Without a fault first: the fixtures of the session must not be made with one.
        good = {items[0]: self.fails(session, items[0]) for items in asked.values() if items}
        for name, fault in self.faults.items():
            with applied(fault):
                self.noticed[name] = self.first_failure(session, name, asked[name])
        for item in self.noticed.values():
            if item and item not in good:
                good[item] = self.fails(session, item)
        self.bad = [item.nodeid for item, fails in good.items() if fails]
        session._setupstate.teardown_exact(None)
        return True

    def first_failure(
        self, session: pytest.Session, name: str, items: list[pytest.Item]
    ) -> pytest.Item | None:
        for number, item in enumerate(items, 1):
            self.ran[name] = number
            if self.fails(session, item):
                return item
        return None

    def fails(self, session: pytest.Session, item: pytest.Item) -> bool:
        """Run one test, on fixtures of the session that are there already."""
        self.failed = False
        # To its file: the same test may come again, and needs its own fixtures again.
        session._setupstate.teardown_exact(item.parent)  # pyrefly: ignore[bad-argument-type]
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=item.parent)
        return self.failed

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed


def chosen(items: list[pytest.Item], fault: dict) -> list[pytest.Item]:
    """The tests to run with a fault, first the one that is most likely to notice it."""
    found = [item for item in items if not fault["files"] or item.path.name in fault["files"]]
    return sorted(found, key=lambda item: fault["first"] not in item.name)


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
    vars(module).update({ORIGINAL: original, COUNTS: True})
    exec(fault["code"], vars(module))
    function.__defaults__ = function.__kwdefaults__ = None
    function.__code__ = vars(module)[FAULTY].__code__
    forget(module)
    try:
        with pytest.MonkeyPatch.context() as patch:
            if "meanwhile" in fault:
                owner, name, value = fault["meanwhile"]
                patch.setattr(importlib.import_module(owner), name, value)
            yield
    finally:
        forget(module)
        vars(module)[COUNTS] = False  # for what it has left in a cache
        function.__code__, function.__defaults__, function.__kwdefaults__ = kept


def forget(module: types.ModuleType) -> None:
    """Empty the caches of a module: they hold what was made without the fault, or with it."""
    for value in list(vars(module).values()):
        clear = getattr(value, "cache_clear", None)
        if clear is not None:
            clear()


def main() -> int:
    plugin = Faults(json.loads(sys.argv[1]))
    code = pytest.main(sys.argv[2:], plugins=[plugin])
    print()
    noticed = {name: item.nodeid for name, item in plugin.noticed.items() if item}
    report = {"code": int(code), "ran": plugin.ran, "noticed": noticed, "bad": plugin.bad}
    print(json.dumps(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
