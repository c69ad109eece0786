"""Open a page in the browser of the person who typed the command."""

import contextlib
import webbrowser


def show(page: str) -> None:
    """Open the page in a browser with a window; one in the terminal would take the terminal."""
    with contextlib.suppress(webbrowser.Error):
        browser = webbrowser.get()
        if type(browser) is not webbrowser.GenericBrowser:
            browser.open(page)
