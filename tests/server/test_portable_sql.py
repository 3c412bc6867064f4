"""What the server says to PostgreSQL is what CockroachDB, YugabyteDB and Citus take as well."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import event
from sqlalchemy.schema import CreateIndex, CreateTable

from tests.server.asgi import Caller
from tests.server.conftest import FixedClock, counting_ids, make_board
from tui.server.app import create_app
from tui.server.database import Database
from tui.server.opening import open_database
from tui.server.tables import metadata, suit_postgresql

FORBIDDEN = {
    "listen or notify": r"\b(LISTEN|NOTIFY|UNLISTEN)\b",
    "trigger": r"\bTRIGGER\b",
    "advisory lock": r"advisory_(xact_)?lock|advisory_unlock",
    "sequence": r"\b(BIG|SMALL)?SERIAL\b|\bIDENTITY\b|\bnextval\b|\bSEQUENCE\b",
    "extension": r"\bEXTENSION\b|gin_trgm|similarity\(",
    "special index": r"USING\s+(GIN|GIST|BRIN|SPGIST|HASH)\b",
    "exclusion": r"\bEXCLUDE\b",
    "deferrable": r"\b(DEFERRABLE|DEFERRED)\b",
    "table lock": r"\bLOCK TABLE\b",
    "system column": r"\b(ctid|xmin|oid)\b",
    "skip locked": r"\b(SKIP LOCKED|NOWAIT)\b",
    "savepoint": r"\bSAVEPOINT\b",
}


def faults(statement: str) -> list[str]:
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", statement)
    # The column of that name is a plain integer, in any statement but one that gives it as a type.
    bare = re.sub(r"(items\.|[(,]\s*)serial\b", "", bare).replace("serial INTEGER", "")
    return [name for name, pattern in FORBIDDEN.items() if re.search(pattern, bare, re.IGNORECASE)]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("CREATE TABLE a (id BIGSERIAL)", "sequence"),
        ("SELECT pg_advisory_xact_lock(1)", "advisory lock"),
        ("CREATE INDEX a ON b USING gin (c, d)", "special index"),
        ("NOTIFY wall", "listen or notify"),
        ("CREATE TABLE a (b INTEGER REFERENCES c DEFERRABLE)", "deferrable"),
        ("SELECT 'NOTIFY', items.serial FROM items", None),
    ],
)
def test_the_lint_finds_what_it_is_for(statement: str, fault: str | None) -> None:
    assert faults(statement) == ([fault] if fault else [])


def test_the_tables() -> None:
    from sqlalchemy.dialects import postgresql

    suit_postgresql()
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's
    statements = [str(CreateTable(table).compile(dialect=dialect)) for table in metadata.sorted_tables]
    statements += [str(CreateIndex(i).compile(dialect=dialect)) for t in metadata.sorted_tables for i in t.indexes]
    assert len(statements) > 15
    assert [(faults(each), each) for each in statements if faults(each)] == []


@pytest.fixture
def watched(postgres_url: str) -> Iterator[tuple[Database, list[str]]]:
    database = open_database(postgres_url)
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield database, said
    database.close()


async def test_the_statements(watched: tuple[Database, list[str]], clock: FixedClock) -> None:
    database, said = watched
    call = Caller(create_app(database, clock=clock, ids=counting_ids()))
    board = await make_board(call, duplicates={"fields": ["email"], "mode": "fuzzy", "scope": "all"})
    item = await board.add("Acme", metadata={"email": "a@acme.example"}, position=5)
    other = await board.add("Acme two", position=5)
    await board.edit(item, name="Acme 2", stage_id=board.stages["Won"], version=1)
    for query in ("", "&q=acme+two", "&sort=position&limit=1", "&sort=updated_at&limit=1"):
        await board.items(query)
    await board.changes("1")
    await board.apply(stages=board.answer["stages"][1:], expect=409)
    await board.apply(stages=board.answer["stages"][1:], force=True)
    path = f"/v1/ext/items/{item['item_id']}"
    await call("GET", f"{path}/history")
    await call("DELETE", path)
    await call("POST", f"{path}/restore", headers={"idempotency-key": "k"})
    body = {"pipeline_id": board.id, "metadata": {"email": "a@acme.example"}, "name": "x"}
    await call("POST", "/v1/ext/items/check-duplicates", body)
    assert other["item_id"]
    kinds = {statement.split()[0] for statement in said}
    assert kinds >= {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert [(faults(each), each) for each in said if faults(each)] == []
