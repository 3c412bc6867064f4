"""Databases from before the word index get it, on both engines, and then have the schema of a new one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from tests.server.conftest import FixedClock
from tests.server.postgres import Postgres
from tui.server.database import Database, connect_database
from tui.server.migrations import MIGRATIONS
from tui.server.opening import open_database
from tui.server.rules import items as rules
from tui.server.rules import listing
from tui.server.rules.contents import Draft
from tui.server.rules.listing import Query
from tui.server.service import Service
from tui.server.text import words_of

OLD = (Path(__file__).parent / "revision1.sql").read_text()


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/old.db"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    with postgres.database("template0") as url:
        yield url


@pytest.fixture
def filled(old_url: str) -> str:
    """A database of the first schema with a board and items."""
    old = connect_database(old_url)
    with old.engine.begin() as connection:
        for statement in OLD.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    old.close()
    return old_url


@pytest.fixture
def migrated(filled: str) -> Iterator[Database]:
    database = open_database(filled)
    yield database
    database.close()


def _found(service: Service, query: str) -> list[str]:
    page = service.read_now(lambda unit: listing.page(unit, Query(board_id="b", words=words_of(query)), None, 9))
    return [item.name for item in page.items]


def test_items_are_found_by_what_they_held(migrated: Database) -> None:
    service = Service(migrated, clock=FixedClock())
    for query in ("strasse nord", "deal-7", "1250.5", "em", ""):
        assert _found(service, query) == ["Straße Nord"], query
    assert _found(service, "gone") == []
    service.write_now(lambda unit: rules.restore(unit, "i2"))
    service.write_now(lambda unit: rules.create(unit, "b", Draft("Nordic", "c")))
    assert _found(service, "nord") == ["Nordic", "Nord gone", "Straße Nord"]
    service.close()


def _schema(database: Database) -> dict[str, Any]:
    look = inspect(database.engine)
    return {
        table: (
            [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in look.get_columns(table)],
            sorted((i["name"], i["column_names"], bool(i["unique"])) for i in look.get_indexes(table)),
            look.get_pk_constraint(table)["constrained_columns"],
        )
        for table in sorted(look.get_table_names())
    }


def test_a_migrated_schema_is_that_of_a_new_database(migrated: Database, database: Database) -> None:
    if migrated.is_sqlite == database.is_sqlite:
        assert _schema(migrated) == _schema(database)
    else:
        assert _schema(migrated).keys() == _schema(database).keys()


_PROGRAM = f"""
import sys
from tui.server.migrations import MIGRATIONS, Migration
from tui.server.opening import open_database

def count(operations, connection):
    connection.exec_driver_sql("UPDATE boards SET next_number = next_number + 1000")

print("ready", flush=True)
sys.stdin.readline()
open_database(sys.argv[1], migrations=(*MIGRATIONS, Migration({MIGRATIONS[-1].revision + 1}, count))).close()
"""


def test_processes_that_start_at_once_take_each_step_once(filled: str) -> None:
    start = [sys.executable, "-c", _PROGRAM, filled]
    pipe = subprocess.PIPE
    children = [subprocess.Popen(start, stdin=pipe, stdout=pipe, stderr=pipe, text=True) for _ in range(4)]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:  # all at once, now that what takes long is loaded
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    ends = [(child.communicate()[1], child.returncode) for child in children]
    assert ends == [("", 0)] * 4
    after = connect_database(filled)
    with after.engine.connect() as connection:
        numbers = connection.exec_driver_sql("SELECT next_number FROM boards").scalars().all()
        serials = connection.exec_driver_sql("SELECT serial FROM items ORDER BY serial").scalars().all()
        revisions = connection.exec_driver_sql("SELECT revision FROM cardwall_schema").scalars().all()
    after.close()
    assert [number // 1000 for number in numbers] == [1] * len(numbers)
    assert len(serials) > 1
    assert serials == list(range(len(serials)))
    assert revisions == [MIGRATIONS[-1].revision + 1]
