"""The cekat client against the real embedded server: two codecs that share nothing but the contract."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from immutables import Map
from msgspec.structs import replace

from tests.contract.recorded import recorded
from tui.api.backend import Backend, Capabilities, VersionConflict
from tui.api.cekat import CekatBackend
from tui.api.embedded import Embedded
from tui.api.inprocess import AsgiApp
from tui.api.slate import SlateBackend
from tui.api.slate_board import decode_board
from tui.domain.changes import Delta, Edits, Set
from tui.domain.model import (
    COLUMN,
    LABELS,
    NAME,
    POSITION,
    Board,
    BoardId,
    Column,
    ColumnId,
    DuplicateRule,
    Item,
    ItemId,
    Member,
    field_member,
)
from tui.domain.record import Record, Value
from tui.errors import Invalid, NotAllowed, NotFound
from tui.server.app import create_app
from tui.server.lifespan import running
from tui.server.opening import open_database


@dataclass
class Link:
    """Both faces of one server, on the loop of the test."""

    app: AsgiApp
    loop: asyncio.AbstractEventLoop
    methods: list[str]
    """What was asked, in order."""


@pytest.fixture
async def link(tmp_path: Path) -> AsyncIterator[Link]:
    database = open_database(f"sqlite:///{tmp_path}/cardwall.db")
    app = create_app(database, actor="sam", faces=("slate", "cekat"))
    methods: list[str] = []

    async def counted(scope: Any, receive: Any, send: Any) -> None:
        methods.append(scope["method"])
        await app(scope, receive, send)

    async with running(app):
        yield Link(counted, asyncio.get_running_loop(), methods)
    database.close()


@pytest.fixture
async def slate(link: Link) -> AsyncIterator[Backend]:
    backend = SlateBackend(Embedded(link))
    await backend.open()
    yield backend
    await backend.close()


@pytest.fixture
async def made(slate: Backend) -> Board:
    """A board, as its maker knows it."""
    wanted = decode_board(recorded("slate/client_blueprint.json"))
    new = replace(
        wanted,
        id=BoardId(""),
        columns=tuple(replace(column, id=ColumnId(""), statuses=()) for column in wanted.columns),
        fields=tuple(replace(field, required=False) for field in wanted.fields),
        duplicates=DuplicateRule(),
        revision=None,
    )
    return await slate.put_board(new, key=new_key())


@pytest.fixture
async def backend(link: Link, made: Board) -> AsyncIterator[CekatBackend]:
    """Told by its profile what the contract does not tell."""
    fields = {field.name: {"kind": field.kind} for field in made.fields}
    backend = CekatBackend(Embedded(link), {made.name: {"fields": fields}})
    await backend.open()
    yield backend
    await backend.close()


def new_key() -> str:
    return str(uuid4())


def draft(board: Board, **values: Value) -> Item:
    return Item(
        ItemId("local-1"), "new", "Acme Corp", board.id, board.columns[0].id, fields=Record(values), labels=("a", "b")
    )


async def only_item(backend: Backend, board: Board) -> Item:
    await backend.board(board.id)
    (item,) = [item async for page in backend.pages(board.id) for item in page.items]
    return item


async def test_a_server_of_ours_offers_versions_and_keys(backend: CekatBackend) -> None:
    assert backend.capabilities == Capabilities(
        versioned=True,
        idempotent=True,
        rename=True,
        labels=True,
        position=True,
        delete=True,
        search=True,
        by_change=True,
    )


async def test_a_board_is_read_as_it_was_made(backend: CekatBackend, made: Board) -> None:
    def plain(column: Column) -> tuple[object, ...]:
        return column.id, column.name, column.colour, column.limit

    board = await backend.board(made.id)
    assert [column.name for column in board.columns] == [column.name for column in made.columns]
    assert [page.items async for page in backend.pages(made.id)] == [()]
    board = await backend.board(made.id)
    assert [plain(column) for column in board.columns] == [plain(column) for column in made.columns]
    assert [(f.name, f.kind) for f in board.fields] == [(f.name, f.kind) for f in made.fields]
    with pytest.raises(NotFound):
        await backend.board(made.id[:-1])  # type: ignore[arg-type]


async def test_every_value_goes_there_and_back_and_shows_alike_through_both_faces(
    backend: CekatBackend, slate: Backend, made: Board
) -> None:
    await backend.board(made.id)
    values: dict[str, Value] = {
        "contact_name": "Jo",
        "email": "jo@acme.example",
        "deal_value": Decimal("15000.5"),
        "probability": 40,
        "expected_close": date(2026, 12, 31),
        "owner": "Sam",
        "channels": ("event", "web"),
        "vip": True,
        "notes": "two\nlines",
    }
    item = await backend.create(draft(made, **values), key=new_key())
    assert dict(item.fields) == {field.name: values.get(field.name) for field in made.fields}
    assert (item.name, item.labels, item.version) == ("Acme Corp", ("a", "b"), 1)
    assert await only_item(backend, made) == item
    assert await backend.item(item.id) == item
    other = await slate.item(item.id)
    assert {name: value for name, value in other.fields.items() if value not in (None, ())} == values
    assert (other.name, other.column_id, other.position) == (item.name, item.column_id, item.position)


async def test_an_edit_is_one_request_that_carries_the_version(backend: CekatBackend, made: Board, link: Link) -> None:
    await backend.create(draft(made), key=new_key())
    base = await only_item(backend, made)
    edits: Edits = Map([(NAME, Set(base.name, "B")), (COLUMN, Set(base.column_id, made.columns[1].id))])
    link.methods.clear()
    after = await backend.edit(base, edits, key=new_key())
    assert link.methods == ["PUT"]
    assert (after.name, after.column_id, after.version, after.labels) == ("B", made.columns[1].id, 2, ("a", "b"))
    labels: dict[Member, Set | Delta] = {LABELS: Delta(added=("c",), removed=("a",))}
    after = await backend.edit(after, Map(labels), key=new_key())
    assert (after.labels, after.version) == (("b", "c"), 3)
    assert await backend.item(base.id) == after


async def test_who_comes_second_is_told_what_the_first_wrote(backend: CekatBackend, made: Board) -> None:
    await backend.create(draft(made), key=new_key())
    base = await only_item(backend, made)
    first = await backend.edit(base, Map([(NAME, Set(base.name, "First"))]), key=new_key())
    with pytest.raises(VersionConflict) as caught:
        await backend.edit(base, Map([(NAME, Set(base.name, "Second"))]), key=new_key())
    assert caught.value.theirs is not None
    assert (caught.value.theirs.name, caught.value.theirs.version) == ("First", 2)
    with pytest.raises(VersionConflict):
        await backend.delete(base, key=new_key())
    await backend.delete(first, key=new_key())
    with pytest.raises(NotFound):
        await backend.item(base.id)
    with pytest.raises(VersionConflict) as gone:
        await backend.edit(first, Map([(NAME, Set(base.name, "Third"))]), key=new_key())
    assert gone.value.theirs is None


async def test_a_repeated_edit_of_an_item_deleted_since_comes_to_an_end(backend: CekatBackend, made: Board) -> None:
    """The answer does not show labels, and the item that would cannot be read any more."""
    item = await backend.create(draft(made), key=new_key())
    labels: dict[Member, Set | Delta] = {LABELS: Delta(added=("c",))}
    key = new_key()
    after = await backend.edit(item, Map(labels), key=key)
    await backend.delete(after, key=new_key())
    with pytest.raises(VersionConflict) as gone:
        await backend.edit(item, Map(labels), key=key)
    assert gone.value.theirs is None


async def test_a_repeated_create_makes_one_item(backend: CekatBackend, made: Board) -> None:
    key = new_key()
    first = await backend.create(draft(made), key=key)
    assert await backend.create(draft(made), key=key) == first
    assert await only_item(backend, made) == first


async def test_a_value_is_cleared_and_a_position_set(backend: CekatBackend, made: Board) -> None:
    field = next(field for field in made.fields if field.kind == "currency")
    one = await backend.create(draft(made, **{field.name: 5}), key=new_key())
    two = await backend.create(draft(made), key=new_key())
    assert two.position is not None
    after = await backend.edit(
        one,
        Map([(field_member(field.name), Set(5, None)), (POSITION, Set(one.position, two.position + 1))]),
        key=new_key(),
    )
    assert after.fields[field.name] is None
    assert after == await backend.item(one.id)
    assert [item.id async for page in backend.pages(made.id) for item in page.items] == [two.id, one.id]


async def test_what_the_server_refuses_names_the_field(backend: CekatBackend, made: Board) -> None:
    item = await backend.create(draft(made), key=new_key())
    with pytest.raises(Invalid) as caught:
        await backend.edit(item, Map([(field_member("nonsense"), Set(None, "x"))]), key=new_key())
    assert "nonsense" in caught.value.message
    with pytest.raises(Invalid):
        await backend.edit(item, Map([(COLUMN, Set(item.column_id, ColumnId(item.id)))]), key=new_key())


async def test_a_board_that_keeps_its_items_says_so(backend: CekatBackend, slate: Backend, made: Board) -> None:
    item = await backend.create(draft(made), key=new_key())
    await slate.put_board(replace(made, allow_delete=False), key=new_key())
    with pytest.raises(NotAllowed):
        await backend.delete(item, key=new_key())
    assert await backend.item(item.id) == item


async def test_a_search_finds_by_text(backend: CekatBackend, made: Board) -> None:
    await backend.create(draft(made), key=new_key())
    item = await only_item(backend, made)
    assert await backend.search(made.id, "acme", 50, {item.id: item}) == (item,)
    assert await backend.search(made.id, "acme", 50) == (item,)
    labels: dict[Member, Set | Delta] = {LABELS: Delta(added=("new",))}
    newer = await backend.edit(item, Map(labels), key=new_key())
    assert await backend.search(made.id, "acme", 50, {item.id: item}) == (newer,)  # a part never makes up a version
    assert await backend.search(made.id, "nobody", 50) == ()


async def test_a_long_list_comes_in_pages(backend: CekatBackend, made: Board) -> None:
    for number in range(230):
        await backend.create(replace(draft(made), name=f"Item {number}"), key=new_key())
    await backend.board(made.id)
    pages = [page async for page in backend.pages(made.id)]
    assert [len(page.items) for page in pages] == [200, 30]
    assert len({item.id for page in pages for item in page.items}) == 230


async def test_an_unchanged_board_costs_one_search_and_a_changed_one_its_changes(
    link: Link, slate: Backend, made: Board, backend: CekatBackend
) -> None:
    """The search of a server of ours tells versions, so nothing that is as it was need be read."""
    for number in range(5):
        await slate.create(replace(draft(made), name=f"Deal {number}"), key=new_key())
    await backend.board(made.id)
    known = {item.id: item async for page in backend.pages(made.id) for item in page.items}
    backend._limit = 1  # as on a server whose list takes many requests
    await backend.changed(made.id, known)
    before = len(link.methods)
    page = await backend.changed(made.id, known)
    assert page is not None
    assert (page.items, page.total) == ((), 5)
    assert link.methods[before:] == ["POST"]
    first = next(iter(known.values()))
    theirs = await backend.edit(first, Map({NAME: Set(first.name, "Theirs")}), key=new_key())
    page = await backend.changed(made.id, known)
    assert page is not None
    assert [(item.id, item.name, item.version) for item in page.items] == [(first.id, "Theirs", theirs.version)]
