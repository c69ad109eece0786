"""A person at a browser: what they press and see, and the requests of the browser."""

import base64
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

TIMEOUT_SECONDS = 20
SWITCHES = ["--headless=new", "--lang=en-US", "--disable-gpu", "--disable-dev-shm-usage"]
# A container's root has no sandbox to be put into; what is visited here is our own.
ROOT = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
LOGS = {"browser": "ALL", "performance": "ALL"}


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (program and driver):
        if os.environ.get("CI") == "true" and ROOT and shutil.which("apt-get"):
            pytest.fail("no browser here, though .ci/run installs it")
        pytest.skip(
            "no browser here: install one to test the pages "
            "(Debian: apt-get install chromium chromium-driver)"
        )
    options = webdriver.ChromeOptions()
    options.binary_location = program
    options.set_capability("goog:loggingPrefs", LOGS)
    for switch in SWITCHES + ROOT:
        options.add_argument(switch)
    with webdriver.Chrome(options, webdriver.ChromeService(driver)) as browser:
        yield browser


class Visitor:
    """At one address. Pictures of what is seen are kept in a folder."""

    def __init__(self, browser: webdriver.Chrome, address: str, pictures: Path) -> None:
        self.browser = browser
        self.address = address
        self.pictures = pictures

    def open(self, path: str = "/", **parameters: str) -> None:
        self.browser.get(f"{self.address}{path}{'?' if parameters else ''}{urlencode(parameters)}")

    def press(self, *keys: str) -> None:
        for key in keys:
            ActionChains(self.browser).send_keys(key).perform()

    def tab_to(self, place: str) -> None:
        """`place`: the id of a field, or the text of a link or a button."""
        for _ in range(60):
            self.press(Keys.TAB)
            if self.at() == place:
                return
        raise AssertionError(f"no one gets to {place} with the tab key")

    def at(self) -> str:
        focused = self.browser.switch_to.active_element
        return focused.get_attribute("id") or focused.text

    def see(self, selector: str) -> str:
        """The text of the one element, as it is shown; waits until it is there."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not (found := self.browser.find_elements(By.CSS_SELECTOR, selector)):
            assert time.monotonic() < deadline, f"there is no {selector}"
            time.sleep(0.05)
        (only,) = found
        assert only.is_displayed()
        return " ".join(only.text.split())

    def options(self, field: str) -> list[str]:
        return [
            one.get_attribute("value")
            for one in self.browser.find_elements(By.CSS_SELECTOR, f"#{field} option")
        ]

    def filled_in(self) -> dict[str, str]:
        fields = self.browser.find_elements(By.CSS_SELECTOR, "form [name]")
        return {field.get_attribute("name"): field.get_attribute("value") for field in fields}

    def tell(self, command: str, **how: object) -> dict:
        """Send a command of the browser's own protocol."""
        return self.browser.execute_cdp_cmd(command, how)

    def run(self, script: str) -> object:
        return self.browser.execute_script(f"return {script}")

    def keep(self, name: str) -> None:
        how = {"captureBeyondViewport": True, "optimizeForSpeed": True}
        picture = self.tell("Page.captureScreenshot", **how)["data"]
        (self.pictures / f"{name}.png").write_bytes(base64.b64decode(picture))

    def asked_for(self) -> set[str]:
        """Every address that any page wanted something from."""
        events = [
            json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance")
        ]
        return {
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        }
