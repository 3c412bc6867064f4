"""The queries of pages and polls use an index and sort nothing, at any size of the board."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from tests.server.conftest import FixedClock
from tui.server.database import Database
from tui.server.opening import open_database
from tui.server.rules import duplicates, feed, listing, positions
from tui.server.rules.contents import Content
from tui.server.rules.listing import Query
from tui.server.rules.search import Search, search
from tui.server.rules.value_tests import value_test
from tui.server.seed import seed_demo
from tui.server.service import Service
from tui.server.unit import Unit


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Database:
    file: Path = tmp_path_factory.mktemp("plans") / "demo.db"
    seed_demo(f"sqlite:///{file}", items=600, seed=1, clock=FixedClock())
    return open_database(f"sqlite:///{file}")


def _plans(database: Database, work: Any) -> list[str]:
    """The query plan of every statement that reads items or matches."""
    found: list[str] = []

    def explain(
        connection: Connection, _cursor: object, statement: str, parameters: Any, _context: object, _many: bool
    ) -> None:
        if statement.startswith("SELECT") and ("FROM items" in statement or "FROM matches" in statement):
            driver = connection.connection.dbapi_connection
            assert driver is not None
            rows = driver.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            found.append(" | ".join(row[3] for row in rows))

    event.listen(database.engine, "before_cursor_execute", explain)
    try:
        service = Service(database, clock=FixedClock())
        service.read_now(work)
        service.close()
    finally:
        event.remove(database.engine, "before_cursor_execute", explain)
    assert found
    return found


def _check(plans: list[str], index: str) -> None:
    for plan in plans:
        assert f"USING INDEX {index}" in plan or f"USING COVERING INDEX {index}" in plan, plan
        assert "SCAN" not in plan, plan
        assert "TEMP B-TREE" not in plan, plan


def _sales(unit: Unit) -> tuple[str, str]:
    blueprint = unit.blueprints()[0]
    return blueprint.id, blueprint.board.columns[0].id


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    ("sort", "column", "index"),
    [
        ("created_at", False, "ix_items_board_created"),
        ("created_at", True, "ix_items_column_created"),
        ("updated_at", False, "ix_items_board_updated"),
        ("position", True, "ix_items_column_position"),
        ("position", False, "ix_items_column_position"),
    ],
)
@pytest.mark.parametrize("words", [(), ("renewal",)])
def test_pages(demo: Database, sort: Any, column: bool, index: str, first: bool, words: tuple[str, ...]) -> None:
    def work(unit: Unit) -> None:
        board_id, column_id = _sales(unit)
        query = Query(board_id=board_id, column_id=column_id if column else None, sort=sort, words=words)
        mark: Any = (column_id, 1, "x") if sort == "position" else (10**13, "x")
        listing.page(unit, query, None if first else mark, 100)

    _check(_plans(demo, work), index)


@pytest.mark.parametrize("tested", [False, True])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    ("sort", "column", "index"),
    [
        ("created_at", False, "ix_items_board_created"),
        ("created_at", True, "ix_items_column_created"),
        ("updated_at", False, "ix_items_board_updated"),
        ("position", True, "ix_items_column_"),
        ("position", False, "ix_items_column_"),
    ],
)
def test_searches(demo: Database, sort: Any, column: bool, index: str, descending: bool, tested: bool) -> None:
    """A window comes in the order of an index; its count takes whichever index holds that board or column."""

    def work(unit: Unit) -> None:
        board_id, column_id = _sales(unit)
        columns = frozenset({column_id}) if column else None
        tests = [("deal_value", value_test("gte", ["0"]))] if tested else []
        found = search(unit, Search(board_id, column_ids=columns, sort=sort, descending=descending, tests=tests))
        assert found.total > 50

    plans = [plan for plan in _plans(demo, work) if "sqlite_autoindex" not in plan]
    for plan in plans:
        assert "SCAN" not in plan, plan
        assert "TEMP B-TREE" not in plan, plan
    assert any(index in plan for plan in plans), plans


def test_the_feed(demo: Database) -> None:
    _check(_plans(demo, lambda unit: feed.changes(unit, _sales(unit)[0], 100)), "ix_items_board_revision")


def test_a_poll_with_nothing_new_reads_one_row(demo: Database) -> None:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    service = Service(demo, clock=FixedClock())
    board_id, _ = service.read_now(_sales)
    cursor = service.read_now(lambda unit: feed.changes(unit, board_id, None)).cursor
    event.listen(demo.engine, "before_cursor_execute", note)
    service.read_now(lambda unit: feed.changes(unit, board_id, cursor))
    event.remove(demo.engine, "before_cursor_execute", note)
    service.close()
    assert [statement for statement in statements if statement != "BEGIN"] == [statements[-1]]
    assert "FROM boards" in statements[-1]


def test_the_end_of_a_column_is_one_step_in_an_index(demo: Database) -> None:
    _check(_plans(demo, lambda unit: positions.end_of(unit, _sales(unit)[1])), "ix_items_column_position")


def test_exact_duplicates(demo: Database) -> None:
    def work(unit: Unit) -> None:
        blueprint = unit.blueprints()[0]
        content = Content("x", "", None, {"email": "a@b.example"}, (), None, None)
        duplicates.find(unit, blueprint, content)

    _check(_plans(demo, work), "ix_matches_value")
