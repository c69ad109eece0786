"""Small wheels, a lock that pins them, and an environment that asks no package index."""

import hashlib
import os
import shutil
import subprocess
import zipfile
from importlib import metadata
from pathlib import Path

# Nothing listens there.
UNREACHABLE = "http://127.0.0.1:9/simple"
NO_INDEX = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_FIND_LINKS": "",
    "PIP_INDEX_URL": UNREACHABLE,
    "UV_DEFAULT_INDEX": UNREACHABLE,
    "UV_NO_CONFIG": "1",
}
WHEEL = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n"


def wheel(folder: Path, name: str, version: str, content: bytes = b"", tag: str = "py3-none-any"):
    """A wheel with one module; returns its file."""
    return pack(folder, name, version, {f"{name}.py": content}, tag)


def pack(folder: Path, name: str, version: str, content: dict[str, bytes], tag="py3-none-any"):
    folder.mkdir(parents=True, exist_ok=True)
    info = f"{name}-{version}.dist-info"
    content = {
        **content,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": WHEEL.format(tag=tag).encode(),
    }
    file = folder / f"{name}-{version}-{tag}.whl"
    record = "".join(f"{path},,\n" for path in content) + f"{info}/RECORD,,\n"
    with zipfile.ZipFile(file, "w") as packed:
        for path, data in {**content, f"{info}/RECORD": record.encode()}.items():
            described = zipfile.ZipInfo(path)
            described.external_attr = (0o100755 if ".data/scripts/" in path else 0o100644) << 16
            packed.writestr(described, data)
    return file


def repacked(folder: Path, name: str) -> Path:
    """A wheel made from an installed distribution, its programs included."""
    installed = metadata.distribution(name)
    content = {}
    for path in installed.files or []:
        source = Path(installed.locate_file(path))
        if "__pycache__" in path.parts:
            continue
        if ".dist-info" in path.parts[0] and path.name != "entry_points.txt":
            continue
        if path.parts[0] == "..":
            inside = f"{name}-{installed.version}.data/scripts/{source.name}"
        else:
            inside = path.as_posix()
        content[inside] = source.read_bytes()
    return pack(folder, name, installed.version, content)


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def lock(wheels: list[Path]) -> str:
    """A requirements.lock that pins these wheels."""
    pins: dict[str, list[str]] = {}
    for file in wheels:
        name, version, _ = file.name.split("-", 2)
        pins.setdefault(f"{name}=={version}", []).append(f"    --hash=sha256:{sha256(file)}")
    glue = " \\\n"
    return "".join(f"{glue.join([pin, *pins[pin]])}\n" for pin in sorted(pins)) + "# end\n"


def listing(wheels: list[Path]) -> str:
    """The list of these wheels as `ladder lock --wheels` writes it."""
    return "".join(f"{sha256(file)} {file.stat().st_size} {file.name}\n" for file in wheels)


def without_network() -> list[str]:
    """What starts a command in a namespace without network; nothing where there are none."""
    start = ["unshare", "--user", "--map-root-user", "--net"]
    if shutil.which(start[0]) and subprocess.run([*start, "true"]).returncode == 0:
        return start
    return []
