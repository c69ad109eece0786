"""One loop at a time: the second one learns who is first, and a dead holder causes no delay."""

import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sql
from prediction_store import use_store

from groundcrew.errors import UserError
from groundcrew.predictions import database
from groundcrew.predictions import lease
from groundcrew.predictions import schema

ELSEWHERE = "elsewhere:/runs, process 7"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_store(tmp_path / "runs", monkeypatch)


def write_lease(holder: str, seconds: float) -> None:
    """Store the lease of another process, which runs out in so many seconds."""
    lease._execute(lease.CREATE)
    row = {"holder": holder, "until": time.time() + seconds, "doing": "training"}
    with database.transaction() as connection:
        connection.execute(sql.update(schema.lease).values(**row))


def test_the_lease_names_its_holder_what_is_done_and_when_it_ends() -> None:
    with lease.held("looking") as report:
        report("training")
        holder = lease.holder()

    assert "process" in holder["holder"] and holder["doing"] == "training"
    assert 0 < holder["until"] - time.time() <= lease.SECONDS
    assert lease.holder() is None


def test_the_lease_is_free_after_a_failure() -> None:
    with pytest.raises(ZeroDivisionError), lease.held("looking"):
        raise ZeroDivisionError

    with lease.held("looking"):
        assert lease.holder()


def test_of_many_at_the_same_time_one_acts() -> None:
    acting, counts, errors = [], [], []

    def act() -> None:
        try:
            with lease.held("acting"):
                acting.append(1)
                counts.append(len(acting))
                time.sleep(0.02)
                acting.pop()
        except UserError as error:
            errors.append(str(error))

    threads = [threading.Thread(target=act) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(counts) + len(errors) == len(threads)
    assert set(counts) == {1}
    assert errors and all(error.startswith("another loop ") for error in errors)


def test_a_second_loop_learns_what_the_first_one_does() -> None:
    message = "process .*, certifying version 3: let that one go on"

    with lease.held("certifying version 3"):
        with pytest.raises(UserError, match=message), lease.held("looking"):
            pytest.fail("both hold the lease")


def test_a_lease_of_another_machine_runs_out() -> None:
    write_lease(ELSEWHERE, seconds=30)
    with pytest.raises(UserError, match=f"{ELSEWHERE}, training"), lease.held("looking"):
        pytest.fail("both hold the lease")

    write_lease(ELSEWHERE, seconds=-1)
    with lease.held("looking"):
        assert lease.holder()["doing"] == "looking"


def test_the_lease_of_a_dead_process_of_this_machine_is_taken_at_once() -> None:
    write_lease(f"{lease._place()}1", seconds=30)

    with lease.held("looking"):
        assert lease.holder()["doing"] == "looking"


def test_the_lease_is_renewed_while_it_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SECONDS", 0.2)
    monkeypatch.setattr(lease, "SECONDS_BETWEEN_RENEWALS", 0.05)

    with lease.held("training"):
        time.sleep(0.5)

        assert lease.holder()["doing"] == "training"


def test_a_loop_that_lost_the_lease_stops_and_leaves_it_to_the_new_holder() -> None:
    with lease.held("looking") as report:
        write_lease(ELSEWHERE, seconds=30)

        with pytest.raises(UserError, match="the lease ran out: .*elsewhere:/runs"):
            report("training")

    assert lease.holder()["holder"] == ELSEWHERE
