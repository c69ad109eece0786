"""Variables that a person set in the terminal for another purpose are not obeyed."""

import os
from collections.abc import Iterator

import pytest

from groundcrew import shield

FOREIGN = ["MLFLOW_RUN_ID", "MLFLOW_REGISTRY_URI", "MLFLOW_EXPERIMENT_ID", "GIT_DIR", "GIT_PREFIX"]
OBEYED = ["MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN", "GIT_CONFIG_GLOBAL", "PATH"]


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*shield.MLFLOW_VARIABLES, "no_proxy", "NO_PROXY"]:
        monkeypatch.delenv(name, raising=False)
    for name in [*FOREIGN, *OBEYED]:
        monkeypatch.setenv(name, os.environ.get(name, "mine"))


def test_only_the_variables_that_are_named_are_obeyed() -> None:
    assert not shield.current().keys() & set(FOREIGN)
    assert shield.current().keys() >= set(OBEYED)

    shield.raise_shield()

    assert not os.environ.keys() & set(FOREIGN)
    assert os.environ.keys() >= set(OBEYED)
    assert os.environ.items() >= shield.MLFLOW_VARIABLES.items()


def test_a_variable_that_another_thread_removes_meanwhile_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Changing(dict):
        """An environment whose variables are gone once their names have been read."""

        def __iter__(self) -> Iterator[str]:
            names = list(super().__iter__())
            for name in set(names) & {"MLFLOW_RUN_ID", "COLUMNS"}:
                del self[name]
            return iter(names)

    names = {"MLFLOW_RUN_ID": "mine", "COLUMNS": "80", "PATH": "/bin"}
    monkeypatch.setattr(shield.os, "environ", Changing(names))
    assert shield.current() == {"PATH": "/bin"}
    monkeypatch.setattr(shield.os, "environ", Changing(names))

    shield.raise_shield()

    assert "MLFLOW_RUN_ID" not in shield.os.environ


@pytest.mark.parametrize(
    ("exempt", "expected"),
    [
        ("", "127.0.0.1,localhost"),
        ("*", "*"),
        ("10.0.0.0/8, localhost", "10.0.0.0/8,localhost,127.0.0.1"),
    ],
)
def test_no_proxy_is_asked_for_what_this_machine_serves(
    exempt: str,
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_PROXY", exempt)

    for _ in range(2):
        shield.raise_shield()

    assert os.environ["NO_PROXY"] == expected
    assert os.environ.get("no_proxy", "*") == expected
