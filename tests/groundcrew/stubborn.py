"""What processes of test_web_workers.py do. This module imports little, and so they start fast."""

import signal
import time
from multiprocessing.synchronize import Event

SECONDS = 60


def work(stubborn: bool, ready: Event) -> None:
    if stubborn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ready.set()
    time.sleep(SECONDS)
