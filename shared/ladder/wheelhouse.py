"""Where the set-up takes its packages from: the index, or the wheels of a bundle."""

import json
import os
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from ladder import machines
from ladder import stamp
from ladder.errors import LadderError

# A folder with the wheels of `ladder bundle`, or the address where its --serve has them.
SET = "LADDER_WHEELS"
MANIFEST = "bundle.json"
SECONDS_TO_ANSWER = 20
# Thirty machines at once share the laptop that serves them.
DOWNLOADS_AT_ONCE = "4"


@dataclass(frozen=True)
class Wheelhouse:
    """A bundle's wheels: a folder, or an address on the local network."""

    place: str

    @property
    def is_address(self) -> bool:
        return self.place.startswith(("http://", "https://"))

    @property
    def host(self) -> str:
        return urllib.parse.urlsplit(self.place).netloc

    @property
    def listing(self) -> str:
        """What links to all wheels."""
        return f"{self.place}/" if self.is_address else self.place

    def pip(self) -> list[str]:
        trusted = ["--trusted-host", self.host] if self.is_address else []
        return ["--no-index", "--find-links", self.listing, *trusted]

    def uv(self) -> list[str]:
        offline = [] if self.is_address else ["--offline"]
        return ["--no-index", "--find-links", self.listing, *offline]

    def environment(self) -> dict[str, str]:
        """For pip and uv: a proxy does not lead to a machine in the same room."""
        if not self.is_address:
            return {}
        name = urllib.parse.urlsplit(self.place).hostname or ""
        own = {"NO_PROXY": name, "no_proxy": name}
        return {**own, "UV_CONCURRENT_DOWNLOADS": DOWNLOADS_AT_ONCE}

    def manifest(self) -> dict:
        """What the bundle holds; raises LadderError where it cannot be read."""
        try:
            if self.is_address:
                direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
                address = f"{self.place}/{MANIFEST}"
                with direct.open(address, timeout=SECONDS_TO_ANSWER) as answer:
                    return json.load(answer)
            return json.loads(Path(self.place, MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            raise LadderError(
                f"the wheels of a bundle cannot be read at {self.place} ({problem}); {SET} is "
                f"its folder or its address, and without {SET} the package index is used"
            ) from None

    def explain(self, title: str, log: Path) -> str:
        """One line for a step that did not find its wheels here."""
        if self.is_address:
            reason = "did not answer; call again: what was fetched is kept"
        else:
            reason = "lacks a wheel that requirements.lock pins; copy the bundle again"
        return f"{title} failed: {self.place} {reason} (all of it: {log})"

    def require_fit(self) -> None:
        """Raise LadderError where the bundle is not whole, or was made for other machines."""
        manifest = self.manifest()
        if not manifest.get("complete"):
            raise LadderError(
                f"the bundle with {self.place} is not complete; its maker calls "
                "`ladder bundle` on it again, which fetches only what is missing"
            )
        machine, python = machines.this(), machines.python()
        if python not in manifest["machines"].get(machine, []):
            raise LadderError(
                f"this is {machines.title()}, and the bundle with {self.place} is for "
                f"{described(manifest['machines'])}; call one of these Pythons, or have the "
                f"bundle made with --platform {machine} --python {python}"
            )


def described(contents: dict[str, list[str]]) -> str:
    """The machines and Pythons of a bundle, in words."""
    return "; ".join(
        f"{machines.MACHINES.get(name, name)} with Python {', '.join(pythons)}"
        for name, pythons in contents.items()
    )


def find(root: str = stamp.ROOT) -> Wheelhouse | None:
    """The wheels that LADDER_WHEELS names, else those beside the repository, else none."""
    named = os.environ.get(SET)
    if named:
        if named.startswith(("http://", "https://")):
            return Wheelhouse(named.rstrip("/"))
        return Wheelhouse(str(Path(named).expanduser().resolve()))
    beside = Path(root).parent / "wheels"
    return Wheelhouse(str(beside)) if (beside / MANIFEST).is_file() else None
