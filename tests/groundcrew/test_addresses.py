"""A password in an address is in nothing that is shown, logged, answered or recorded."""

import logging
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import prediction_store
import pytest
from fake_level import FLIGHT
from fake_level import Level

from groundcrew import addresses
from groundcrew import cluster
from groundcrew import commands
from groundcrew import feed
from groundcrew import ledger
from groundcrew import registry
from groundcrew import smoke
from groundcrew import staging
from groundcrew.errors import UserError
from groundcrew.predictions import address
from groundcrew.predictions import database
from groundcrew.variables import VARIABLES
from groundcrew.web.security_headers import security_headers

USER, PASSWORD = "kimberley", "sesame-4711"
# Nothing listens on port 1 of this machine.
AT = f"{USER}:{PASSWORD}@127.0.0.1:1"
DAY = date(2013, 3, 1)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("http://kim:sesame@server:5000/api", "http://***@server:5000/api"),
        ("http://kim:ses@me@server/api", "http://***@server/api"),
        ("http://kim:ses/ame@server/api", "http://***@server/api"),
        ("https://server/data?token=sesame&day=7", "https://server/data?token=***&day=7"),
        (
            "postgresql+psycopg://host/db?password=sesame",
            "postgresql+psycopg://host/db?password=***",
        ),
        ("tcp://10.0.0.5:8786", "tcp://10.0.0.5:8786"),
        ("sqlite:////home/kim@work/mlflow.db", "sqlite:////home/kim@work/mlflow.db"),
        ("/home/kim@work/data", "/home/kim@work/data"),
        (r"C:\kim@work\data", r"C:\kim@work\data"),
        ("shared/data", "shared/data"),
    ],
)
def test_an_address_is_shown_without_user_and_password(value: str, shown: str) -> None:
    assert addresses.shown(value) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "404 for 'http://kim:sesame@server/x' twice",
            "404 for 'http://***@server/x' twice",
        ),
        ("no http://kim:s/a@server, nor s3://a:b@c", "no http://***@server, nor s3://***@c"),
        ("GET /x?password=sesame&a=1 failed", "GET /x?password=***&a=1 failed"),
        ("no port in kim:sesame@server:x, maybe", "no port in ***@server:x, maybe"),
        ("mail kim@example.org", "mail kim@example.org"),
    ],
)
def test_addresses_in_a_text_are_shown_without_user_and_password(text: str, shown: str) -> None:
    assert addresses.shown_in(text) == shown


def test_a_link_leads_to_the_server_without_a_user() -> None:
    assert addresses.link("https://kim:sesame@server/runs") == "https://server/runs"


def read_feed() -> None:
    feed.airports()


def list_feed() -> None:
    feed.flights(DAY)


def compare_with_registry() -> None:
    registry.champion()


def use_store() -> None:
    prediction_store.use_project()
    database.probe()


def name_store() -> None:
    prediction_store.use_project()
    address.address()


def start_candidate() -> None:
    with staging.application({}):
        pass


def smoke_test() -> None:
    failures = "; ".join(smoke.check(f"http://{AT}", "7", [{**FLIGHT, "minutes": 7.0}], [*FLIGHT]))
    ledger.record(DAY, "taken back", "7", reason=failures)
    raise UserError(failures)


def wait_for_shadow() -> None:
    smoke.wait_for_shadow(f"http://{AT}", "7")
    raise UserError("waited for 127.0.0.1:1")


# What each variable with an address is for.
USES: dict[str, list[tuple[str, Callable]]] = {
    "FLIGHTTIME_APP": [(f"http://{AT}", smoke_test), (f"http://{AT}", wait_for_shadow)],
    "FLIGHTTIME_FEED": [(f"http://{AT}", read_feed), (f"http://{AT}/data", list_feed)],
    "FLIGHTTIME_FRAMED_BY": [(f"http://{AT}", lambda: security_headers(f"http://{AT}"))],
    "FLIGHTTIME_OBSERVED": [
        (f"postgresql+psycopg://{AT}/flights", use_store),
        (f"mysql://{AT}/flights", name_store),
    ],
    "FLIGHTTIME_STAGING": [(f"http://{AT}", start_candidate)],
    "MLFLOW_TRACKING_URI": [(f"http://{AT}", compare_with_registry)],
    "compute.where": [(f"tcp://{AT}", lambda: cluster.connect(f"tcp://{AT}"))],
}
EVERY_USE = [(name, *use) for name, uses in USES.items() for use in uses]


def test_every_variable_with_an_address_has_a_use_here() -> None:
    holds_address = re.compile("address|URL")
    named = {name for name, text in VARIABLES.items() if holds_address.search(text)}

    assert named == {name for name in USES if name in VARIABLES}


@pytest.fixture
def everything(
    capfd: pytest.CaptureFixture, caplog: pytest.LogCaptureFixture, state: Path
) -> Callable[[], str]:
    """All that was printed or logged, and every file in the state."""
    caplog.set_level(logging.DEBUG)

    def read() -> str:
        files = [path.read_bytes() for path in state.rglob("*") if path.is_file()]
        recorded = b"\n".join(files).decode(errors="replace")
        return "\n".join([*capfd.readouterr(), caplog.text, recorded])

    return read


@pytest.mark.parametrize(("variable", "value", "use"), EVERY_USE)
def test_no_password_is_printed_logged_or_recorded(
    variable: str,
    value: str,
    use: Callable,
    monkeypatch: pytest.MonkeyPatch,
    everything: Callable[[], str],
) -> None:
    monkeypatch.setenv(variable, value)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setattr(smoke, "SECONDS_TO_FOLLOW", 0.1)
    monkeypatch.setattr(cluster, "TIMEOUT_SECONDS", 1)
    monkeypatch.setattr("sys.argv", ["command"])

    with pytest.raises(SystemExit):
        commands.run(lambda: use())

    text = everything()
    assert "127.0.0.1:1" in text
    assert PASSWORD not in text
    assert USER not in text


@pytest.mark.parametrize(
    "path", ["/", "/?from=JFK", "/model", "/health/ready", "/metrics", "/predict"]
)
def test_no_page_shows_the_password_of_the_feed_or_the_registry(
    path: str, monkeypatch: pytest.MonkeyPatch, everything: Callable[[], str]
) -> None:
    for variable in ("FLIGHTTIME_FEED", "MLFLOW_TRACKING_URI"):
        monkeypatch.setenv(variable, f"http://{AT}")
    with Level().client() as client:
        answered = client.get(path)

    assert PASSWORD not in answered.text + f"{answered.headers}" + everything()
