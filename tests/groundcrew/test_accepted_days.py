"""A named person accepts days of the feed as they are; the ledger has who, which and why."""

import runpy
from datetime import date

import pandas as pd
import pytest

from groundcrew import accepted_days
from groundcrew import commands
from groundcrew import feed
from groundcrew import ledger
from groundcrew.errors import UserError

FIRST, LAST = date(2013, 2, 10), date(2013, 2, 12)


def accept(today: date, **changed: object) -> None:
    values = {"first": FIRST, "last": LAST, "by": "Kim", "reason": "a strike", "today": today}
    accepted_days.accept(**(values | changed))


def days(*texts: str) -> list[pd.Timestamp]:
    return [pd.Timestamp(text) for text in texts]


def test_the_ledger_has_the_days_the_person_and_the_reason(today: date) -> None:
    accept(today)

    (entry,) = ledger.entries()
    assert (entry["decision"], entry["by"], entry["reason"]) == ("days accepted", "Kim", "a strike")
    assert entry["evidence"] == {"first": "2013-02-10", "last": "2013-02-12", "labels": False}
    assert list(accepted_days.accepted()) == days("2013-02-10", "2013-02-11", "2013-02-12")


def test_labels_are_accepted_only_where_that_is_said(today: date) -> None:
    accept(today)
    accept(today, first=LAST, labels=True)

    assert list(accepted_days.accepted(labels=True)) == days("2013-02-12")
    assert len(accepted_days.accepted()) == 3


def test_without_an_acceptance_there_are_no_accepted_days() -> None:
    assert accepted_days.accepted().empty


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"reason": " "}, "the acceptance has an empty --reason: say who accepts"),
        ({"by": " "}, "the acceptance has an empty --by: say who accepts"),
        ({"first": date(2013, 2, 13)}, "2013-02-13 to 2013-02-12 are not 1 to 92 days before"),
        ({"first": date(2012, 2, 13)}, "2012-02-13 to 2013-02-12 are not 1 to 92 days before"),
        ({"last": date(2013, 3, 1)}, "2013-02-10 to 2013-03-01 are not 1 to 92 days before"),
    ],
)
def test_an_acceptance_that_no_one_answers_for_is_refused(
    today: date, changed: dict, reason: str
) -> None:
    with pytest.raises(UserError, match=f"^{reason}"):
        accept(today, **changed)

    assert ledger.entries() == []


def test_a_delivery_is_judged_without_its_accepted_days(today: date) -> None:
    delivery = feed.delivery(today, date(2013, 2, 20))
    accept(today, first=date(2013, 2, 25), last=date(2013, 2, 25))

    judged = accepted_days.without(delivery)

    assert set(delivery.flights["date"]) - set(judged.flights["date"]) == set(days("2013-02-25"))
    assert set(delivery.weather["day"]) - set(judged.weather["day"]) == {25}


def test_the_command_accepts_days(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    options = ["--first", "2013-02-10", "--last", "2013-02-12", "--by", "Kim", "--reason", "x"]
    monkeypatch.setattr("sys.argv", ["accepted_days", *options])

    commands.run(accepted_days.main)

    assert capsys.readouterr().out == "accepted: 2013-02-10 to 2013-02-12\n"
    assert len(accepted_days.accepted()) == 3


@pytest.mark.filterwarnings("ignore:.*found in sys.modules")
def test_the_command_names_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr("sys.argv", ["accepted_days", "--first", "2013-02-10"])

    with pytest.raises(SystemExit, match="2"):
        runpy.run_module("groundcrew.accepted_days", run_name="__main__")

    assert "Missing option '--last'" in capsys.readouterr().err
