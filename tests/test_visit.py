"""A visit to each application in a browser: by keyboard, on a phone, dark, without scripts."""

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from visitor import TIMEOUT_SECONDS
from visitor import Visitor
from visitor import browser  # noqa: F401

from ladder.service import LOOPBACK_ONLY

pytestmark = pytest.mark.slow

# All levels have the same pages: what does not depend on the model is tested with one of them.
ONE_LEVEL = pytest.mark.parametrize("level", [1], indirect=True)
FLIGHT = {"origin": "JFK", "dest": "LAX", "carrier": "B6", "date": "2013-03-02", "time": "17:30"}
TYPED = {"origin": "JFK", "dest": "LAX", "carrier": "B6", "date": "03022013", "time": "0530PM"}
LIKELY = re.compile(r"(\d) h (\d\d) to (\d) h (\d\d)")
# How the browser logs that a page has the status of a mistake; it shows the page all the same.
STATUS = re.compile(r"Failed to load resource: the server responded with a status of (404|422)")


@pytest.fixture
def visitor(browser: webdriver.Chrome, application: str, tmp_path: Path) -> Iterator[Visitor]:
    """A browser on the application that must load nothing from elsewhere and log no error."""
    visitor = Visitor(browser, application, tmp_path)
    visitor.tell(
        "Emulation.setDeviceMetricsOverride",
        width=1200,
        height=900,
        deviceScaleFactor=1,
        mobile=False,
    )
    yield visitor
    visitor.tell("Emulation.setScriptExecutionDisabled", value=False)
    visitor.tell("Emulation.setEmulatedMedia", features=[])
    asked_for = visitor.asked_for()
    assert asked_for and all(
        address.startswith((f"{application}/", "data:")) for address in asked_for
    )
    assert [
        entry for entry in browser.get_log("browser") if not STATUS.search(entry["message"])
    ] == []


def fill_in(visitor: Visitor) -> None:
    for field, typed in TYPED.items():
        visitor.tab_to(field)
        visitor.press(typed)


def version(address: str) -> dict[str, str]:
    with LOOPBACK_ONLY.open(
        urllib.request.Request(f"{address}/version"), timeout=TIMEOUT_SECONDS
    ) as answer:
        return json.load(answer)


def test_a_flight_is_chosen_and_its_answer_read_with_the_keyboard_alone(
    visitor: Visitor, level: int
) -> None:
    visitor.open()
    visitor.press(Keys.TAB)
    assert visitor.at() == "Skip to the content"
    visitor.press(Keys.ENTER)

    fill_in(visitor)
    assert visitor.filled_in() == FLIGHT
    assert visitor.see("#narrowed").endswith("airlines to LAX")
    assert set(visitor.options("carrier")) == {"AA", "B6", "DL", "UA", "VX"}
    visitor.tab_to("How long in the air?")
    visitor.press(Keys.ENTER)

    said = re.fullmatch(r"(\d) h (\d\d) min in the air", visitor.see("#said"))
    minutes = 60 * int(said[1]) + int(said[2])
    assert 280 < minutes < 420
    likely = LIKELY.fullmatch(visitor.see("[aria-labelledby=likely] .fact"))
    low, high = 60 * int(likely[1]) + int(likely[2]), 60 * int(likely[3]) + int(likely[4])
    assert 280 < low < high < 420
    assert re.fullmatch(r"(19|20|21|22):\d\d PST", visitor.see("[aria-labelledby=arrives] .fact"))
    assert len(visitor.browser.find_elements(By.CSS_SELECTOR, "svg.chart circle.own")) > 20
    assert visitor.filled_in() == FLIGHT
    visitor.keep("answer")

    answering = version(visitor.address)["model"]
    assert f"Version {answering}" in visitor.see("[aria-labelledby=which]")
    visitor.tab_to("The same as a table")
    visitor.press(Keys.ENTER)
    assert "Shortest" in visitor.see("[aria-labelledby=by-day] table")
    visitor.tab_to("Everything that is known of it")
    visitor.press(Keys.ENTER)
    known = visitor.see("main")
    assert answering in known
    assert ("Made from" in known) == (level == 4)
    visitor.keep("model")


@ONE_LEVEL
@pytest.mark.parametrize(
    ("changed", "message", "remedy"),
    [
        (
            {"origin": "LGA"},
            "No one has flown LGA–LAX in the four weeks to 28 February 2013.",
            "JFK",
        ),
        (
            {"dest": "XYZ"},
            "No one has flown from New York to XYZ in the four weeks to 28 February 2013.",
            "",
        ),
        ({"origin": "LHR"}, "No flight that we know leaves from LHR", ""),
        (
            {"date": "2013-02-01"},
            "1 February 2013 is past; today is 1 March 2013.",
            "Ask for 1 March 2013",
        ),
    ],
    ids=[
        "a route not served",
        "an unknown destination",
        "an unknown airport",
        "a day that is past",
    ],
)
def test_a_mistake_is_explained_and_one_key_corrects_it(
    visitor: Visitor,
    changed: dict[str, str],
    message: str,
    remedy: str,
) -> None:
    visitor.open(**(FLIGHT | changed))

    assert message in visitor.see("[role=alert]")
    assert visitor.at() == "problem"
    assert visitor.filled_in() == FLIGHT | changed
    visitor.keep("mistake")
    if remedy:
        visitor.tab_to(remedy)
        visitor.press(Keys.ENTER)
        assert "in the air" in visitor.see("#said")


@ONE_LEVEL
def test_without_javascript_the_form_is_complete_and_answered(visitor: Visitor) -> None:
    visitor.tell("Emulation.setScriptExecutionDisabled", value=True)
    visitor.open()
    every = visitor.options("dest")

    fill_in(visitor)
    visitor.tab_to("How long in the air?")
    visitor.press(Keys.ENTER)

    assert "in the air" in visitor.see("#said")
    assert visitor.options("dest") == every
    visitor.keep("without JavaScript")


def test_on_a_phone_nothing_is_cut_off_in_light_and_dark(visitor: Visitor, level: int) -> None:
    visitor.tell(
        "Emulation.setDeviceMetricsOverride",
        width=320,
        height=640,
        deviceScaleFactor=2,
        mobile=True,
    )
    visits = [
        ("/", {}),
        ("/", FLIGHT),
        ("/", FLIGHT | {"origin": "LGA"}),
        ("/model", {}),
        ("/docs", {}),
    ]
    # Not the last: it would still ask for events when its application has ended.
    visits[:0] = [("/control", {})] if level == 4 else []

    for number, (path, parameters) in enumerate(visits):
        for scheme in ("light", "dark"):
            visitor.tell(
                "Emulation.setEmulatedMedia",
                features=[{"name": "prefers-color-scheme", "value": scheme}],
            )
            visitor.open(path, **parameters)
            paper, ink = brightness(visitor, "backgroundColor"), brightness(visitor, "color")

            assert visitor.run("[innerWidth, document.scrollingElement.scrollWidth]") == [320, 320]
            assert (paper > 0.9 and ink < 0.2) if scheme == "light" else (paper < 0.2 and ink > 0.9)
            visitor.keep(f"phone {number} {scheme}")


def brightness(visitor: Visitor, what: str) -> float:
    colour = visitor.run(f"getComputedStyle(document.documentElement).{what}")
    return sum(int(part) for part in re.findall(r"\d+", colour)[:3]) / (3 * 255)
