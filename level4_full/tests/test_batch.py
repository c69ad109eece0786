"""A file of any length is answered flight by flight as if it were short: all of it, or none."""

import io
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from flighttime import batch
from flighttime import score
from flighttime import tables
from flighttime.errors import Refused
from flighttime.production import Production

FLIGHT = {
    "flight_id": "mine",
    "carrier": "UA",
    "origin": "EWR",
    "dest": "IAH",
    "distance": 1400.0,
    "sched_dep_min": 317.0,
    "sched_block": 244.0,
    "seats": 149.0,
}
KINDS = [".csv", ".parquet"]


class Model:
    """One line instead of a hundred trees: an answer tells which flight it belongs to."""

    def predict(self, flights: pd.DataFrame) -> pd.Series:
        return flights["distance"] / 7


answer = partial(score.score, model=Production("seven", Model()))


@pytest.fixture(autouse=True)
def short_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "CHUNK", 4)


def made_up(count: int = 10, **columns: object) -> pd.DataFrame:
    return pd.DataFrame([FLIGHT] * count).assign(distance=[100.0 + row for row in range(count)], **columns)


def put(flights: pd.DataFrame, path: Path) -> Path:
    flights.to_csv(path, index=False) if path.suffix == ".csv" else flights.to_parquet(path, index=False)
    return path


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, keep_default_na=False, na_values=[""]) if path.suffix == ".csv" else pd.read_parquet(path)


def run(source: Path, target: Path) -> int:
    with batch.going_to(target) as write:
        return batch.answer_file(source, write, score.check, answer)


def refused(source: Path, target: Path) -> str:
    """Why a batch was refused; nothing may be left of it."""
    before = set(target.parent.iterdir())
    with pytest.raises(Refused) as refusal:
        run(source, target)
    assert set(target.parent.iterdir()) == before
    return str(refusal.value)


@pytest.mark.parametrize("count", [4, 5, 10])
@pytest.mark.parametrize("after", KINDS)
@pytest.mark.parametrize("before", KINDS)
def test_every_flight_gets_its_answer_in_any_kind_of_file(tmp_path: Path, before: str, after: str, count: int) -> None:
    flights = made_up(count)

    done = run(put(flights, tmp_path / f"flights{before}"), tmp_path / f"answers{after}")

    assert done == count
    answers = read(tmp_path / f"answers{after}")
    pd.testing.assert_frame_equal(answers, answer(flights), check_exact=True, check_dtype=False)


@pytest.mark.parametrize(("count", "sizes"), [(3, [3]), (8, [4, 4]), (10, [4, 4, 2])])
@pytest.mark.parametrize("kind", KINDS)
def test_no_more_flights_than_a_chunk_are_in_memory(tmp_path: Path, kind: str, count: int, sizes: list[int]) -> None:
    source = put(made_up(count), tmp_path / f"flights{kind}")

    assert [len(chunk) for chunk in tables.read(source)] == sizes


@pytest.mark.parametrize("chunk", [1, 3, 100])
def test_an_answer_does_not_depend_on_the_chunk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    flights = made_up(seats=[None, 149, 150.5, None, None, None, None, None, 2e9, 1], gate=["", *"ABCDEFGHI"])
    source = put(flights, tmp_path / "flights.csv")
    run(source, tmp_path / "by four.csv")

    monkeypatch.setattr(tables, "CHUNK", chunk)
    run(source, tmp_path / "answers.csv")

    assert (tmp_path / "answers.csv").read_bytes() == (tmp_path / "by four.csv").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_no_flights_get_no_answers_but_their_columns(tmp_path: Path, kind: str) -> None:
    done = run(put(made_up(1).head(0), tmp_path / f"flights{kind}"), tmp_path / "answers.parquet")

    answers = read(tmp_path / "answers.parquet")
    assert (done, len(answers)) == (0, 0)
    assert list(answers) == [*FLIGHT, "minutes", "model"]
    assert answers["minutes"].dtype == "float64"


