"""A team at work for some minutes: ``python -m tests.bench.soak --minutes 10``.

Starts ``cardwall serve`` on SQLite, writers over both faces (creates, edits with a version, moves, deletes) and three
real walls in pseudo-terminals, one of them on the cekat contract, whose users move cards too. Then the writers stop,
and what each wall holds is compared with a fresh list, item by item. The exit status is 1 when anything differs, when a
wall has ended, when a writer met an answer that is neither success nor a conflict, or when some kind of write never
succeeded, for then nothing was shown.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.server.program.served import Served, served
from tests.terminal.process import memory_mib
from tests.terminal.terminal import Terminal
from tests.terminal.walls import wall
from tui.server.opening import open_database
from tui.server.rules import keys
from tui.server.seed import seed_demo
from tui.server.service import Service
from tui.sync.persist import item_from_json

PACE = 0.05
"""Seconds between two requests of a writer."""
CATCHING_UP = 120.0
"""Seconds that a wall gets to hear of the last change."""
CONFIG = """
default_profile = "soak"
[profiles.soak]
contract = "{contract}"
url = "{url}"
api_key = {{ env = "SOAK_KEY" }}
rate_limit = "6000/min"
poll = 2
"""
WRITES = [f"{face} {what}" for face in ("slate", "cekat") for what in ("create", "edit", "move", "delete")]
WALLS = ("slate", "slate", "cekat")
"""The contract that each wall speaks."""
Held = dict[str, tuple[object, ...]]
"""What is compared of each item, by its id."""


class Writer:
    """One client that does what comes to its mind; even ones speak slate, odd ones cekat."""

    def __init__(self, server: Served, key: str, board: str, number: int) -> None:
        self.seen: Counter[str] = Counter()
        self.faults: list[str] = []
        self._random = random.Random(number)
        self._board, self._number = board, number
        self._client = server.client(key)
        self._client.headers["authorization"] = f"Bearer {key}"
        self._columns = [stage["id"] for stage in self._client.get(f"/v1/ext/pipelines/{board}/stages").json()]

    def work(self, stop: threading.Event) -> None:
        """Go on until told to stop."""
        act = self._by_cekat if self._number % 2 else self._by_slate
        with closing(self._client):
            while not stop.wait(PACE):
                try:
                    act(self._random.choices(("create", "edit", "move", "delete"), (3, 6, 3, 2))[0])
                except (httpx.HTTPError, ValueError) as error:
                    self.faults.append(repr(error))

    def _item(self) -> dict[str, Any] | None:
        page = self._client.get("/v1/ext/items", params={"pipeline_id": self._board, "limit": 100}).json()
        item: dict[str, Any] | None = self._random.choice(page) if page else None
        return item

    def _count(self, what: str, answer: httpx.Response) -> None:
        self.seen[f"{what} {answer.status_code}"] += 1
        if answer.status_code not in {200, 201, 204, 404, 409}:  # another writer was first, or has deleted it
            self.faults.append(f"{what}: {answer.status_code} {answer.text[:200]}")

    def _by_slate(self, what: str) -> None:
        column, name = self._random.choice(self._columns), f"w{self._number}-{self._random.randrange(10**6)}"
        if what == "create":
            body = {"name": name, "pipeline_id": self._board, "stage_id": column, "metadata": {"deal_value": 5}}
            self._count("slate create", self._client.post("/v1/ext/items", json=body))
        elif item := self._item():
            path = f"/v1/ext/items/{item['item_id']}"
            if what == "delete":
                answer = self._client.delete(path, params={"version": item["version"]})
            else:
                change = {"stage_id": column} if what == "move" else {"name": name, "labels": [name[:4]]}
                answer = self._client.patch(path, json={**change, "version": item["version"]})
            self._count(f"slate {what}", answer)

    def _by_cekat(self, what: str) -> None:
        column, name = self._random.choice(self._columns), f"w{self._number}-{self._random.randrange(10**6)}"
        path = f"/api/crm/boards/{self._board}/items"
        if what == "create":
            body = {"title": name, "column_id": column, "values": {"deal_value": "7"}}
            self._count("cekat create", self._client.post(path, json=body))
        elif item := self._item():
            if what == "delete":
                answer = self._client.request("DELETE", path, json={"item_ids": [item["item_id"]]})
            else:
                change = {"column_id": column} if what == "move" else {"title": name, "values": {"deal_value": "9"}}
                answer = self._client.put(f"{path}/{item['item_id']}", json={**change, "version": item["version"]})
            self._count(f"cekat {what}", answer)


def fresh(client: httpx.Client, board: str) -> Held:
    """What a list that nobody has kept says."""
    listed = client.get("/v1/ext/items", params={"pipeline_id": board}).json()
    return {
        each["item_id"]: (each["name"], each["stage_id"], each["status_id"], each["labels"], each["version"])
        for each in listed
    }


def without_statuses(listed: Held) -> Held:
    """What a cekat wall can know."""
    return {key: (*value[:2], None, *value[3:]) for key, value in listed.items()}


def kept(home: Path, board: str) -> Held:
    """What a wall holds, as it has left it for its next start."""
    (file,) = (home / ".local" / "state" / "cardwall").glob("snapshot-*.db")
    with closing(sqlite3.connect(file)) as snapshot:
        rows = snapshot.execute("SELECT data FROM items WHERE board_id = ?", (board,)).fetchall()
    items = [item_from_json(json.loads(data)) for (data,) in rows]
    return {each.id: (each.name, each.column_id, each.status_id, sorted(each.labels), each.version) for each in items}


def differences(wall: Held, listed: Held) -> list[str]:
    """Each item that a wall does not hold as it is."""
    plain = {key: (*value[:3], sorted(value[3]), int(str(value[4]))) for key, value in listed.items()}  # type: ignore[call-overload]  # labels
    held = {key: (*value[:4], int(str(value[4]))) for key, value in wall.items()}
    return [
        f"{key}: the wall holds {held.get(key)}, the server {plain.get(key)}"
        for key in sorted(held.keys() | plain.keys())
        if held.get(key) != plain.get(key)
    ]


@contextmanager
def walls(folder: Path, server: Served, key: str) -> Iterator[list[tuple[Terminal, Path]]]:
    """The walls on the server, each at home in a folder of its own."""
    with ExitStack() as stack:
        found = []
        for number, contract in enumerate(WALLS):
            home = folder / f"home{number}"
            (home / ".config" / "cardwall").mkdir(parents=True)
            (home / ".config" / "cardwall" / "config.toml").write_text(
                CONFIG.format(url=server.address, contract=contract)
            )
            env: Mapping[str, str | None] = {"HOME": str(home), "SOAK_KEY": key} | {
                name: None for name in os.environ if name.startswith("XDG_")
            }
            started = stack.enter_context(wall("--board", "Sales", env=env))
            started.wait_for("synced", 60)
            found.append((started, home))
        yield found


def attend(each: Terminal, round_: int) -> None:
    """What the user of a wall does: look around, and now and then move a card there and back."""
    for press in ("j", "j", "l", "k", "h", *(("L", "H") if round_ % 5 == 0 else ())):
        each.press(press)
        each.wait_quiet(0.05, 2.0)


def settle(started: list[tuple[Terminal, Path]], client: httpx.Client, board: str) -> list[str]:
    """Wait until every wall has sent what it had to and heard the last change; what it then holds wrongly."""
    last = client.get(f"/v1/ext/pipelines/{board}/changes").json()["cursor"]
    found: list[str] = []
    for number, (each, home) in enumerate(started):
        end = time.monotonic() + CATCHING_UP
        each.press("escape")
        told = without_statuses if WALLS[number] == "cekat" else dict
        while (wrong := differences(kept(home, board), told(fresh(client, board)))) and time.monotonic() < end:
            each.read(0.5)
        found += [f"wall {number}: {line}" for line in wrong]
        if each.exit_status is not None:
            found.append(f"wall {number} has ended ({each.exit_status})")
        sys.stdout.write(f"wall {number}: {len(kept(home, board))} items, at least up to {last}, {len(wrong)} wrong\n")
    return found


def soak(folder: Path, minutes: float, items: int, writers: int) -> list[str]:
    """Let everybody work; what was wrong at the end."""
    url = f"sqlite:///{folder / 'team.db'}"
    board = seed_demo(url, items=items, seed=1)
    database = open_database(url)
    service = Service(database)
    _, key = service.write_now(lambda unit: keys.create(unit, "soak", keys.SCOPES))
    service.close()
    database.close()
    with served("--database", url, "--rate-limit", "0") as server, walls(folder, server, key) as started:
        team = [Writer(server, key, board, number) for number in range(writers)]
        stop = threading.Event()
        threads = [threading.Thread(target=each.work, args=(stop,)) for each in team]
        before = [memory_mib(pid)[0] for pid in (server.process.pid, *(each.pid for each, _ in started))]
        for thread in threads:
            thread.start()
        end, round_ = time.monotonic() + minutes * 60, 0
        while time.monotonic() < end:
            for each, _ in started:
                attend(each, round_)
            round_ += 1
        stop.set()
        for thread in threads:
            thread.join()
        after = [memory_mib(pid)[0] for pid in (server.process.pid, *(each.pid for each, _ in started))]
        with server.client(key) as client:
            faults = settle(started, client, board)
        faults += [fault for each in team for fault in each.faults]
        faults += [str(line) for line in server.lines if line["level"] not in {"info"}]
        done = sum((each.seen for each in team), Counter[str]())
        faults += [f"no {what} succeeded" for what in WRITES if not any(done[f"{what} {s}"] for s in (200, 201, 204))]
    for what, count in sorted(done.items()):
        sys.stdout.write(f"{what}: {count}\n")
    names = ("server", *(f"wall {number}, {contract}" for number, contract in enumerate(WALLS)))
    for name, was, now in zip(names, before, after, strict=True):
        sys.stdout.write(f"{name}: {was:.0f} MiB, then {now:.0f} MiB\n")
    return faults


def main(arguments: list[str] | None = None) -> int:
    """The program."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description="Let a team work for a while.")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--writers", type=int, default=4)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        faults = soak(Path(folder), options.minutes, options.items, options.writers)
    for fault in faults[:40]:
        sys.stdout.write(f"WRONG {fault}\n")
    sys.stdout.write("all as it should be\n" if not faults else f"{len(faults)} faults\n")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
