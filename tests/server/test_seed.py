"""Sample data and demo walls: the same for the same seed, valid by the server's own rules."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.server.asgi import Caller
from tests.server.conftest import START, Board, FixedClock, plain
from tui.errors import StorageError
from tui.server.app import create_app
from tui.server.opening import open_database
from tui.server.samples import FIRST_BATCH, seed_samples
from tui.server.seed import main, seed_demo


def _dump(file: Path) -> list[Any]:
    with closing(sqlite3.connect(file)) as raw:
        tables = ("boards", "items", "contacts", "history", "matches", "words")
        return [raw.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables]


def _demo(file: Path, items: int = 30, seed: int = 3) -> list[dict[str, object]]:
    lines: list[dict[str, object]] = []
    seed_demo(f"sqlite:///{file}", items=items, seed=seed, clock=FixedClock(), progress=lines.append)
    return lines


def test_the_same_seed_and_clock_make_the_same_wall(tmp_path: Path) -> None:
    _demo(tmp_path / "a.db")
    _demo(tmp_path / "b.db")
    _demo(tmp_path / "c.db", seed=4)
    assert _dump(tmp_path / "a.db") == _dump(tmp_path / "b.db")
    assert _dump(tmp_path / "a.db")[1] != _dump(tmp_path / "c.db")[1]


def test_the_samples_are_the_same_every_time(tmp_path: Path) -> None:
    for name in "ab":
        database = open_database(f"sqlite:///{tmp_path}/{name}.db")
        seed_samples(database, clock=FixedClock(), actor="sam")
        database.close()
    assert _dump(tmp_path / "a.db") == _dump(tmp_path / "b.db")


async def _walls(file: Path) -> tuple[Caller, list[Board]]:
    call = Caller(create_app(open_database(f"sqlite:///{file}"), clock=FixedClock()))
    boards = (await call("GET", "/v1/ext/pipelines")).json()
    blueprints = [(await call("GET", f"/v1/ext/pipelines/{board['id']}/blueprint")).json() for board in boards]
    return call, [Board(call, blueprint) for blueprint in blueprints]


async def test_the_sample_boards_are_as_documented(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/a.db")
    seed_samples(database, clock=FixedClock(), actor="sam")
    database.close()
    _, (sales, support) = await _walls(tmp_path / "a.db")
    columns = [
        (stage["name"], stage["closed"], [s["name"] for s in stage["statuses"]]) for stage in sales.answer["stages"]
    ]
    both = ["Open", "Waiting"]
    assert columns == [
        *((name, None, both) for name in ("Lead", "Qualified", "Proposal", "Negotiation")),
        ("Won", "won", ["Open"]),
        ("Lost", "lost", ["Open"]),
    ]
    kinds = {field["name"]: field["kind"] for field in sales.answer["fields"]}
    assert kinds == {
        "contact_name": "text", "email": "email", "phone": "phone", "deal_value": "currency", "probability": "number",
        "expected_close": "date", "owner": "select", "priority": "select", "notes": "long_text",
    }  # fmt: skip
    assert [field["name"] for field in sales.answer["fields"] if field["sum"]] == ["deal_value"]
    assert [field["name"] for field in sales.answer["fields"] if field["weight"]] == ["probability"]
    assert (sales.answer["short_id_prefix"], support.answer["short_id_prefix"]) == ("DEAL", "TICK")
    closed = [(stage["name"], stage["closed"]) for stage in support.answer["stages"]]
    assert closed == [("New", None), ("In progress", None), ("Waiting", None), ("Solved", "done")]


async def test_samples_obey_the_rules_and_are_believable(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/a.db")
    seed_samples(database, clock=FixedClock(), actor="sam")
    database.close()
    call, boards = await _walls(tmp_path / "a.db")
    total = 0
    for board in boards:
        items = await board.items()
        total += len(items)
        assert {item["stage"] for item in items} == set(board.stages)
        assert len({item["name"] for item in items}) > len(items) / 2
        fields = {field["name"] for field in board.answer["fields"]}
        for item in items:
            assert "2025-11" < item["created_at"] <= item["updated_at"] <= "2026-03-01T10:00:00Z"
            metadata = {name: plain(item[name]) for name in fields}
            again = await board.edit(item, name=item["name"], labels=item["labels"], metadata=metadata)
            assert again == item
    assert 55 <= total <= 65
    assert [item["short_id"] for item in await boards[0].items()][:2] == ["DEAL-38", "DEAL-37"]
    assert (await boards[0].add())["short_id"] == "DEAL-39"
    history = (await call("GET", "/v1/ext/items/DEAL-1/history")).json()
    assert [entry["version"] for entry in history] == [1]


async def test_a_demo_starts_with_its_newest_items_and_the_feed_brings_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "demo.db"
    seen: list[Any] = []

    class Stopped(Exception):
        pass

    def stop(line: dict[str, object]) -> None:
        seen.append(line)
        raise Stopped

    with pytest.raises(Stopped):
        seed_demo(f"sqlite:///{file}", items=900, seed=1, clock=FixedClock(), progress=stop)
    assert (seen[0]["done"], seen[0]["total"]) == (FIRST_BATCH, 900)
    _, (sales, _) = await _walls(file)
    first = await sales.items()
    assert [item["short_id"] for item in first] == [f"DEAL-{number}" for number in range(900, 700, -1)]
    assert {item["stage"] for item in first} == set(sales.stages)
    whole = tmp_path / "whole.db"
    _demo(whole, items=900, seed=1)
    _, (sales, _) = await _walls(whole)
    assert sales.id == seen[0]["board"]
    assert len(await sales.items()) == 900
    assert (await sales.items())[:200] == first
    cursor, brought = str(FIRST_BATCH + 1), 0
    while True:
        answer = await sales.changes(cursor)
        brought += len(answer["changes"])
        cursor = answer["cursor"]
        if not answer["more"]:
            break
    assert brought == 700
    assert (await sales.add())["short_id"] == "DEAL-901"
    ranks = [item["position"] for item in await sales.items(f"&sort=position&stage_id={sales.stages['Lead']}")]
    assert ranks == sorted(set(ranks))


def test_an_empty_demo_says_that_it_is_ready(tmp_path: Path) -> None:
    assert [(line["done"], line["total"]) for line in _demo(tmp_path / "a.db", items=0)] == [(0, 0)]


def test_a_demo_refuses_a_database_with_boards(tmp_path: Path) -> None:
    _demo(tmp_path / "a.db", items=1)
    with pytest.raises(StorageError, match="empty database"):
        _demo(tmp_path / "a.db", items=1)


def test_the_child_process_tells_its_progress(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tui.server.seed", "--database", f"sqlite:///{tmp_path}/a.db", "--items", "450"]
    child = subprocess.run([*command, "--seed", "5"], check=True, capture_output=True, text=True)
    lines = [json.loads(line) for line in child.stdout.splitlines()]
    assert [line["done"] for line in lines] == [200, 450]
    assert {line["total"] for line in lines} == {450}
    refused = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "empty database" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_bad_flags(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--database", "sqlite:///x", "--items", "-1"])
    assert "--items" in capsys.readouterr().err
    assert START
