"""Is an application that does not start kept away from the users?"""

import shutil
import tempfile
from pathlib import Path
from unittest.mock import patch

from flighttime import deploy
from groundcrew import application
from groundcrew import settings
from groundcrew.errors import UserError


def check() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "flights"
        shutil.copytree(settings.root() / "flighttime", folder / "flighttime")
        for name in ("flighttime.toml", "requirements.txt"):
            shutil.copy(settings.root() / name, folder)
        module = folder / "flighttime" / "app.py"
        with patch.object(settings, "root", lambda: folder):
            module.write_text("", encoding="utf-8")
            working = deploy.deploy()
            module.write_text("import no_such_package", encoding="utf-8")
            try:
                deploy.deploy()
            except UserError:
                pass
            else:
                raise AssertionError(
                    "an application whose first line fails was deployed, without a word"
                )
            assert application.current().name == working, "the working application is gone"
