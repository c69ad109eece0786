"""A PostgreSQL server of our own: behind a socket in a folder of ours, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

DEBIAN = Path("/usr/lib/postgresql")
# PostgreSQL refuses to be run by root.
SOMEBODY = "postgres"


@dataclass(frozen=True)
class Server:
    folder: Path
    user: str | None

    def call(self, program: str, *arguments: str) -> None:
        command = [programs() / program, "-D", self.folder / "data", *arguments]
        subprocess.run(
            command,
            check=True,
            user=self.user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            timeout=60,
        )

    def start(self) -> None:
        only_here = (
            f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off"
        )
        self.call(
            "pg_ctl", "start", "--wait", "--log", f"{self.folder / 'log'}", "--options", only_here
        )

    def stop(self) -> None:
        """As if it had crashed."""
        self.call("pg_ctl", "stop", "--mode", "immediate")

    def database(self, name: str) -> str:
        """The address of a new database."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.address(name)

    def address(self, name: str) -> str:
        return f"postgresql://flights@/{name}?host={self.folder}"


def programs() -> Path | None:
    """The folder with PostgreSQL's programs; Debian keeps them off the path."""
    found = shutil.which("initdb")
    folders = (
        [Path(found).parent]
        if found
        else sorted(DEBIAN.glob("*/bin"), key=lambda folder: int(folder.parent.name))
    )
    return folders[-1] if folders else None


@contextmanager
def running() -> Iterator[Server]:
    if programs() is None:
        if (
            os.environ.get("CI") == "true"
            and hasattr(os, "geteuid")
            and os.geteuid() == 0
            and shutil.which("apt-get")
        ):
            pytest.fail("no PostgreSQL here, though .ci/run installs it")
        pytest.skip(
            "no PostgreSQL here: install it to test the store on a server "
            "(Debian: apt-get install postgresql)"
        )
    if os.name == "nt":
        pytest.skip("its socket is a file, which Python's driver does not use on Windows")
    server = Server(
        Path(tempfile.mkdtemp(prefix="record-")), SOMEBODY if os.geteuid() == 0 else None
    )
    if server.user:
        shutil.chown(server.folder, server.user)
    try:
        server.call("initdb", "--no-sync", "--auth", "trust", "--username", "flights")
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(server.folder)
