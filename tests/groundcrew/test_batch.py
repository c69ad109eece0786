"""Batch scoring: all flights of a file or none, in constant memory, whatever the file's size."""

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import fake_level
import pandas as pd
import pyarrow as pa
import pytest
from fastapi.exceptions import RequestValidationError
from pyarrow import parquet

from groundcrew import batch
from groundcrew import settings
from groundcrew.batch import checking
from groundcrew.batch import reading
from groundcrew.batch import scoring
from groundcrew.batch import writing
from groundcrew.batch.columns import Columns
from groundcrew.errors import UserError
from groundcrew.web import schemas

CODES = ["carrier", "dest"]
NUMBERS = ["distance", "seats"]
COLUMNS = [*CODES, *NUMBERS]
INPUTS = batch.Inputs(CODES, NUMBERS)
EVERY_INPUT = batch.Inputs(fake_level.CATEGORIES, fake_level.NUMBERS)
FLIGHT = {"flight_id": "mine", "carrier": "UA", "dest": "IAH", "distance": 1400.0, "seats": 149.0}
SUFFIXES = [".csv", ".parquet"]


def answer(flights: pd.DataFrame) -> pd.DataFrame:
    """A model whose answer shows which flight it belongs to."""
    return flights.assign(minutes=flights["distance"].astype("float64") / 7, model="seven")


@pytest.fixture(autouse=True)
def short_chunks_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK", 4)
    monkeypatch.setattr(settings, "all_sections", dict)


def flights_of(count: int = 10, **columns: object) -> pd.DataFrame:
    distances = [100.0 + row for row in range(count)]
    return pd.DataFrame([FLIGHT] * count).assign(distance=distances, **columns)


def save(flights: pd.DataFrame, path: Path) -> Path:
    if path.suffix == ".csv":
        flights.to_csv(path, index=False)
    else:
        flights.to_parquet(path, index=False)
    return path


def load(path: Path) -> pd.DataFrame:
    if path.suffix == ".csv":
        return pd.read_csv(path, keep_default_na=False, na_values=[""])
    return pd.read_parquet(path)


def score(
    source: Path,
    target: Path,
    answer: Callable = answer,
    record: Callable | None = None,
) -> int:
    return INPUTS.score(source, target, answer, record)


def refusal(source: Path, target: Path) -> str:
    """The message of the refusal of a batch, which must leave no file."""
    before = set(target.parent.iterdir())
    with pytest.raises(UserError) as error:
        score(source, target)
    assert set(target.parent.iterdir()) == before
    return str(error.value)


@pytest.mark.parametrize("count", [4, 5, 10])
@pytest.mark.parametrize("after", SUFFIXES)
@pytest.mark.parametrize("before", SUFFIXES)
def test_every_flight_of_a_file_is_answered(
    tmp_path: Path,
    before: str,
    after: str,
    count: int,
) -> None:
    flights = flights_of(count)

    scored = score(save(flights, tmp_path / f"flights{before}"), tmp_path / f"answers{after}")

    assert scored == count
    pd.testing.assert_frame_equal(
        load(tmp_path / f"answers{after}"),
        answer(flights),
        check_exact=True,
        check_dtype=False,
    )


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_flight_of_a_frame_is_answered(tmp_path: Path, suffix: str) -> None:
    flights, target = flights_of(), tmp_path / f"answers{suffix}"

    scored = INPUTS.score(flights, target, answer)

    assert scored == 10
    expected = answer(flights)
    pd.testing.assert_frame_equal(load(target), expected, check_exact=True, check_dtype=False)


@pytest.mark.parametrize(("count", "sizes"), [(3, [3]), (8, [4, 4]), (10, [4, 4, 2])])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_is_read_in_chunks(
    tmp_path: Path,
    suffix: str,
    count: int,
    sizes: list[int],
) -> None:
    source = save(flights_of(count), tmp_path / f"flights{suffix}")

    assert [len(chunk) for chunk in reading.read(source, COLUMNS)] == sizes


