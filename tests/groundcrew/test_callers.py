"""Callers have names and keys; what is kept of a key does not tell it."""

import json

import pytest

from groundcrew import callers
from groundcrew import commands
from groundcrew.callers import __main__ as command
from groundcrew.errors import UserError


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr("sys.argv", ["callers", *arguments])
    commands.run(command.main)


def test_each_caller_is_found_by_a_key_of_its_own() -> None:
    keys = {callers.add(name): name for name in ("booking", "crew-app", "a@example.org")}

    assert len(keys) == 3
    assert {key: callers.find(key, callers.read()) for key in keys} == keys
    assert min(map(len, keys)) >= 40
    for wrong in ("", "another", *(key[:-1] for key in keys), *callers.read().values(), "\ud800"):
        assert callers.find(wrong, callers.read()) == ""


def test_no_key_is_kept() -> None:
    key = callers.add("booking")

    assert key not in callers.path().read_text(encoding="utf-8")
    assert callers.read() == {"booking": callers.digest(key)}


def test_each_digest_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    first, _, _ = [callers.add(name) for name in ("one", "two", "three")]
    compared = []
    monkeypatch.setattr(
        "hmac.compare_digest", lambda a, b: compared.append((a, b)) or a == b, raising=True
    )

    assert callers.find(first, callers.read()) == "one"

    assert len(compared) == 3  # also those after the right one


def test_a_removed_caller_is_found_no_longer_and_can_get_another_key() -> None:
    before, other = callers.add("booking"), callers.add("crew")

    callers.remove("booking")
    after = callers.add("booking")

    assert before != after
    found = [callers.find(key, callers.read()) for key in (before, other, after)]
    assert found == ["", "crew", "booking"]


@pytest.mark.parametrize("name", ["", "a b", "a\nb", "x" * 65, "ü", "../x"])
def test_a_name_that_is_not_valid_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="is no name of a caller: use up to 64 letters"):
        callers.add(name)


def test_a_caller_has_one_key() -> None:
    callers.add("booking")

    with pytest.raises(UserError, match="'booking' has a key: run python -m groundcrew.callers re"):
        callers.add("booking")
    with pytest.raises(UserError, match=r"'crew' is no caller \(callers: booking\): name one of"):
        callers.remove("crew")


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"booking": 7}', '{"booking": "a key"}', "[" * 100_000]
)
def test_a_file_that_is_not_one_of_callers_is_named(content: str) -> None:
    callers.path().write_text(content, encoding="utf-8")

    with pytest.raises(UserError, match=r"callers.json .*: restore or remove it"):
        callers.read()


def test_the_command_gives_and_ends_keys(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    run(monkeypatch, "add", "booking")
    key = capsys.readouterr().out.strip()
    assert callers.find(key, callers.read()) == "booking"

    run(monkeypatch)
    run(monkeypatch, "remove", "booking")
    run(monkeypatch)

    assert capsys.readouterr().out == "callers: booking\nremoved: booking\ncallers: none\n"
    assert json.loads(callers.path().read_text(encoding="utf-8")) == {}


@pytest.mark.parametrize("arguments", [["add"], ["rename", "booking"], ["remove"]])
def test_an_unknown_change_is_refused(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    with pytest.raises(SystemExit):
        run(monkeypatch, *arguments)

    assert "is no change of callers: add NAME, or remove NAME" in capsys.readouterr().err
