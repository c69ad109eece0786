"""One loop at a time: whoever comes second is told who is first; a dead holder holds nobody up."""

import threading
import time

import pytest
import sqlalchemy as sql

from flighttime import holdings
from flighttime import lease
from flighttime import store
from flighttime import watch
from flighttime.errors import Refused


def written(holder: str, seconds: float) -> None:
    """Somebody else's lease, which runs out in so many seconds."""
    lease.done(lease.MAKE)
    row = {"holder": holder, "until": time.time() + seconds, "doing": "training"}
    with store.transaction() as connection:
        connection.execute(sql.update(holdings.lease).values(**row))


def test_it_tells_who_holds_it_what_is_done_and_when_it_is_free() -> None:
    with lease.held("looking") as tell:
        tell("training")
        held = lease.who()

    assert "process" in held["holder"] and held["doing"] == "training"
    assert 0 < held["until"] - time.time() <= lease.SECONDS
    assert lease.who() is None


def test_it_is_free_again_after_a_failure() -> None:
    with pytest.raises(ZeroDivisionError), lease.held("looking"):
        raise ZeroDivisionError

    with lease.held("looking"):
        assert lease.who()


def test_of_many_at_once_one_acts_at_a_time() -> None:
    acting, most, refused = [], [], []

    def act() -> None:
        try:
            with lease.held("acting"):
                acting.append(1)
                most.append(len(acting))
                time.sleep(0.02)
                acting.pop()
        except Refused as refusal:
            refused.append(str(refusal))

    threads = [threading.Thread(target=act) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(most) + len(refused) == len(threads)
    assert set(most) == {1}
    assert refused and all(why.startswith("another loop ") for why in refused)


def test_a_second_loop_acts_not_at_all_and_is_told_who_is_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "take", lambda today, tell: pytest.fail("it acts"))

    with lease.held("certifying version 3"), pytest.raises(Refused, match="process .*, certifying version 3: let that one go on"):
        watch.turn(watch.settings.today())


def test_on_another_machine_it_runs_out_by_itself() -> None:
    written("elsewhere:/runs, process 7", seconds=30)
    with pytest.raises(Refused, match="elsewhere:/runs, process 7, training"), lease.held("looking"):
        pass

    written("elsewhere:/runs, process 7", seconds=-1)
    with lease.held("looking"):
        assert lease.who()["doing"] == "looking"


def test_a_dead_holder_of_this_machine_is_relieved_at_once() -> None:
    written(f"{lease.here()}1", seconds=30)

    with lease.held("looking"):
        assert lease.who()["doing"] == "looking"


def test_it_is_renewed_as_long_as_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SECONDS", 0.2)
    monkeypatch.setattr(lease, "SECONDS_BETWEEN_RENEWALS", 0.05)

    with lease.held("training"):
        time.sleep(0.5)

        assert lease.who()["doing"] == "training"


def test_who_has_lost_it_does_not_go_on() -> None:
    with lease.held("looking") as tell:
        written("elsewhere:/runs, process 7", seconds=30)

        with pytest.raises(Refused, match="the lease ran out: .*elsewhere:/runs"):
            tell("training")

    assert lease.who()["holder"].startswith("elsewhere"), "and takes nothing from who has it now"
