"""The server at work, one processor each side: ``python -m tests.bench.server [--items N] [--database URL]``.

Prints a Markdown table. Every time is also told as a multiple of the same server's hello in the same run (its smallest
answer: who are you), and of the bare query on a connection of one's own, because both change with the machine.

What a client sees is from its request to the values it has read; how much of that is its own reading of the JSON has a
row of its own. The bare query is of the same rows with all of their columns, as the driver makes tuples of them.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import event

from tests.bench.measure import percentile
from tui.server.database import Database
from tui.server.opening import open_database
from tui.server.rules import keys
from tui.server.rules.finding import Finding
from tui.server.rules.listing import Query, filtered
from tui.server.seed import seed_demo
from tui.server.service import Service
from tui.server.stored import Stored, fetch
from tui.server.tables import items

SEARCHES = {"rare word": "deal-{number}", "common word": "example", "one letter": "a", "two words": "normal renewal"}
_SERVE = """
import sys, uvicorn
from tui.server.opening import open_database
from tui.server.program.app import program_app
from tui.server.program.gate import Gate
from tui.server.service import Service
database = open_database(sys.argv[1])
app = program_app(database, Gate(Service(database, readers=1)))
uvicorn.run(app, uds=sys.argv[2], log_level="critical", access_log=False)
"""


class Client:
    """One connection that is kept, of a caller with a key."""

    def __init__(self, place: Path, key: str) -> None:
        self._headers = {"x-api-key": key, "authorization": f"Bearer {key}"}
        self._connection = http.client.HTTPConnection("localhost")
        self._connection.sock = socket.socket(socket.AF_UNIX)
        try:
            self._connection.sock.connect(str(place))
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def send(self, method: str, path: str, body: object = None) -> Any:
        """The answer's values. RuntimeError for anything but a 200."""
        return json.loads(self.text(method, path, body))

    def text(self, method: str, path: str, body: object = None) -> bytes:
        """The answer as it came. RuntimeError for anything but a 200."""
        headers = self._headers | ({"content-type": "application/json"} if body is not None else {})
        self._connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self._connection.getresponse()
        data = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {data[:200]!r}")
        return data


@contextmanager
def serving(url: str, place: Path) -> Iterator[Client]:
    """A server process on a processor of its own, and a client on the other, over a Unix socket."""
    key = _key(url)
    processors = sorted(os.sched_getaffinity(0))
    server = subprocess.Popen([sys.executable, "-c", _SERVE, url, str(place)])
    os.sched_setaffinity(server.pid, processors[:1])
    os.sched_setaffinity(0, processors[-1:])
    try:
        with closing(_client(place, server, key)) as client:
            yield client
    finally:
        os.sched_setaffinity(0, processors)
        server.terminate()
        server.wait()


def _key(url: str) -> str:
    database = open_database(url)
    service = Service(database)
    _, key = service.write_now(lambda unit: keys.create(unit, "bench", keys.SCOPES))
    service.close()
    database.close()
    return key


def _analyse(url: str) -> None:
    """What PostgreSQL does by itself within a minute: without figures about so many new rows it plans badly."""
    database = open_database(url)
    if not database.is_sqlite:
        with database.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
    database.close()


def _client(place: Path, server: subprocess.Popen[bytes], key: str) -> Client:
    while True:
        try:
            return Client(place, key)
        except (FileNotFoundError, ConnectionRefusedError):
            if server.poll() is not None:
                raise
            time.sleep(0.02)


def times(work: Callable[[int], object], rounds: int) -> list[float]:
    """Milliseconds of each round, after some that are not counted."""
    for number in range(5):
        work(number)
    found = []
    for number in range(rounds):
        began = time.perf_counter()
        work(number)
        found.append((time.perf_counter() - began) * 1000)
    return found