@pytest.mark.parametrize("unknown", [range(4), range(4, 10), [0, 9], range(10)], ids=["first", "later", "some", "all"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_column_that_is_empty_for_a_while_stays_what_it_is(tmp_path: Path, kind: str, unknown: range) -> None:
    flights = made_up(gate="B7", stops=pd.Series([1] * 10, dtype="Int16"))
    flights.loc[unknown, ["seats", "gate", "stops"]] = None

    run(put(flights, tmp_path / f"flights{kind}"), tmp_path / "answers.parquet")

    answers = parquet.read_table(tmp_path / "answers.parquet")
    assert answers.schema.field("seats").type == pa.float64()
    assert answers.schema.field("stops").type == (pa.int16() if kind == ".parquet" else pa.string())
    for name in ("seats", "gate"):
        assert answers[name].is_null().to_pylist() == flights[name].isna().tolist()


@pytest.mark.parametrize("after", KINDS)
def test_a_column_of_nothing_but_nulls_is_unknown_for_all(tmp_path: Path, after: str) -> None:
    run(put(made_up(seats=None, gate=None), tmp_path / "flights.parquet"), tmp_path / f"answers{after}")

    answers = read(tmp_path / f"answers{after}")
    assert answers[["seats", "gate"]].isna().all(axis=None)
    assert answers["minutes"].notna().all()


def test_other_columns_of_a_csv_come_through_letter_by_letter(tmp_path: Path) -> None:
    texts = ["007", "1e5", "NA", "nan", " x", "a,b", 'say "so"', "two\nlines", "ü", ""]

    run(put(made_up(note=texts), tmp_path / "flights.csv"), tmp_path / "answers.csv")

    answers = pd.read_csv(tmp_path / "answers.csv", dtype="str", keep_default_na=False)
    assert answers["note"].tolist() == texts


def test_a_line_may_end_within_a_value_anywhere_in_a_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "CHUNK", 100_000)
    path = tmp_path / "flights.csv"
    row = '"' + "line\n" * 100 + '",x\n'
    path.write_text("note,more\n" + row * 5_000, encoding="utf-8")

    assert sum(len(chunk) for chunk in tables.read(path)) == 5_000


def test_other_columns_of_a_parquet_file_keep_their_types(tmp_path: Path) -> None:
    flights = made_up(day=pd.Timestamp("2013-03-01"), gate=pd.Categorical(["A1"] * 5 + ["B7"] * 5), codes=[["x"]] * 10)
    source, target = tmp_path / "flights.parquet", tmp_path / "answers.parquet"
    flights.to_parquet(source, row_group_size=3)

    run(source, target)

    before, after = parquet.read_schema(source), parquet.read_schema(target)
    assert [after.field(name) for name in before.names] == list(before)


def test_a_column_that_pandas_took_for_an_index_is_a_column(tmp_path: Path) -> None:
    made_up().set_index("flight_id").to_parquet(tmp_path / "flights.parquet")

    chunk = next(tables.read(tmp_path / "flights.parquet"))

    assert set(batch.known(chunk)["flight_id"]) == {"mine"}


def test_what_was_answered_before_is_answered_anew(tmp_path: Path) -> None:
    path = put(made_up(minutes=1.0, model="six"), tmp_path / "flights.csv")

    run(path, tmp_path / "answers.csv")

    answers = read(tmp_path / "answers.csv")
    assert list(answers) == [*FLIGHT, "minutes", "model"]
    assert answers["minutes"].tolist() == (made_up()["distance"] / 7).tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_answers_may_take_the_place_of_their_flights(tmp_path: Path, kind: str) -> None:
    path = put(made_up(), tmp_path / f"flights{kind}")

    run(path, path)

    pd.testing.assert_frame_equal(read(path), answer(made_up()), check_exact=True, check_dtype=False)


@pytest.mark.parametrize("code", ["NA", "9E", "nan", "1E5", "true"])
def test_codes_that_look_like_something_else_stay_codes(tmp_path: Path, code: str) -> None:
    flights = next(chunk for chunk in batch.checked(put(made_up(carrier=code), tmp_path / "flights.csv"), score.check))

    assert set(batch.known(flights)["carrier"]) == {code}


@pytest.mark.parametrize(("text", "number"), [("149", 149.0), (" 149 ", 149.0), ("1.49e2", 149.0), ("", None)])
def test_text_that_says_a_number_is_one(tmp_path: Path, text: str, number: float | None) -> None:
    put(made_up(seats=text), tmp_path / "flights.csv")

    run(tmp_path / "flights.csv", tmp_path / "answers.parquet")

    assert set(parquet.read_table(tmp_path / "answers.parquet")["seats"].to_pylist()) == {number}


@pytest.mark.parametrize("row", [0, 3, 4, 9])
@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("seats", "many", "seats holds 'many', not a number: give minutes, miles or seats"),
        ("dest", "", "dest holds nan, not a code: give one such as UA or JFK for every flight"),
    ],
)
def test_the_first_flight_that_cannot_be_answered_is_named(
    tmp_path: Path,
    column: str,
    value: str,
    reason: str,
    row: int,
) -> None:
    flights = made_up().astype({"seats": object})
    flights.loc[[row, 9], column] = value

    told = refused(put(flights, tmp_path / "flights.csv"), tmp_path / "answers.csv")

    assert told == f"flight {row + 1} of flights.csv: {reason}"


