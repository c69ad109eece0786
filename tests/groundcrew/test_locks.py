"""One process at a time does a piece of work on a state folder."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from groundcrew import locks
from groundcrew.errors import UserError

HOLDER = """
import time
from groundcrew import locks

with locks.exclusive("pipeline"):
    print("running", flush=True)
    time.sleep(60)
"""


def test_a_second_one_is_refused_until_the_first_has_finished() -> None:
    with locks.exclusive("pipeline"):
        with pytest.raises(UserError, match="another pipeline is running on .*: wait until it"):
            with locks.exclusive("pipeline"):
                pass

    with locks.exclusive("pipeline"):
        pass


def test_a_second_one_may_wait_for_the_first() -> None:
    begun = threading.Event()
    released = threading.Event()

    def hold() -> None:
        with locks.exclusive("pipeline"):
            begun.set()
            released.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    begun.wait(10)
    threading.Timer(0.2, released.set).start()

    with locks.exclusive("pipeline", wait_seconds=10):
        assert released.is_set()
    holder.join()


def test_a_killed_process_releases_its_lock() -> None:
    command = [sys.executable, "-c", HOLDER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "running\n"
        with pytest.raises(UserError, match="another pipeline is running"):
            with locks.exclusive("pipeline"):
                pass

        holder.kill()
        holder.wait()

        with locks.exclusive("pipeline"):
            pass


def test_an_error_in_the_block_releases_the_lock() -> None:
    with pytest.raises(ValueError), locks.exclusive("pipeline"):
        raise ValueError

    with locks.exclusive("pipeline"):
        pass


def test_other_work_and_other_state_folders_have_their_own_locks(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    with locks.exclusive("pipeline"), locks.exclusive("release"):
        monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path / "another"))
        with locks.exclusive("pipeline"):
            pass


def test_a_full_disk_is_not_taken_for_another_process(
    state: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*arguments: object, **options: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (state / "locks").mkdir()
    monkeypatch.setattr(os, "open", full)

    # In its own words: `commands.run` makes one line of it.
    with pytest.raises((OSError, UserError), match=os.strerror(errno.ENOSPC)):
        with locks.exclusive("pipeline"):
            pass