@pytest.mark.parametrize("size", [1, 3, 100])
def test_an_answer_does_not_depend_on_the_chunk(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    size: int,
) -> None:
    seats = [None, 149, 150.5, None, None, None, None, None, 999, 1]
    source = save(flights_of(seats=seats, gate=["", *"ABCDEFGHI"]), tmp_path / "flights.csv")
    score(source, tmp_path / "by four.csv")

    monkeypatch.setattr(reading, "CHUNK", size)
    score(source, tmp_path / "answers.csv")

    assert (tmp_path / "answers.csv").read_bytes() == (tmp_path / "by four.csv").read_bytes()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_without_flights_gives_columns_without_rows(tmp_path: Path, suffix: str) -> None:
    source = save(flights_of(1).head(0), tmp_path / f"flights{suffix}")

    scored = score(source, tmp_path / "answers.parquet")

    answers = load(tmp_path / "answers.parquet")
    assert (scored, len(answers)) == (0, 0)
    assert list(answers) == [*FLIGHT, "minutes", "model"]
    assert answers["minutes"].dtype == "float64"


@pytest.mark.parametrize(
    "unknown",
    [range(4), range(4, 10), [0, 9], range(10)],
    ids=["first", "later", "some", "all"],
)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_column_that_is_null_in_a_chunk_keeps_its_type(
    tmp_path: Path,
    suffix: str,
    unknown: range,
) -> None:
    flights = flights_of(gate="B7", stops=pd.Series([1] * 10, dtype="Int16"))
    flights.loc[unknown, ["seats", "gate", "stops"]] = None

    score(save(flights, tmp_path / f"flights{suffix}"), tmp_path / "answers.parquet")

    answers = parquet.read_table(tmp_path / "answers.parquet")
    integer_or_text = pa.int16() if suffix == ".parquet" else pa.string()
    assert answers.schema.field("seats").type == pa.float64()
    assert answers.schema.field("stops").type == integer_or_text
    for name in ("seats", "gate"):
        assert answers[name].is_null().to_pylist() == flights[name].isna().tolist()


@pytest.mark.parametrize("after", SUFFIXES)
def test_a_column_of_type_null_stays_null(tmp_path: Path, after: str) -> None:
    source = save(flights_of(seats=None, gate=None), tmp_path / "flights.parquet")

    score(source, tmp_path / f"answers{after}")

    answers = load(tmp_path / f"answers{after}")
    assert answers[["seats", "gate"]].isna().all(axis=None)
    assert answers["minutes"].notna().all()


def test_other_columns_of_a_csv_keep_every_character(tmp_path: Path) -> None:
    texts = ["007", "1e5", "NA", "nan", " x", "a,b", 'say "so"', "two\nlines", "ü", ""]

    score(save(flights_of(note=texts), tmp_path / "flights.csv"), tmp_path / "answers.csv")

    answers = pd.read_csv(tmp_path / "answers.csv", dtype="str", keep_default_na=False)
    assert answers["note"].tolist() == texts


def test_a_value_with_line_breaks_may_cross_a_block_of_a_csv(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "CHUNK", 100_000)
    path = tmp_path / "flights.csv"
    row = '"' + "line\n" * 100 + '",x\n'
    path.write_text("note,more\n" + row * 5_000, encoding="utf-8")

    assert sum(len(chunk) for chunk in reading.read(path, COLUMNS)) == 5_000


def test_other_columns_of_a_parquet_file_keep_their_types(tmp_path: Path) -> None:
    gates = pd.Categorical(["A1"] * 5 + ["B7"] * 5)
    flights = flights_of(day=pd.Timestamp("2013-03-01"), gate=gates, codes=[["x"]] * 10)
    source, target = tmp_path / "flights.parquet", tmp_path / "answers.parquet"
    flights.to_parquet(source, row_group_size=3)

    score(source, target)

    before, after = parquet.read_schema(source), parquet.read_schema(target)
    assert [after.field(name) for name in before.names] == list(before)


def test_an_index_of_pandas_is_read_as_a_column(tmp_path: Path) -> None:
    flights_of().set_index("flight_id").to_parquet(tmp_path / "flights.parquet")

    chunk = next(reading.read(tmp_path / "flights.parquet", COLUMNS))

    assert set(Columns(COLUMNS, NUMBERS).frame(chunk)["flight_id"]) == {"mine"}


