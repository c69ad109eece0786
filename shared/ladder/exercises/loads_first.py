"""Is a version that does not load kept from becoming the champion?"""

from unittest.mock import patch

from flighttime import release
from flighttime import tracking
from groundcrew import registry
from groundcrew.errors import UserError


def check() -> None:
    champions = ["1"]

    def load(version: str) -> None:
        if version == "2":
            raise UserError("version 2 is not the model that was recorded")

    with (
        patch.object(tracking, "load", load),
        patch.object(registry, "set_champion", champions.append),
    ):
        try:
            release.release("2")
        except UserError:
            pass
        assert champions == ["1"], (
            "version 2 does not load, and it has become the champion: nothing answers now"
        )
        release.release("3")
        assert champions == ["1", "3"], "version 3 loads, and was not released"
