"""The queries of pages and polls use an index and sort nothing, at any size of the board."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import Connection, event

from tests.server.conftest import FixedClock
from tui.server.database import Database
from tui.server.opening import open_database
from tui.server.rules import duplicates, feed, history, listing, positions
from tui.server.rules import items as item_rules
from tui.server.rules.contents import Content
from tui.server.rules.listing import Query
from tui.server.rules.search import Search, search
from tui.server.rules.value_tests import value_test
from tui.server.seed import seed_demo
from tui.server.service import Service
from tui.server.unit import Unit


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Enough items for a common word. PostgreSQL would rightly scan so few: it is told to only where it must."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('plans')}/demo.db"
        else:
            url = stack.enter_context(request.getfixturevalue("postgres").database())
        seed_demo(url, items=3000, seed=1, clock=FixedClock())
        database = open_database(url)
        stack.callback(database.close)
        if not database.is_sqlite:
            with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
            event.listen(database.engine, "connect", _scan_only_where_you_must)
            database.engine.dispose()
        yield database


def _scan_only_where_you_must(connection: Any, _record: object) -> None:
    connection.execute("SET enable_seqscan = off")
    connection.commit()


def _plans(database: Database, work: Any) -> list[str]:
    """The query plan of every statement that reads items, words, history or matches."""
    found: list[str] = []
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"

    def note(
        connection: Connection, _cursor: object, statement: str, parameters: Any, _context: object, _many: bool
    ) -> None:
        if statement.startswith("SELECT") and re.search(r"FROM (items|matches|words|history)\b", statement):
            driver = connection.connection.dbapi_connection
            assert driver is not None
            cursor = driver.cursor()
            cursor.execute(f"{explain} {statement}", parameters)
            found.append(" | ".join(str(row[-1]) for row in cursor.fetchall()))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        service = Service(database, clock=FixedClock())
        service.read_now(work)
        service.close()
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    assert found
    return found


def _check(plans: list[str], *indexes: str, sorted_: bool = False) -> None:
    """Each statement goes through one of the indexes; nothing is scanned, and nothing sorted unless that is said."""
    for plan in plans:
        assert any(re.search(rf"\b{index}\b", plan) for index in indexes), plan[:500]
        assert not re.search(r"\bSCAN\b|Seq Scan", plan), plan[:500]
        if not sorted_:
            assert not re.search(r"TEMP B-TREE|\bSort\b", plan), plan[:500]


WORDS = ("sqlite_autoindex_words_1", "PRIMARY KEY", "pk_words")
ITEM = ("sqlite_autoindex_items_1", "pk_items")


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
@pytest.mark.parametrize("words", [(), ("example",)])
def test_pages(demo: Database, sort: Any, column: bool, index: str, first: bool, words: tuple[str, ...]) -> None:
    """Also of a search for a word that is everywhere: its matches are picked while the list is walked in order."""

    def work(unit: Unit) -> None:
        board_id, column_id = _sales(unit)
        query = Query(board_id=board_id, column_id=column_id if column else None, sort=sort, words=words)
        mark: Any = (column_id, 1, "x") if sort == "position" else (10**13, "x")
        listing.page(unit, query, None if first else mark, 20)

    _check(_plans(demo, work), index, *(WORDS if words else ()))


@pytest.mark.parametrize("sort", ["created_at", "updated_at", "position"])
@pytest.mark.parametrize("column", [True, False])
@pytest.mark.parametrize("words", [("deal", "299"), ("29",), ("2",)])
def test_a_search_for_rare_words_reads_its_matches_only(
    demo: Database, sort: Any, column: bool, words: tuple[str, ...]
) -> None:
    def work(unit: Unit) -> None:
        board_id, column_id = _sales(unit)
        few = words if words != ("2",) else ("2", "2999")
        query = Query(board_id=board_id, column_id=column_id if column else None, sort=sort, words=few)
        listing.page(unit, query, None, 50)

    _check(_plans(demo, work), *WORDS, *ITEM, "ix_items_board_serial", sorted_=True)


def test_an_item_and_its_history(demo: Database) -> None:
    def work(unit: Unit) -> None:
        by_key = item_rules.find(unit, "DEAL-7").item
        history.entries(unit, item_rules.find(unit, by_key.id).item.id)

    _check(_plans(demo, work), "ix_items_key", *ITEM, "sqlite_autoindex_history_1", "pk_history")


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
    # With tests every item of the board is read and compared, so PostgreSQL rather sorts them than walks an index.
    may_sort = tested and not demo.is_sqlite
    for plan in plans:
        assert not re.search(r"\bSCAN\b|Seq Scan", plan), plan
        assert may_sort or not re.search(r"TEMP B-TREE|\bSort\b", plan), plan
    assert may_sort or any(index in plan for plan in plans), plans


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