def test_columns_of_an_earlier_answer_are_replaced(tmp_path: Path) -> None:
    source = save(flights_of(minutes=1.0, model="six"), tmp_path / "flights.csv")

    score(source, tmp_path / "answers.csv")

    answers = load(tmp_path / "answers.csv")
    assert list(answers) == [*FLIGHT, "minutes", "model"]
    assert answers["minutes"].tolist() == (flights_of()["distance"] / 7).tolist()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_answers_may_replace_the_file_of_their_flights(tmp_path: Path, suffix: str) -> None:
    path = save(flights_of(), tmp_path / f"flights{suffix}")

    score(path, path)

    expected = answer(flights_of())
    pd.testing.assert_frame_equal(load(path), expected, check_exact=True, check_dtype=False)


@pytest.mark.parametrize("code", ["NA", "9E", "nan", "1E5", "true"])
def test_a_code_that_looks_like_another_type_stays_text(tmp_path: Path, code: str) -> None:
    path = save(flights_of(carrier=code), tmp_path / "flights.csv")

    chunk = next(chunk for chunk in reading.read(path, COLUMNS) if len(chunk))

    assert set(Columns(COLUMNS, NUMBERS).frame(chunk)["carrier"]) == {code}


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("text", "number"),
    [("149", 149.0), (" 149 ", 149.0), ("1.49e2", 149.0), ("", None)],
)
def test_text_that_is_a_number_becomes_one(
    tmp_path: Path,
    suffix: str,
    text: str,
    number: float | None,
) -> None:
    source = save(flights_of(seats=text or None), tmp_path / f"flights{suffix}")

    score(source, tmp_path / "answers.parquet")

    seats = parquet.read_table(tmp_path / "answers.parquet")["seats"]
    assert set(seats.to_pylist()) == {number}


@pytest.mark.parametrize("row", [0, 3, 4, 9])
@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("seats", "many", "seats holds 'many', not a number: give minutes, miles or seats"),
        ("dest", "", "dest holds nan, not a code: give one such as UA or JFK for every flight"),
    ],
)
def test_the_first_flight_that_is_refused_is_named(
    tmp_path: Path,
    column: str,
    value: str,
    reason: str,
    row: int,
) -> None:
    flights = flights_of().astype({"seats": object})
    flights.loc[[row, 9], column] = value

    message = refusal(save(flights, tmp_path / "flights.csv"), tmp_path / "answers.csv")

    assert message == f"flight {row + 1} of flights.csv: {reason}"


def test_the_first_refused_flight_is_named_whatever_its_column(tmp_path: Path) -> None:
    flights = flights_of().astype({"distance": object})
    flights.loc[3, "distance"], flights.loc[2, "carrier"] = "far", None

    message = refusal(save(flights, tmp_path / "flights.csv"), tmp_path / "answers.csv")

    assert message.startswith("flight 3 of flights.csv: carrier holds nan")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_missing_columns_are_reported_for_the_file(tmp_path: Path, suffix: str) -> None:
    flights = flights_of().drop(columns=["carrier", "seats"])
    source = save(flights, tmp_path / f"flights{suffix}")

    message = refusal(source, tmp_path / "answers.csv")

    needed = "every flight needs carrier, dest, distance, seats"
    assert message == f"flights{suffix}: missing carrier, seats: {needed}"


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    source = tmp_path / "flights.csv"
    source.write_text("seats,carrier,seats\n1,UA,2\n", encoding="utf-8")

    message = refusal(source, tmp_path / "answers.csv")

    expected = "more than one column is named seats: give each column a name of its own"
    assert message == f"flights.csv: {expected}"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_reading_leaves_no_thread_that_needs_the_interpreter(
    suffix: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # pyarrow reads ahead in a thread of its own, also after an error. With a file of Python, that
    # thread asks for the interpreter: at the end of the process this aborts it, with code 134.
    source = save(flights_of(), tmp_path / f"flights{suffix}")
    files: list[object] = []
    read = reading.READERS[suffix]
    monkeypatch.setitem(reading.READERS, suffix, lambda file: files.append(file) or read(file))

    assert sum(map(len, reading.read(source, COLUMNS))) == 10

    assert [type(file) for file in files] == [pa.OSFile]


def truncated(path: Path) -> bytes:
    return path.read_bytes()[:-15]


def corrupted(path: Path) -> bytes:
    content = path.read_bytes()
    return content[:100] + b"\xff" * 40 + content[140:]


def empty(path: Path) -> bytes:
    return b""


def only_a_header(path: Path) -> bytes:
    return b"PAR1"


@pytest.mark.parametrize("damage", [truncated, corrupted, empty, only_a_header])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_damaged_file_is_refused(tmp_path: Path, suffix: str, damage: Callable) -> None:
    source = save(flights_of(), tmp_path / f"flights{suffix}")
    source.write_bytes(damage(source))

    message = refusal(source, tmp_path / "answers.csv")

    assert message.startswith(f"flights{suffix} cannot be read as {suffix} (")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("flights.xlsx", "is neither .csv nor .parquet: save the flights as one of these"),
        ("absent.csv", "absent.csv: name a file of flights with carrier, dest, distance, seats"),
        ("folder.csv", "cannot be read as .csv"),
    ],
)
def test_a_source_that_is_not_a_file_of_flights_is_refused(
    tmp_path: Path,
    source: str,
    reason: str,
) -> None:
    (tmp_path / "folder.csv").mkdir()

    assert reason in refusal(tmp_path / source, tmp_path / "answers.csv")