def test_the_first_flight_is_named_whatever_its_column(tmp_path: Path) -> None:
    flights = made_up().astype({"distance": object})
    flights.loc[3, "distance"], flights.loc[2, "origin"] = "far", None

    told = refused(put(flights, tmp_path / "flights.csv"), tmp_path / "answers.csv")

    assert told.startswith("flight 3 of flights.csv: origin holds nan")


@pytest.mark.parametrize("kind", KINDS)
def test_columns_that_are_missing_are_not_blamed_on_a_flight(tmp_path: Path, kind: str) -> None:
    source = put(made_up().drop(columns=["origin", "seats"]), tmp_path / f"flights{kind}")

    assert refused(source, tmp_path / "answers.csv").startswith(f"flights{kind}: missing origin, seats: every flight needs")


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    source = tmp_path / "flights.csv"
    source.write_text("seats,carrier,seats\n1,UA,2\n", encoding="utf-8")

    assert refused(source, tmp_path / "answers.csv") == "flights.csv: seats is there twice: give each column a name of its own"


def cut_off(path: Path) -> bytes:
    return path.read_bytes()[:-15]


def spoiled(path: Path) -> bytes:
    whole = path.read_bytes()
    return whole[:200] + b"\xff" * 40 + whole[240:]


def empty(path: Path) -> bytes:
    return b""


def stub(path: Path) -> bytes:
    return b"PAR1"


@pytest.mark.parametrize("spoil", [cut_off, spoiled, empty, stub])
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_breaks_off_or_is_none_is_refused(tmp_path: Path, kind: str, spoil: Callable) -> None:
    source = put(made_up(), tmp_path / f"flights{kind}")
    source.write_bytes(spoil(source))

    assert refused(source, tmp_path / "answers.csv").startswith(f"flights{kind} cannot be read as {kind} (")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("flights.xlsx", "is neither .csv nor .parquet: save the flights as one of these"),
        ("absent.csv", "absent.csv: name a file of flights with carrier"),
        ("folder.csv", "cannot be read as .csv"),
    ],
)
def test_a_place_without_flights_is_refused(tmp_path: Path, source: str, reason: str) -> None:
    (tmp_path / "folder.csv").mkdir()

    assert reason in refused(tmp_path / source, tmp_path / "answers.csv")


@pytest.mark.parametrize("target", ["folder.csv", "flights.csv/answers.csv"])
def test_a_place_that_takes_no_file_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    source = put(made_up(), tmp_path / "flights.csv")

    with pytest.raises(Refused, match="cannot be written .*choose another place"):
        run(source, tmp_path / target)

    assert {path.name for path in tmp_path.iterdir()} == {"folder.csv", "flights.csv"}


def test_lists_do_not_fit_into_a_csv(tmp_path: Path) -> None:
    source = put(made_up(codes=[["x"]] * 10), tmp_path / "flights.parquet")

    assert "or the other kind of file" in refused(source, tmp_path / "answers.csv")


def test_no_flight_of_a_refused_file_is_answered(tmp_path: Path) -> None:
    source = put(made_up(carrier=["UA"] * 9 + [None]), tmp_path / "flights.csv")
    asked = []

    with pytest.raises(Refused, match="^flight 10 "), batch.going_to(tmp_path / "answers.csv") as write:
        batch.answer_file(source, write, score.check, asked.append)

    assert asked == []


def test_through_pipes_come_flights_and_go_answers_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture,
) -> None:
    sent = io.TextIOWrapper(io.BytesIO(made_up().to_csv(index=False).encode()))
    monkeypatch.setattr(sys, "stdin", sent)

    with batch.going_to(batch.PIPE) as write:
        batch.answer_file(batch.PIPE, write, score.check, answer)
        print("done")

    given = capsysbinary.readouterr()
    answers = pd.read_csv(io.BytesIO(given.out))
    pd.testing.assert_frame_equal(answers, answer(made_up()), check_exact=True, check_dtype=False)
    assert given.err == b"done\n"


def test_whoever_stops_reading_is_told_of_files(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    table = pa.Table.from_pandas(made_up())

    with open(writing, "wb") as pipe, pytest.raises(Refused, match="does not take the predictions .*write a file"):
        tables.pour(iter([table, table]), pipe)


def test_how_far_it_has_come_is_told_on_a_terminal(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    source = put(made_up(), tmp_path / "flights.csv")
    run(source, tmp_path / "answers.csv")
    quiet = capsys.readouterr()

    monkeypatch.setattr(type(sys.stderr), "isatty", lambda self: True, raising=False)
    run(source, tmp_path / "answers.csv")

    told = capsys.readouterr()
    assert (quiet.out, quiet.err, told.out) == ("", "", "")
    assert "looking" in told.err
    assert "answering" in told.err
    assert "/10.0" in told.err
