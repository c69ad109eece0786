"""The model changes while the application answers: a new one is opened beside the old one, then takes over."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from flighttime import steps

if TYPE_CHECKING:
    from flighttime.production import Production

SECONDS_BETWEEN_LOOKS = 0.5


def changes(released: Callable[[], str | None]) -> Callable[[Callable[[], "Production"]], "Follower"]:
    """Like `functools.cache`, but what was opened is opened anew when `released` names another version."""
    return lambda opens: Follower(released, opens)


class Follower:
    """The model that answers. From the first call on, a newer one is looked for in the background."""

    def __init__(self, released: Callable[[], str | None], opens: Callable[[], "Production"]) -> None:
        self.released = released
        self.opens = opens
        self.model: Production | None = None
        self.thread: threading.Thread | None = None
        self.starting = threading.Lock()
        self.stopped = threading.Event()

    def __call__(self) -> "Production":
        with self.starting:
            if self.model is None:
                self.model = self.opens()
                self.thread = threading.Thread(target=self.look_on, daemon=True)
                self.thread.start()
            return self.model

    def look_on(self) -> None:
        told = ""
        while not self.stopped.wait(SECONDS_BETWEEN_LOOKS):
            try:
                self.look()
            except Exception as problem:
                # Whatever is wrong with the new model, the old one goes on answering.
                if told != str(problem):
                    steps.warning(f"version {self.model.version} goes on answering: {problem}")
                told = str(problem)

    def look(self) -> None:
        """Open the newest model, if it is another one; until it is open, the present one answers."""
        if self.released() != self.model.version:
            self.model = self.opens()

    def cache_clear(self) -> None:
        """Stop looking; the next call opens the model and looks again."""
        self.stopped.set()
        if self.thread:
            self.thread.join()
        self.model = self.thread = None
        self.stopped.clear()