@pytest.mark.parametrize("target", ["folder.csv", "flights.csv/answers.csv"])
def test_a_target_that_cannot_be_written_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    source = save(flights_of(), tmp_path / "flights.csv")

    with pytest.raises(UserError, match="cannot be written .*choose another place"):
        score(source, tmp_path / target)

    assert {path.name for path in tmp_path.iterdir()} == {"folder.csv", "flights.csv"}


def test_a_target_of_another_type_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="answers.txt is neither .*choose such a name for the pred"):
        score(tmp_path / "absent.csv", tmp_path / "answers.txt")


def test_lists_cannot_be_written_as_csv(tmp_path: Path) -> None:
    source = save(flights_of(codes=[["x"]] * 10), tmp_path / "flights.parquet")

    assert "or the other kind of file" in refusal(source, tmp_path / "answers.csv")


def test_no_flight_of_a_refused_file_is_answered(tmp_path: Path) -> None:
    source = save(flights_of(carrier=["UA"] * 9 + [None]), tmp_path / "flights.csv")
    asked = []

    with pytest.raises(UserError, match="^flight 10 "):
        score(source, tmp_path / "answers.csv", answer=asked.append)

    assert asked == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_each_answered_chunk_is_recorded(tmp_path: Path, suffix: str) -> None:
    recorded = []
    source = save(flights_of(gate="B7"), tmp_path / f"flights{suffix}")

    score(source, tmp_path / "answers.csv", record=recorded.append)

    assert [len(chunk) for chunk in recorded] == [4, 4, 2]
    expected = answer(flights_of(gate="B7"))
    pd.testing.assert_frame_equal(
        pd.concat(recorded, ignore_index=True)[list(expected)],
        expected,
        check_exact=True,
        check_dtype=False,
    )


def test_a_chunk_is_recorded_before_it_is_written() -> None:
    events = []
    chunks = iter([pa.Table.from_pandas(flights_of(1))] * 2)

    for _ in scoring.recorded(chunks, lambda chunk: events.append("record")):
        events.append("write")

    assert events == ["record", "write"] * 2


def test_answers_that_cannot_be_recorded_are_not_written(tmp_path: Path) -> None:
    def record(chunk: pd.DataFrame) -> None:
        raise UserError("the prediction store is out of reach")

    source = save(flights_of(), tmp_path / "flights.csv")

    with pytest.raises(UserError, match="out of reach"):
        score(source, tmp_path / "answers.csv", record=record)

    assert [path.name for path in tmp_path.iterdir()] == ["flights.csv"]


