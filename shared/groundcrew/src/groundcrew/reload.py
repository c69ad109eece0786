"""Replace what is served while requests run: load the new version beside the old, then switch."""

import threading
from collections.abc import Callable
from typing import Generic
from typing import Protocol
from typing import TypeVar

from groundcrew import commands
from groundcrew.errors import WouldWait
from groundcrew.errors import must_not_wait

SECONDS_BETWEEN_CHECKS = 0.5


class Versioned(Protocol):
    """Anything with a version."""

    @property
    def version(self) -> str: ...


State = TypeVar("State")
Served = TypeVar("Served", bound=Versioned)


class Reloader(Generic[State, Served]):
    """Returns what is served; the first call loads it and starts to watch the state."""

    def __init__(
        self,
        read_state: Callable[[], State | None],
        open: Callable[[State | None], Served],
    ) -> None:
        self.read_state = read_state
        self.open = open
        self._state: State | None = None
        self._served: Served | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def __call__(self) -> Served:
        """Return what is served; raises UserError if there is nothing to serve.

        Raises WouldWait in a block of `at_once` if it has to be loaded first.
        """
        if self._served is None and must_not_wait():
            raise WouldWait
        return self._served or self._load_first()

    def check(self) -> None:
        """Load the state if it changed; the current version keeps serving until then."""
        with self._lock:
            state = self.read_state()
            if state is None:
                self._served = self._state = None
            elif state != self._state:
                self._load(state)

    def cache_clear(self) -> None:
        """Stop watching; the next call loads and watches again."""
        self._stopped.set()
        if self._thread:
            self._thread.join()
        self._served = self._state = self._thread = None
        self._stopped.clear()

    def _load_first(self) -> Served:
        with self._lock:
            served = self._served or self._load(self.read_state())
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, daemon=True)
                self._thread.start()
            return served

    def _load(self, state: State | None) -> Served:
        served = self.open(state)
        self._served, self._state = served, state
        return served

    def _watch(self) -> None:
        last_message = ""
        while not self._stopped.wait(SECONDS_BETWEEN_CHECKS):
            try:
                self.check()
            except Exception as problem:
                # If reloading fails, keep serving the current model; warn once a problem.
                message = f"{self._status()}: {problem}"
                if message != last_message:
                    commands.warning(message)
                last_message = message

    def _status(self) -> str:
        served = self._served
        return f"version {served.version} keeps serving" if served else "no model is served"
