"""The model changes while the application answers: a new one is opened beside the old one, then takes over."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from flighttime import steps

if TYPE_CHECKING:
    from flighttime.production import Production

SECONDS_BETWEEN_LOOKS = 0.5


def changes(standing: Callable[[], object | None]) -> Callable[[Callable[[object | None], "Production"]], "Follower"]:
    """Like `functools.cache`, but what was opened is opened anew when `standing` is another, and closed when it is None."""
    return lambda opens: Follower(standing, opens)


class Follower:
    """The model that answers. From the first call on, a newer one is looked for in the background."""

    def __init__(self, standing: Callable[[], object | None], opens: Callable[[object | None], "Production"]) -> None:
        self.standing = standing
        self.opens = opens
        self.seen: object | None = None
        self.model: Production | None = None
        self.thread: threading.Thread | None = None
        self.one_at_a_time = threading.Lock()
        self.stopped = threading.Event()

    def __call__(self) -> "Production":
        return self.model or self.first()

    def first(self) -> "Production":
        with self.one_at_a_time:
            if self.model is None:
                self.open(self.standing())
            if self.thread is None:
                self.thread = threading.Thread(target=self.look_on, daemon=True)
                self.thread.start()
            return self.model

    def look_on(self) -> None:
        told = ""
        while not self.stopped.wait(SECONDS_BETWEEN_LOOKS):
            try:
                self.look()
            except Exception as problem:
                # Whatever is wrong with the new model, or with asking for it, the old one goes on answering.
                if told != str(problem):
                    answers = f"version {self.model.version} goes on answering" if self.model else "no model answers"
                    steps.warning(f"{answers}: {problem}")
                told = str(problem)

    def look(self) -> None:
        """Open the newest model, if it is another one; until it is open, the present one answers."""
        with self.one_at_a_time:
            standing = self.standing()
            if standing is None:
                self.model = self.seen = None
            elif standing != self.seen:
                self.open(standing)

    def open(self, standing: object | None) -> None:
        self.model = self.opens(standing)
        self.seen = standing

    def cache_clear(self) -> None:
        """Stop looking; the next call opens the model and looks again."""
        self.stopped.set()
        if self.thread:
            self.thread.join()
        self.model = self.seen = self.thread = None
        self.stopped.clear()
