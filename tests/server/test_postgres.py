"""Several servers on one PostgreSQL: one makes the tables, none loses a write, and a lost connection passes."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import text

from tests.server.asgi import Caller
from tests.server.conftest import Board, FixedClock, make_board
from tests.server.postgres import Postgres
from tui.errors import StorageError
from tui.server.app import create_app
from tui.server.database import Database, connect_database
from tui.server.opening import open_database
from tui.server.refusals import Stale
from tui.server.rules import boards, items
from tui.server.rules.contents import Draft, Edit
from tui.server.rules.plan import ColumnPlan, Plan
from tui.server.service import Service

_OPEN = "import sys; from tui.server.opening import open_database; print(open_database(sys.argv[1]).fresh)"


@pytest.fixture
def empty(postgres: Postgres) -> Iterator[str]:
    with postgres.database("template0") as url:
        yield url


@pytest.fixture
def shared(postgres_url: str) -> Iterator[Database]:
    database = open_database(postgres_url)
    yield database
    database.close()


def test_of_processes_that_open_an_empty_database_at_once_one_makes_the_tables(empty: str) -> None:
    command = [sys.executable, "-c", _OPEN, empty]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = [child.communicate()[0].strip() for child in children]
    assert sorted(said) == ["False", "False", "False", "True"]


def _cut(database: Database) -> None:
    """End every other connection to the database, as a restart of it does."""
    other = connect_database(database.engine.url.render_as_string(hide_password=False))
    with other.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    other.close()


async def test_connections_cut_between_requests_are_not_noticed(shared: Database, clock: FixedClock) -> None:
    board: Board = await make_board(Caller(create_app(shared, clock=clock)))
    item = await board.add()
    _cut(shared)
    assert await board.items() == [item]
    _cut(shared)
    assert (await board.edit(item, name="y"))["version"] == 2


async def test_a_connection_cut_again_and_again_is_503_and_passes(
    shared: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = await make_board(Caller(create_app(shared, clock=clock)))
    find = items.find

    def cut_and_find(*arguments: object) -> object:
        unit = arguments[0]
        unit.connection.execute(text("SELECT 1"))  # type: ignore[attr-defined]  # a Unit
        _cut(shared)
        return find(*arguments)  # type: ignore[arg-type]  # what it was called with

    with monkeypatch.context() as patch:
        patch.setattr(items, "find", cut_and_find)
        reply = await board.call("GET", "/v1/ext/items/DEAL-1")
    assert (reply.status, reply.json()["code"], reply.headers["retry-after"]) == (503, "storage_lost", "1")
    await board.add()
    assert (await board.call("GET", "/v1/ext/items/DEAL-1")).status == 200


def test_a_pooler_gets_no_prepared_statements(postgres_url: str) -> None:
    joint = "&" if "?" in postgres_url else "?"
    for given, kept in (("none", None), ("3", 3)):
        database = open_database(f"{postgres_url}{joint}prepare_threshold={given}")
        with database.engine.connect() as connection:
            assert connection.connection.dbapi_connection.prepare_threshold == kept  # type: ignore[union-attr]  # psycopg's
        database.close()
    with pytest.raises(StorageError, match="prepare_threshold must be none or a whole number"):
        open_database(f"{postgres_url}{joint}prepare_threshold=x")


@pytest.mark.parametrize(
    ("servers", "rounds"), [(4, 6), pytest.param(8, 200, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)
def test_increments_beside_each_other_add_up(postgres_url: str, servers: int, rounds: int) -> None:
    """Each thread has a pool of its own, as a server has; the versions tell exactly the updates that were answered."""
    first = open_database(postgres_url)
    service = Service(first)
    plan = Plan(name="Sales", columns=(ColumnPlan(name="Lead"),), prefix="DEAL", extra_fields="store")
    made = service.write_now(lambda unit: boards.create(unit, plan))
    draft = Draft("x", made.board.columns[0].id, values={"sum": 0})
    item = service.write_now(lambda unit: items.create(unit, made.id, draft)).item
    failures: list[BaseException] = []

    def serve() -> None:
        database = open_database(postgres_url)
        own = Service(database)
        try:
            for _ in range(rounds):
                _increment(own, item.id)
        except BaseException as error:  # noqa: BLE001  # told to the thread that waits
            failures.append(error)
        finally:
            own.close()
            database.close()

    threads = [threading.Thread(target=serve) for _ in range(servers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    final = service.read_now(lambda unit: items.find(unit, item.id)).item
    assert (final.fields, final.version) == (f'{{"sum":{servers * rounds}}}', servers * rounds + 1)
    service.close()
    first.close()


def _increment(service: Service, item_id: str) -> None:
    while True:
        seen = service.read_now(lambda unit: items.find(unit, item_id)).item
        edit = Edit(values={"sum": int(seen.fields.partition(":")[2].rstrip("}")) + 1})
        work = partial(items.change, reference=item_id, edit=edit, expected=(seen.version,))
        try:
            service.write_now(work)
        except Stale:
            continue
        return