def measured(client: Client, size: int, rounds: int) -> dict[str, list[float]]:
    """What a client sees, by what it does."""
    sales = client.send("GET", "/v1/ext/pipelines")[0]["id"]
    page = f"/v1/ext/items?pipeline_id={sales}&limit=50"
    item = client.send("GET", page)[0]
    path, version = f"/v1/ext/items/{item['item_id']}", item["version"]
    column = f"{page}&stage_id={item['stage_id']}"
    counted = f"/api/crm/boards/{sales}/items?column_id={item['stage_id']}&limit=50"
    text = client.text("GET", column)

    def patch(number: int) -> None:
        nonlocal version
        body = {"version": version, "metadata": {"deal_value": 1000 + version}}
        version = client.send("PATCH", path, body)["version"]

    found = {
        "hello": times(lambda _: client.send("GET", "/v1/ext/capabilities"), rounds * 3),
        "PATCH with version": times(patch, rounds),
        "50 of a column": times(lambda _: client.send("GET", column), rounds),
        "its JSON, read by the client": times(lambda _: json.loads(text), rounds),
        "50 of a column, counted (cekat)": times(lambda _: client.send("GET", counted), rounds),
    }
    for name, query in SEARCHES.items():
        word = quote(query.format(number=size // 2))
        found[f"search: {name}"] = times(lambda _, word=word: client.send("GET", f"{page}&q={word}"), rounds)  # type: ignore[misc]  # bound per word
    return found


def bare(database: Database, rounds: int) -> dict[str, list[float]]:
    """The same on a connection of the driver, with no rules, no SQLAlchemy and no HTTP."""
    mark = "?" if database.is_sqlite else "%s"
    held = f"FROM items WHERE column_id = {mark} AND deleted_at IS NULL"
    listed = f"SELECT * {held} ORDER BY created_at DESC, id DESC LIMIT 51"
    ranked = f"SELECT * {held} ORDER BY position, id LIMIT 50"
    written = f"UPDATE items SET version = version + 1, updated_at = updated_at + 1 WHERE id = {mark}"
    raw = database.engine.raw_connection()
    cursor = raw.cursor()

    def ask(statement: str, *parameters: str) -> list[Any]:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())

    ((item, column),) = ask("SELECT id, column_id FROM items ORDER BY created_at DESC LIMIT 1")
    raw.rollback()

    def write(_number: int) -> None:
        if database.is_sqlite:  # the other driver begins by itself
            cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(written, (item,))
        raw.commit()

    found = {
        "PATCH with version": times(write, rounds),
        "50 of a column": times(lambda _: ask(listed, column), rounds),
        "50 of a column, counted (cekat)": times(
            lambda _: (ask(f"SELECT count(*) {held}", column), ask(ranked, column)), rounds
        ),
    }
    raw.close()
    return found


def layers(database: Database, rounds: int) -> dict[str, list[float]]:
    """What SQLAlchemy takes of the hottest read: its statement in this process, by way of it and without it."""
    with database.engine.connect() as connection:
        (column,) = connection.exec_driver_sql("SELECT column_id FROM items ORDER BY created_at DESC LIMIT 1").one()
        statement, parameters = filtered(Query(column_id=column), Finding("", None), column)
        statement = statement.order_by(items.c.created_at.desc(), items.c.id.desc()).limit(51)
        said: list[tuple[str, Any]] = []
        event.listen(database.engine, "before_cursor_execute", lambda *told: said.append((told[2], told[3])))
        fetch(connection, statement, parameters)
        text, values = said[-1]
        cursor = connection.connection.cursor()

        def alone(_number: int) -> None:
            cursor.execute(text, values)
            [Stored._make(row) for row in cursor.fetchall()]

        return {
            "its statement, by SQLAlchemy": times(lambda _: fetch(connection, statement, parameters), rounds),
            "its statement, by the driver": times(alone, rounds),
        }


def table(seen: dict[str, list[float]], floor: dict[str, list[float]]) -> str:
    """The figures as Markdown."""
    hello = percentile(seen["hello"], 0.5)
    lines = ["| | p50 ms | p95 ms | a second | × hello | × bare |", "|---|---|---|---|---|---|"]
    for name, found in seen.items():
        middle = percentile(found, 0.5)
        base = f"{middle / percentile(floor[name], 0.5):.1f}" if name in floor else "–"
        lines.append(
            f"| {name} | {middle:.2f} | {percentile(found, 0.95):.2f} | {1000 * len(found) / sum(found):,.0f}"
            f" | {middle / hello:.1f} | {base} |"
        )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """The program."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.server", description="Measure the server.")
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--database", help="an empty database; without it a temporary file")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.db"
        url = options.database or f"sqlite:///{file}"
        began = time.perf_counter()
        seed_demo(url, items=options.items, seed=1)
        seeded = time.perf_counter() - began
        _analyse(url)
        with serving(url, Path(folder) / "socket") as client:
            seen = measured(client, options.items, options.rounds)
        database = open_database(url)
        floor = bare(database, options.rounds)
        seen |= layers(database, options.rounds)
        database.close()
        size = f", {file.stat().st_size / 2**20:,.0f} MiB" if file.exists() else ""
    title = f"{options.items:,} items, seeded in {seeded:.1f} s{size}; {options.rounds} rounds"
    sys.stdout.write(f"{title}\n\n{table(seen, floor)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
