"""The slate client against the real embedded server: two codecs that share nothing but the contract."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from immutables import Map
from msgspec.structs import replace

from tests.contract.recorded import recorded
from tui.api.backend import Backend, Capabilities, DuplicateRefused, Page, VersionConflict
from tui.api.connect import connect
from tui.api.json_list import PAGE
from tui.api.slate_board import decode_board
from tui.config import Profile
from tui.domain.changes import Delta, Set, apply_edits
from tui.domain.model import (
    COLUMN,
    LABELS,
    NAME,
    POSITION,
    STATUS,
    Board,
    BoardId,
    ColumnId,
    DuplicateRule,
    Item,
    ItemId,
    Member,
    Moment,
    StatusId,
    field_member,
)
from tui.domain.record import Record, Value
from tui.errors import Conflict, Invalid, NotAllowed, NotFound
from tui.server.embed import EmbeddedServer
from tui.server.seed import seed_demo


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    path: Path = tmp_path_factory.mktemp("live") / "cardwall.db"
    server = EmbeddedServer(f"sqlite:///{path}", actor="sam", samples=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def backend(server: EmbeddedServer) -> AsyncIterator[Backend]:
    backend = connect(Profile("local"), link=server)
    await backend.open()
    yield backend
    await backend.close()


def new_key() -> str:
    return str(uuid4())


@pytest.fixture
async def board(backend: Backend) -> Board:
    """A board of its own for every test."""
    wanted = decode_board(recorded("slate/client_blueprint.json"))
    letters = "".join(chr(ord("A") + int(digit, 16)) for digit in uuid4().hex[:8])
    columns = tuple(
        replace(column, id=ColumnId(""), statuses=tuple(replace(s, id=StatusId("")) for s in column.statuses))
        for column in wanted.columns
    )
    fields = tuple(replace(field, required=False) for field in wanted.fields)
    new = replace(
        wanted,
        id=BoardId(""),
        name=f"Sales {letters}",
        prefix=letters,
        columns=columns,
        fields=fields,
        duplicates=DuplicateRule(),
        revision=None,
    )
    made = await backend.put_board(new, key=new_key())
    assert made.revision == 1
    assert [column.name for column in made.columns] == ["Lead", "Qualified", "Won"]
    assert replace(made.columns[0], id=ColumnId(""), statuses=columns[0].statuses) == columns[0]
    assert made.fields == fields
    return made


def draft(board: Board, name: str = "Acme", **values: Value) -> Item:
    return Item(ItemId("local-1"), "new", name, board.id, board.columns[0].id, fields=Record(values))


async def everything(backend: Backend, board: Board) -> list[Item]:
    return [item async for page in backend.pages(board.id) for item in page.items]


async def test_it_can_do_everything(backend: Backend) -> None:
    assert backend.contract == "slate"
    assert backend.capabilities == Capabilities(*[True] * 12)


async def test_a_board_is_listed_and_read_back(backend: Backend, board: Board) -> None:
    assert (board.id, board.name) in [(each.id, each.name) for each in await backend.boards()]
    assert await backend.board(board.id) == board


async def test_a_board_that_is_known_whole_is_one_empty_page_until_it_changes(backend: Backend, board: Board) -> None:
    for number in range(PAGE + 5):
        item = await backend.create(draft(board, f"Acme {number}"), key=new_key())
    tags = {page.tag async for page in backend.pages(board.id)}
    (tag,) = tags
    assert tag is not None
    assert [page async for page in backend.pages(board.id, tag)] == [Page((), tag=tag, unchanged=True)]
    await backend.edit(item, Map({NAME: Set(item.name, "Globex")}), key=new_key())
    assert sum([len(page.items) async for page in backend.pages(board.id, tag)]) == PAGE + 5


async def test_an_item_of_every_kind_goes_there_and_back(backend: Backend, board: Board) -> None:
    wanted = replace(
        draft(
            board,
            "Acme “Ünïcode” 😀",
            contact_name="Jo",
            email="jo@acme.example",
            deal_value=Decimal("15000.5"),
            probability=40,
            expected_close=date(2026, 12, 31),
            owner="Sam",
            channels=("event", "web"),
            vip=True,
            notes="two\nlines",
        ),
        labels=("emea", "hot"),
        source="website",
        status_id=board.columns[0].statuses[0].id,
    )
    made = await backend.create(wanted, key=new_key())
    assert made.key == f"{board.prefix}-1"
    assert made.version == 1
    assert made.updated_by == "sam"
    shown = replace(
        made,
        id=wanted.id,
        key="new",
        version=None,
        position=None,
        created_at=Moment(0),
        updated_at=Moment(0),
        updated_by=None,
    )
    assert shown == wanted
    assert await backend.item(made.id) == made
    assert await backend.item(ItemId(made.key)) == made
    assert await everything(backend, board) == [made]


async def test_a_search_finds_by_the_beginnings_of_words_and_stays_on_its_board(backend: Backend, board: Board) -> None:
    made = await backend.create(draft(board, "Zephyr Widgets"), key=new_key())
    other = await backend.create(draft(board, "Zephyr Gadgets"), key=new_key())
    assert await backend.search(board.id, "zeph wid", 20) == (made,)
    assert set(await backend.search(board.id, "zephyr", 20)) == {made, other}
    assert len(await backend.search(board.id, "zephyr", 1)) == 1
    assert await backend.search(board.id, "nobody", 20) == ()


async def test_the_same_key_creates_once(backend: Backend, board: Board) -> None:
    key = new_key()
    first = await backend.create(draft(board), key=key)
    assert await backend.create(draft(board), key=key) == first
    assert len(await everything(backend, board)) == 1


async def test_an_edit_of_every_member(backend: Backend, board: Board) -> None:
    base = await backend.create(replace(draft(board, deal_value=1), labels=("a", "b")), key=new_key())
    edits: dict[Member, Set | Delta] = {
        NAME: Set(base.name, "New"),
        COLUMN: Set(base.column_id, board.columns[1].id),
        STATUS: Set(base.status_id, board.columns[1].statuses[1].id),
        LABELS: Delta(added=("c",), removed=("a",)),
        field_member("deal_value"): Set(1, None),
        field_member("expected_close"): Set(None, date(2027, 1, 1)),
        field_member("channels"): Delta(added=("web",)),
    }
    after = await backend.edit(base, Map(edits), key=new_key())
    assert after.version == 2
    wanted = apply_edits(Map(edits), base)
    assert replace(after, version=1, position=base.position, updated_at=base.updated_at) == wanted
    moved = await backend.edit(after, Map({POSITION: Set(after.position, 77)}), key=new_key())
    assert moved.position == 77


async def test_a_stale_edit_shows_what_the_server_has(backend: Backend, board: Board) -> None:
    base = await backend.create(draft(board), key=new_key())
    theirs = await backend.edit(base, Map({NAME: Set(base.name, "Theirs")}), key=new_key())
    with pytest.raises(VersionConflict, match=base.key) as caught:
        await backend.edit(base, Map({NAME: Set(base.name, "Mine")}), key=new_key())
    assert caught.value.theirs == theirs
    with pytest.raises(VersionConflict) as caught:
        await backend.delete(base, key=new_key())
    assert caught.value.theirs == theirs


async def test_a_deleted_item_is_a_conflict_with_nothing(backend: Backend, board: Board) -> None:
    base = await backend.create(draft(board), key=new_key())
    await backend.delete(base, key=new_key())
    for write in (
        backend.edit(base, Map({NAME: Set(base.name, "Mine")}), key=new_key()),
        backend.delete(base, key=new_key()),
    ):
        with pytest.raises(VersionConflict, match="deleted") as caught:
            await write
        assert caught.value.theirs is None
    with pytest.raises(NotFound):
        await backend.item(base.id)
    back = await backend.restore(base.id, key=new_key())
    assert (back.id, back.key, back.name, back.version) == (base.id, base.key, base.name, 3)


async def test_a_rule_that_is_broken_names_the_field(backend: Backend, board: Board) -> None:
    with pytest.raises(Invalid) as caught:
        await backend.create(draft(board, email="nobody"), key=new_key())
    assert list(caught.value.fields) == ["metadata.email"]
    base = await backend.create(draft(board), key=new_key())
    with pytest.raises(Invalid) as caught:
        await backend.edit(base, Map({COLUMN: Set(base.column_id, "nowhere")}), key=new_key())
    assert list(caught.value.fields) == ["stage_id"]


async def test_changes_follow_a_load(backend: Backend, board: Board) -> None:
    cursor = await backend.cursor(board.id)
    assert cursor is not None
    assert (await backend.changes(board.id, cursor)).items == ()
    one = await backend.create(draft(board, "One"), key=new_key())
    two = await backend.create(draft(board, "Two"), key=new_key())
    found = await backend.changes(board.id, cursor)
    assert (found.items, found.deleted, found.more, found.blueprint) == ((one, two), (), False, 1)
    await backend.delete(one, key=new_key())
    later = await backend.changes(board.id, found.cursor)
    assert (later.items, later.deleted) == ((), (one.id,))
    assert (await backend.changes(board.id, later.cursor)).cursor == later.cursor


async def test_items_after_a_changed_blueprint_are_read_by_it(
    backend: Backend, board: Board, server: EmbeddedServer
) -> None:
    cursor = await backend.cursor(board.id)
    assert cursor is not None
    other = connect(Profile("local"), link=server)
    await other.open()
    fields = (*board.fields, replace(board.fields[4], name="renewal", label="Renewal"))
    changed = await other.put_board(replace(board, fields=fields), key=new_key())
    made = await other.create(draft(changed, renewal=date(2027, 3, 1)), key=new_key())
    await other.close()
    found = await backend.changes(board.id, cursor)
    assert found.blueprint == changed.revision == 2
    assert found.items[-1] == made
    assert found.items[-1].fields["renewal"] == date(2027, 3, 1)


async def test_a_long_board_comes_in_events_of_two_hundred_whatever_the_pages(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/demo.db"
    board_id = BoardId(seed_demo(url, items=1250, seed=1))
    server = EmbeddedServer(url, actor="sam", samples=False)
    server.start()
    backend = connect(Profile("local"), link=server)
    await backend.open()
    pages = [page.items async for page in backend.pages(board_id)]
    assert [len(page) for page in pages] == [200, 200, 200, 100, 200, 200, 100, 50]
    assert [item.key for page in pages for item in page] == [f"DEAL-{number}" for number in range(1250, 0, -1)]
    await backend.close()
    server.stop()


async def test_a_board_comes_in_pages(backend: Backend, board: Board) -> None:
    made = [await backend.create(draft(board, f"Item {number}"), key=new_key()) for number in range(205)]
    pages = [page async for page in backend.pages(board.id)]
    assert [len(page.items) for page in pages] == [200, 5]
    found = [item for page in pages for item in page.items]
    assert {item.id for item in found} == {item.id for item in made}
    names = {id(item.fields._names) for item in found}
    assert len(names) == 1, "one tuple of field names serves the whole board"


async def test_a_blueprint_is_guarded(backend: Backend, board: Board) -> None:
    newer = await backend.put_board(replace(board, name=f"{board.name} 2"), key=new_key())
    assert newer.revision == 2
    with pytest.raises(Conflict):
        await backend.put_board(replace(board, name="Stale"), key=new_key())
    await backend.create(draft(board, notes="precious"), key=new_key())
    without = replace(newer, fields=newer.fields[:-1])
    with pytest.raises(Conflict):
        await backend.put_board(without, key=new_key())
    assert (await backend.put_board(without, key=new_key(), force=True)).fields == without.fields
    with pytest.raises(Invalid):
        await backend.put_board(replace(without, revision=3, name=""), key=new_key())


async def test_duplicates_are_found_and_refused(backend: Backend, board: Board) -> None:
    rule = DuplicateRule(("email",), "exact", "board", "skip")
    board = await backend.put_board(replace(board, duplicates=rule), key=new_key())
    one = await backend.create(draft(board, email="jo@acme.example"), key=new_key())
    again = draft(board, "Again", email="JO@acme.example")
    (found,) = await backend.duplicates(again)
    assert (found.item, found.matched_fields, found.score) == (one, ("email",), 1.0)
    assert await backend.duplicates(one) == ()
    with pytest.raises(DuplicateRefused) as caught:
        await backend.create(again, key=new_key())
    assert [duplicate.item for duplicate in caught.value.duplicates] == [one]


async def test_a_board_may_forbid_deleting(backend: Backend, board: Board) -> None:
    board = await backend.put_board(replace(board, allow_delete=False), key=new_key())
    item = await backend.create(draft(board), key=new_key())
    with pytest.raises(NotAllowed) as caught:
        await backend.delete(item, key=new_key())
    assert type(caught.value) is NotAllowed


async def test_history_is_told_newest_first(backend: Backend, board: Board) -> None:
    base = await backend.create(draft(board), key=new_key())
    edits = Map({COLUMN: Set(base.column_id, board.columns[2].id), field_member("deal_value"): Set(None, 5)})
    await backend.edit(base, edits, key=new_key())
    newest, first = await backend.history(base.id)
    assert (newest.version, newest.by, first.version) == (2, "sam", 1)
    assert (COLUMN, "Lead", "Won") in newest.changes
    assert (field_member("deal_value"), None, 5) in newest.changes
    assert (NAME, None, "Acme") in first.changes


@pytest.mark.parametrize("wrong", ["nothing", "..", "", "a/b", "x?y=1", "%2e%2e", "ü", "\ud800"])
async def test_what_is_not_there_is_not_found(backend: Backend, wrong: str) -> None:
    with pytest.raises(NotFound):
        await backend.item(ItemId(wrong))
    with pytest.raises(NotFound):
        await backend.board(BoardId(wrong))
