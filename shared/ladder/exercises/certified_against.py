"""Does a certificate still permit a release if the champion has changed since?"""

from datetime import date
from pathlib import Path
from unittest.mock import Mock
from unittest.mock import patch

from flighttime import certificates
from flighttime import package
from groundcrew import certificates as kept
from groundcrew import registry
from groundcrew.errors import UserError

TODAY = date(2013, 3, 1)


def compared(version: str, champion: str | None) -> dict[str, str | None]:
    runs = {"run": f"run {version}", "champion_run": champion and f"run {champion}"}
    return {"version": version, "champion": champion, **runs}


def check() -> None:
    champion = Mock(return_value="1")
    certificate = compared("3", "1") | {"outcome": "PROMOTE", "reason": "better"}
    with (
        patch.object(kept, "read", lambda *_: certificate),
        patch.object(kept, "require", Mock()),
        patch.object(package, "path", Path),
        patch.object(registry, "compared", compared),
        patch.object(registry, "champion", champion),
    ):
        certificates.require("3", TODAY, "PROMOTE")
        champion.return_value = "2"
        try:
            certificates.require("3", TODAY, "PROMOTE")
        except UserError:
            return
    raise AssertionError(
        "version 3 was certified as better than version 1; version 2 leads now, and the old "
        "certificate still permits the release of version 3"
    )
