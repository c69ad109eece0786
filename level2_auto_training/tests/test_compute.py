"""Work is done in order and a little at a time wherever it is done, and a place where it cannot be is told."""

import subprocess
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import distributed
import pytest

from flighttime import compute
from flighttime import prepare
from flighttime import settings
from flighttime import tune
from flighttime.errors import Refused

NOBODY = "tcp://127.0.0.1:9"


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "tuned", lambda section: {"where": NOBODY})


def test_work_runs_here_unless_the_settings_say_otherwise() -> None:
    assert settings.tuned("compute")["where"] == compute.HERE
    assert list(compute.each(abs, [3, -1, 2])) == [3, 1, 2]


def test_a_piece_is_asked_for_when_its_turn_has_come() -> None:
    asked = []

    results = compute.each(abs, (asked.append(piece) or piece for piece in range(1000)))

    assert asked == []
    assert (next(results), asked) == (0, [0])


def test_nothing_of_the_cluster_is_loaded_where_work_runs_here() -> None:
    code = "import sys; from flighttime import compute; print(*compute.each(abs, [-1])); print({'dask', 'distributed'} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", code], cwd=settings.ROOT, capture_output=True, text=True)

    assert done.stdout == "1\nset()\n", done.stderr


def test_where_nobody_answers_the_address_and_the_remedy_are_told(there: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute, "SECONDS_TO_ANSWER", 0.2)

    with pytest.raises(Refused, match=f"no scheduler answers at {NOBODY} .*: start it, or set compute.where to 'this machine'"):
        list(compute.each(abs, [1]))


@pytest.mark.parametrize("found", [{}, {"tcp://worker:1": "code 0f0f"}, {"tcp://worker:1": ImportError("no flighttime")}])
def test_workers_that_would_do_something_else_are_refused(there: None, monkeypatch: pytest.MonkeyPatch, found: dict) -> None:
    closed = []
    client = SimpleNamespace(run=lambda work, on_error: found, close=lambda: closed.append(True))
    monkeypatch.setattr(distributed, "Client", lambda address, timeout: client)

    with pytest.raises(Refused) as refusal:
        list(compute.each(abs, [1]))

    assert f"{NOBODY} has the workers {found}, and needs some with {compute.standing()}" in str(refusal.value)
    assert closed


def test_elsewhere_work_sees_the_feed_and_the_day_of_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_FEED", "a feed")
    surroundings = compute.surroundings()
    monkeypatch.setenv("FLIGHTTIME_FEED", "another")
    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-12-31")

    seen = compute.as_here(surroundings, lambda piece: (piece, settings.feed(), settings.today()), 7)

    assert seen == (7, "a feed", date(2013, 3, 1))


@pytest.mark.parametrize(
    ("until", "after", "expected"),
    [
        (date(2013, 3, 1), None, [(date(2013, 1, 31), None), (date(2013, 2, 28), date(2013, 1, 31)), (date(2013, 3, 1), date(2013, 2, 28))]),
        (date(2013, 1, 31), None, [(date(2013, 1, 31), None)]),
        (date(2013, 1, 1), None, [(date(2013, 1, 1), None)]),
        (date(2013, 3, 20), date(2013, 3, 12), [(date(2013, 3, 20), date(2013, 3, 12))]),
        (date(2013, 3, 5), date(2013, 2, 20), [(date(2013, 3, 5), date(2013, 2, 20))]),
        (date(2013, 3, 5), date(2013, 1, 31), [(date(2013, 2, 28), date(2013, 1, 31)), (date(2013, 3, 5), date(2013, 2, 28))]),
        (date(2013, 2, 15), date(2012, 12, 28), [(date(2013, 1, 31), date(2012, 12, 28)), (date(2013, 2, 15), date(2013, 1, 31))]),
    ],
)
def test_what_was_published_is_prepared_month_by_month(until: date, after: date | None, expected: list) -> None:
    assert prepare.spans(until, after) == expected


def test_every_window_is_tried_on_past_weeks(settled: Path, today: date, monkeypatch: pytest.MonkeyPatch) -> None:
    tuned = {**settings.all_tuned(), "tuning": {"window_days": [28, 59], "weeks": 1}}
    monkeypatch.setattr(settings, "tuned", tuned.__getitem__)

    tried = tune.tune(today)

    assert [tuple(row) for row in tried[["window_days", "until"]].itertuples(index=False)] == [(28, today), (59, today)]
    assert tried["flights"].tolist()[1] == 43770
    assert round(tried["mean_error"].tolist()[1], 2) == 8.39
