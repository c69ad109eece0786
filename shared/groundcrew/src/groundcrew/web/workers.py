"""Several processes that answer on one port: they end together, within a stated time."""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from multiprocessing.process import BaseProcess

from uvicorn import Config
from uvicorn.supervisors import Multiprocess

ENDS = ("SIGINT", "SIGTERM", "SIGBREAK")


class Ended(BaseException):
    """The group was asked to end, whatever it was doing."""


class Workers(Multiprocess):
    """Ends its processes within `grace` seconds, also those that are still starting."""

    def __init__(self, config: Config, *, grace: float) -> None:
        super().__init__(config, [config.bind_socket()])
        self.grace = grace
        self.asked_to_end = False
        for name in ENDS:
            if hasattr(signal, name):
                # uvicorn would see it only after it has waited for the worker that it checks.
                signal.signal(getattr(signal, name), self.stop)

    def stop(self, number: int, frame: object) -> None:
        # Not `should_exit.set()`: it would wait for a lock that the interrupted code may hold.
        if not self.asked_to_end:
            self.asked_to_end = True
            self.signal_queue.append(number)
            raise Ended

    def run(self) -> None:
        try:
            with contextlib.suppress(Ended):
                super().run()
        finally:
            self.should_exit.set()
            end(multiprocessing.active_children(), self.grace)

    def join_all(self) -> None:
        """Nothing: `run` waits for all of them, and not for ever."""


def end(processes: Sequence[BaseProcess], grace: float) -> None:
    """Ask processes to end, and end those that have not done so within `grace` seconds."""
    deadline = time.monotonic() + grace
    for process in processes:
        ask_to_end(process)
    for process in processes:
        process.join(max(0.0, deadline - time.monotonic()))
    for process in processes:
        if process.is_alive():
            process.kill()
            process.join()


def ask_to_end(process: BaseProcess) -> None:
    if sys.platform == "win32":
        # SIGTERM ends a process at once there; a worker takes this one for it.
        os.kill(process.pid or 0, signal.CTRL_BREAK_EVENT)
    else:
        process.terminate()


def end_with_parent(grace: float) -> None:
    """In a worker: if the parent is gone, finish what was accepted, and end within `grace`."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent, grace), daemon=True).start()


def _end_after(parent: BaseProcess, grace: float) -> None:
    parent.join()
    signal.raise_signal(signal.SIGTERM)
    time.sleep(grace)
    os._exit(1)
