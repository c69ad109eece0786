"""Turn the output of pip or uv into one line: what is wrong, and what to do."""

import re
from pathlib import Path

from ladder.machines import PYTHONS

CAUSES = {
    "no space left": r"no space left on device|os error 28|errno 28|not enough space on the disk",
    "hashes": r"do not match the hashes|hash mismatch|expected sha256",
    "read-only": r"permission denied|read-only file system|access is denied",
    "no wheel": r"no usable wheels|no wheels with a matching|building .* is disabled",
    "certificate": r"certificate|ssl: |tls handshake|unknownissuer",
    "network": (
        r"connection|connect|timed out|timeout|network|unreachable"
        r"|\bresolve\b|name resolution|dns|proxy"
        r"|error sending request|failed to fetch|from versions: none"
    ),
}
REMEDIES = {
    "no space left": "the disk is full; free about 2 GB and call again",
    "hashes": (
        "a download did not have the hash that requirements.lock promises, so it was refused; "
        "call again, and if it stays so ask the administrator of your package index"
    ),
    "read-only": "a file could not be written; make this folder and your cache folder yours",
    "no wheel": (
        f"a package has no ready-made build for this machine; use 64-bit Python {PYTHONS[0]} to "
        f"{PYTHONS[-1]} on Linux, Windows or a Mac with Apple silicon"
    ),
    "certificate": (
        "the package index showed a certificate that this machine does not trust; "
        "behind a company proxy set PIP_CERT and SSL_CERT_FILE to its certificate file"
    ),
    "network": (
        "the package index could not be reached; the first use needs the network "
        "(behind a proxy set HTTPS_PROXY; for a mirror set PIP_INDEX_URL and UV_DEFAULT_INDEX; "
        "for a bundle set LADDER_WHEELS to its folder wheels)"
    ),
}


def cause(output: str) -> str | None:
    for name, pattern in CAUSES.items():
        if re.search(pattern, output, re.IGNORECASE):
            return name
    return None


def explain(title: str, output: str, log: Path) -> str:
    name = cause(output)
    if name:
        return f"{title} failed: {REMEDIES[name]} (all of it: {log})"
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    last = lines[-1] if lines else "it printed nothing"
    return f"{title} failed: {last} (all of it: {log})"
