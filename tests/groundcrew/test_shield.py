"""Variables that a person set in the terminal for another purpose are not obeyed."""

import os

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