def test_stdout_carries_the_answers_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture,
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(flights_of().to_csv(index=False).encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    monkeypatch.setattr(sys, "stdout", sys.stdout)  # restored after the test

    def talkative(flights: pd.DataFrame) -> pd.DataFrame:
        print("answering")
        return answer(flights).head(len(flights))

    scored = score(batch.PIPE, batch.PIPE, answer=talkative)
    print(f"flights: {scored}")

    output = capsysbinary.readouterr()
    answers = pd.read_csv(io.BytesIO(output.out))
    expected = answer(flights_of())
    pd.testing.assert_frame_equal(answers, expected, check_exact=True, check_dtype=False)
    assert output.err == b"answering\n" * 3 + b"flights: 10\n"


def test_a_closed_pipe_is_reported(tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    table = pa.Table.from_pandas(flights_of())

    with open(write_end, "wb") as pipe:
        with pytest.raises(UserError, match="does not take the predictions .*write a file"):
            writing.write_pipe(iter([table, table]), pipe)


def test_progress_is_shown_on_a_terminal_only(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    source = save(flights_of(), tmp_path / "flights.csv")
    score(source, tmp_path / "answers.csv")
    without_terminal = capsys.readouterr()

    monkeypatch.setattr(type(sys.stderr), "isatty", lambda self: True, raising=False)
    score(source, tmp_path / "answers.csv")

    shown = capsys.readouterr()
    assert (without_terminal.out, without_terminal.err, shown.out) == ("", "", "")
    assert "checking" in shown.err
    assert "answering" in shown.err
    assert "/10.0" in shown.err


def test_checking_yields_every_flight(tmp_path: Path) -> None:
    path = save(flights_of(), tmp_path / "flights.csv")

    chunks = list(checking.checked(path, INPUTS.check, Columns(COLUMNS, NUMBERS)))

    assert [len(chunk) for chunk in chunks] == [4, 4, 2]


def test_the_check_gives_the_features_in_order() -> None:
    flights = flights_of(2, gate="B7", seats=pd.Series([149, None], dtype="Int64"))

    inputs = INPUTS.check(flights[flights.columns[::-1]])

    assert list(inputs) == ["carrier", "dest", "distance", "seats"]
    assert inputs["seats"].dtype == inputs["distance"].dtype == "float64"
    assert inputs["seats"].isna().tolist() == [False, True]


@pytest.mark.parametrize("missing", ["timedelta64[us]", "datetime64[us]", "object", "boolean"])
def test_a_number_that_is_always_missing_may_have_any_type(missing: str) -> None:
    flights = flights_of(3, seats=pd.Series([None] * 3, dtype=missing))

    seats = INPUTS.check(flights)["seats"]

    assert seats.isna().all() and seats.dtype == "float64"


def test_no_flights_pass_the_check() -> None:
    assert len(INPUTS.check(flights_of(1).head(0))) == 0


@pytest.mark.parametrize("name", COLUMNS)
def test_a_missing_column_is_named(name: str) -> None:
    with pytest.raises(UserError, match=f"^missing {name}: every flight needs carrier, dest"):
        INPUTS.check(flights_of().drop(columns=name))


@pytest.mark.parametrize("name", NUMBERS)
def test_text_in_place_of_a_number_is_shown(name: str) -> None:
    with pytest.raises(UserError, match=f"^{name} holds 'many', not a number: give minutes"):
        INPUTS.check(flights_of().assign(**{name: "many"}))


@pytest.mark.parametrize("value", [None, "", 5])
@pytest.mark.parametrize("name", CODES)
def test_a_value_that_is_not_a_code_is_shown(name: str, value: object) -> None:
    column = pd.Series(["UA"] * 9 + [value], dtype=object)

    with pytest.raises(UserError, match=f"^{name} holds .*, not a code: give one such as UA"):
        INPUTS.check(flights_of(**{name: column}))


INVALID = {
    "distance": [-5, 0, float("inf"), 1e29, 12_001, True, None],
    "sched_dep_min": [-1, 1441, 1730, None],
    "sched_block": [-1, 1441, float("inf")],
    "seats": [-3, 0, 1001, False],
    "carrier": ["", None, 7, "U" * 41, "U\0"],
    "flight_id": ["x" * 41, "x\0"],
}
VALID = {
    "distance": [0.5, 12_000],
    "sched_dep_min": [0, 1440, 317.5],
    "sched_block": [0, 1440, None],
    "seats": [0.5, 1000, None],
    "carrier": ["U" * 40],
    "flight_id": ["x" * 40, None],
}


def pairs(values: dict[str, list]) -> list[tuple[str, object]]:
    return [(name, value) for name, column in values.items() for value in column]


@pytest.mark.parametrize(("name", "value"), pairs(INVALID))
def test_batch_and_api_refuse_the_same_values(name: str, value: object) -> None:
    flight = fake_level.FLIGHT | {name: value}

    with pytest.raises(RequestValidationError):
        schemas.read_records([flight])
    with pytest.raises(UserError, match=f"^{name} (is|holds) .*: give "):
        EVERY_INPUT.check(pd.DataFrame([flight]))


@pytest.mark.parametrize(("name", "value"), pairs(VALID))
def test_batch_and_api_accept_the_same_values(name: str, value: object) -> None:
    flight = fake_level.FLIGHT | {name: value}

    assert schemas.read_records([flight])
    assert len(EVERY_INPUT.check(pd.DataFrame([flight]))) == 1


def test_a_single_flight_may_leave_out_what_the_api_lets_it_leave_out() -> None:
    left_out = {name: fake_level.FLIGHT[name] for name in schemas.REQUIRED}

    inputs = EVERY_INPUT.check(EVERY_INPUT.parse(json.dumps(left_out)))

    assert inputs[schemas.OPTIONAL].isna().all(axis=None)
    assert schemas.read_records([left_out])


def test_a_misspelt_value_of_a_single_flight_is_not_taken_for_an_unknown_one() -> None:
    flight = {name: value for name, value in fake_level.FLIGHT.items() if name != "seats"}

    with pytest.raises(UserError, match="^missing seats: every flight needs carrier"):
        EVERY_INPUT.check(EVERY_INPUT.parse(json.dumps(flight | {"seat": 149})))
    with pytest.raises(RequestValidationError):
        schemas.read_records([flight | {"seat": 149}])


def test_a_flight_is_parsed_from_json() -> None:
    flight = INPUTS.parse('{"carrier": "UA", "dest": "IAH", "distance": 1400, "seats": null}')

    inputs = INPUTS.check(flight)

    assert inputs["distance"].tolist() == [1400.0]
    assert inputs["seats"].isna().all()


@pytest.mark.parametrize(
    ("text", "reason"),
    [("UA", "'UA' is not JSON .* write one flight as"), ("[1]", "is not one flight: write it as")],
)
def test_text_that_is_not_a_flight_is_refused(text: str, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        INPUTS.parse(text)


KNOWN = {"carrier": frozenset(["UA"]), "dest": frozenset(["IAH", "LAX"])}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_of_answers_names_the_inputs_that_the_model_has_never_seen(
    tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture
) -> None:
    flights = flights_of().astype({"dest": object})
    flights.loc[[2, 9], "dest"], flights.loc[9, "carrier"] = "ILM", "OO"
    source, target = save(flights, tmp_path / f"flights{suffix}"), tmp_path / f"answers{suffix}"

    INPUTS.score(source, target, answer, known=KNOWN)

    unseen = load(target)["unseen"].fillna("").tolist()
    assert unseen == ["", "", "dest", *[""] * 6, "carrier dest"]
    assert "the model has never seen carrier OO; dest ILM: these answers" in capsys.readouterr().err


def test_a_frame_of_answers_names_them_too(tmp_path: Path) -> None:
    INPUTS.score(flights_of(3, dest=["IAH", "ILM", "LAX"]), tmp_path / "a.csv", answer, known=KNOWN)

    assert load(tmp_path / "a.csv")["unseen"].fillna("").tolist() == ["", "dest", ""]


def test_answers_to_what_the_model_has_seen_have_no_further_column(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    source = save(flights_of(), tmp_path / "flights.csv")

    INPUTS.score(source, tmp_path / "answers.csv", answer, known=KNOWN)

    assert "unseen" not in load(tmp_path / "answers.csv")
    assert capsys.readouterr().err == ""


def test_a_single_flight_names_what_the_model_has_never_seen(
    capsys: pytest.CaptureFixture,
) -> None:
    INPUTS.parse('{"carrier": "UA", "dest": "ILM", "distance": 500}', KNOWN)

    assert "the model has never seen dest ILM" in capsys.readouterr().err


def test_scoring_without_flights_or_without_a_target_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no flights to score: name a file, or add --day"):
        INPUTS.score(None, tmp_path / "answers.csv", answer)
    with pytest.raises(UserError, match="no place for the predictions: add --out predictions.csv"):
        INPUTS.score(tmp_path / "flights.csv", None, answer)
