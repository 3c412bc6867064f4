"""Databases from before the word index get it, on both engines, and then have the schema of a new one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from tests.server.conftest import FixedClock
from tests.server.postgres import Postgres
from tui.server.database import Database, connect_database
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
def migrated(old_url: str) -> Iterator[Database]:
    old = connect_database(old_url)
    with old.engine.begin() as connection:
        for statement in OLD.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    old.close()
    database = open_database(old_url)
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
