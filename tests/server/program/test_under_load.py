"""What was acknowledged is there: after an orderly end, after kill -9, and with several servers on one database."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from itertools import count
from random import Random

import httpx
import pytest

from tests.server.program.served import PATIENCE, Served, Team, served

WRITERS = 4
LONG = (pytest.mark.long, pytest.mark.timeout(300))


class Load:
    """Clients that create items until their server is gone, and the names that it acknowledged."""

    def __init__(self, ours: Team, server: Served, mark: str) -> None:
        self.acknowledged: list[str] = []
        self.others: list[int] = []
        self._ours, self._server = ours, server
        self._more = threading.Condition()
        self._threads = [threading.Thread(target=self._write, args=(f"{mark}-{n}",)) for n in range(WRITERS)]
        for thread in self._threads:
            thread.start()

    def _write(self, mark: str) -> None:
        with self._server.client(self._ours.key) as client:
            for number in count():
                name = f"{mark}-{number}"
                try:
                    status = client.post("/v1/ext/items", json=self._ours.draft(name)).status_code
                except httpx.TransportError:
                    return
                with self._more:
                    if status == 201:
                        self.acknowledged.append(name)
                    else:
                        self.others.append(status)
                    self._more.notify_all()

    def wait_for(self, writes: int) -> None:
        """Wait until so many were acknowledged."""
        with self._more:
            assert self._more.wait_for(lambda: len(self.acknowledged) >= writes, PATIENCE)

    def end(self) -> None:
        """Wait until every client has seen that its server is gone."""
        for thread in self._threads:
            thread.join(PATIENCE)
        assert self.others == []


@pytest.fixture
def ours(url: str) -> Team:
    return Team(url)


def test_an_orderly_end_under_load_loses_nothing(ours: Team) -> None:
    with served("--database", ours.url, "--rate-limit", "0") as server:
        load = Load(ours, server, "w")
        load.wait_for(60)
        assert server.end() == 0
        load.end()
        assert [line for line in server.lines if line["level"] != "info"] == []
    assert set(load.acknowledged) <= ours.names()


@pytest.mark.parametrize("kills", [5, pytest.param(20, marks=pytest.mark.long)])
def test_kill_9_under_load_loses_nothing_that_was_acknowledged(ours: Team, kills: int) -> None:
    random = Random(kills)
    acknowledged: set[str] = set()
    for kill in range(kills):
        with served("--database", ours.url, "--rate-limit", "0") as server:
            load = Load(ours, server, f"k{kill}")
            load.wait_for(random.randrange(1, 60))
            assert server.end(signal.SIGKILL) == -signal.SIGKILL
            load.end()
        acknowledged |= set(load.acknowledged)
        assert acknowledged <= ours.names()
    with served("--database", ours.url) as server, server.client(ours.key) as client:
        items = client.get("/v1/ext/items").json()
    assert acknowledged <= {item["name"] for item in items}
    assert len({item["short_id"] for item in items}) == len(items)


@pytest.mark.parametrize(("clients", "rounds"), [(4, 16), pytest.param(8, 200, marks=LONG)])
def test_two_servers_on_one_database_add_up_through_both_faces(ours: Team, clients: int, rounds: int) -> None:
    words = ("--database", ours.url, "--rate-limit", "0")
    with served(*words) as first, served(*words) as second:
        work = [sys.executable, "-m", "tests.server.program.increments"]
        started = [
            subprocess.Popen(
                [*work, (first, second)[n % 2].address, ours.key, ours.board, ours.item, str(rounds)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for n in range(clients)
        ]
        assert [_line(process) for process in started] == ["ready\n"] * clients
        for process in started:
            _start(process)
        ends = [(*process.communicate(timeout=280), process.returncode) for process in started]
        assert [(code, err) for _, err, code in ends] == [(0, "")] * clients
        with second.client(ours.key) as client:
            item = client.get(f"/v1/ext/items/{ours.item}").json()
            history = client.get(f"/v1/ext/items/{ours.item}/history?limit=500").json()
            shown = client.get(f"/api/crm/boards/{ours.board}/items/{ours.item}", headers={"api_key": ours.key}).json()
    assert (item["count"], item["version"]) == (clients * rounds, 1 + clients * rounds)
    assert [entry["version"] for entry in history] == list(range(item["version"], max(0, item["version"] - 500), -1))
    assert (shown["data"]["values"], shown["data"]["version"]) == ({"count": str(item["count"])}, item["version"])
    counts = [json.loads(out) for out, _, _ in ends]
    assert [each["done"] for each in counts] == [[rounds // 2, rounds // 2]] * clients
    assert sum(sum(each["conflicts"]) for each in counts) > 0, "nobody met anybody, so this has shown nothing"


def _start(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()
