"""``cardwall serve`` in a process of its own, as a test starts, watches and ends it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tui.domain.model import Field
from tui.server.opening import open_database
from tui.server.rules import boards, items, keys
from tui.server.rules.contents import Draft
from tui.server.rules.plan import ColumnPlan, Plan
from tui.server.service import Service
from tui.server.unit import Unit

PATIENCE = 30
"""Seconds until a test gives up; nothing is meant to take so long."""
IMPATIENT = """
import sys
from tui.server.program import run
run.PATIENCE = int(sys.argv[1])
from tui.cli import main
sys.exit(main(sys.argv[2:]))
"""


class Served:
    """A running server, and every line it has logged."""

    def __init__(self, words: Sequence[str], patience: int | None) -> None:
        start = ["-m", "tui"] if patience is None else ["-c", IMPATIENT, str(patience)]
        self.process = subprocess.Popen(
            [sys.executable, *start, "serve", "--log-json", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.address: str = self.wait_for(lambda line: "address" in line)["address"]

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._news:
                self.lines.append(json.loads(line))
                self._news.notify_all()

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first line that is wanted."""
        with self._news:
            found = self._news.wait_for(lambda: [line for line in self.lines if wanted(line)], PATIENCE)
        assert found, self.lines
        return found[0]

    def client(self, key: str = "") -> httpx.Client:
        transport = None
        if self.address.startswith("unix:"):
            transport = httpx.HTTPTransport(uds=self.address.removeprefix("unix:"))
        base = "http://server" if transport else self.address
        return httpx.Client(base_url=base, transport=transport, headers={"x-api-key": key}, timeout=PATIENCE)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; the exit code."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Wait for the end; the exit code."""
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code


@contextmanager
def served(*words: str, patience: int | None = None) -> Iterator[Served]:
    """A server on a free port (or as `words` say), gone at the end; its own patience at the end in seconds."""
    where = () if "--uds" in words else ("--port", "0")
    server = Served([*where, *words], patience)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.wait()
        server._reader.join(PATIENCE)
        assert server.process.stderr is not None
        server.process.stderr.close()


class Team:
    """A database with a board, an item and a key."""

    def __init__(self, url: str) -> None:
        self.url = url
        database = open_database(url)
        service = Service(database)

        def work(unit: Unit) -> tuple[str, str, str, str]:
            fields = (Field("count", "Count", "number"),)
            board = boards.create(unit, Plan("Sales", (ColumnPlan("Lead"),), fields, prefix="DEAL"))
            column = board.board.columns[0].id
            item = items.create(unit, board.id, Draft("Counter", column, values={"count": 0})).item.id
            return board.id, column, item, keys.create(unit, "sam", keys.SCOPES)[1]

        self.board, self.column, self.item, self.key = service.write_now(work)
        service.close()
        database.close()

    def names(self) -> set[str]:
        """The names of all items, as the database has them with no server on it."""
        database = open_database(self.url)
        with database.engine.connect() as connection:
            found = set(connection.exec_driver_sql("SELECT name FROM items").scalars())
        database.close()
        return found

    def draft(self, name: str) -> dict[str, Any]:
        """The body of a create."""
        return {"name": name, "pipeline_id": self.board, "stage_id": self.column}


def team(folder: Path) -> Team:
    """A new team on a file."""
    return Team(f"sqlite:///{folder}/team.db")
