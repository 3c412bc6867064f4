"""A list that was asked for before a write and answered after it: without versions it must not take the write back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping

import pytest
from msgspec.structs import replace

from tests.sync.backend import FOREIGN, Line, Wire
from tests.sync.desk import Desk, held, sets
from tests.sync.samples import SALES, an_item, changed
from tests.sync.server import Server
from tui.api.backend import Page
from tui.domain.changes import Delete
from tui.domain.model import BoardId, Item, ItemId, Moment
from tui.sync.puller import Puller

BARE = an_item(version=None)


class Slow(Wire):
    """Its list was read before `meanwhile` happens and arrives after it."""

    def __init__(self, page: tuple[Item, ...], meanwhile: Callable[[], None], *, by_change: bool) -> None:
        server = Server()
        super().__init__(Line(server, "sam", replace(FOREIGN, by_change=by_change)))
        self._page, self._meanwhile = page, meanwhile
        self.tags: list[str | None] = []
        """What each list was asked to differ from."""

    async def changed(self, board_id: BoardId, known: Mapping[ItemId, Item]) -> Page | None:
        del board_id, known
        self._meanwhile()
        return Page(self._page)

    async def pages(self, board_id: BoardId, tag: str | None = None) -> AsyncIterator[Page]:
        del board_id
        self.tags.append(tag)
        self._meanwhile()
        yield Page(self._page, tag="made before it")


async def look(desk: Desk, wire: Slow, *, by_change: bool) -> None:
    """A look of its own account, which may stop at what is known, or one that reads the board whole."""
    puller = Puller(desk.store, SALES.id)
    puller._looks[SALES.id] = 1
    await puller.pull(wire, thoroughly=not by_change)


@pytest.mark.parametrize("by_change", [False, True])
async def test_it_takes_nothing_back(by_change: bool) -> None:
    desk = Desk(BARE)
    other = an_item(2, version=None)

    def meanwhile() -> None:
        desk.accept(desk.do(sets(name=("Deal 1", "mine"))), changed(BARE, name="mine"))

    await look(desk, Slow((BARE, other), meanwhile, by_change=by_change), by_change=by_change)
    assert desk.view().name == "mine"
    assert desk.view(other.id) == other


@pytest.mark.parametrize("by_change", [False, True])
async def test_what_a_conflict_has_shown_stands(by_change: bool) -> None:
    desk = Desk(BARE)

    def meanwhile() -> None:
        desk.conflict(desk.do(sets(name=("Deal 1", "mine"))), changed(BARE, name="theirs"))

    await look(desk, Slow((BARE,), meanwhile, by_change=by_change), by_change=by_change)
    assert desk.mark() == "conflict"
    assert desk.state.items[BARE.id].name == "theirs"


@pytest.mark.parametrize("version", [7, None])
async def test_what_was_deleted_does_not_come_back(version: int | None) -> None:
    item = an_item(version=version)
    desk = Desk(item)

    def meanwhile() -> None:
        desk.accept(desk.do(Delete(item.id, item)), None)

    await look(desk, Slow((item,), meanwhile, by_change=False), by_change=False)
    assert item.id not in desk.state.items


@pytest.mark.parametrize("version", [7, None])
async def test_what_someone_else_had_deleted_does_not_come_back(version: int | None) -> None:
    item = an_item(version=version)
    desk = Desk(item)

    def meanwhile() -> None:
        desk.conflict(desk.do(sets(name=("Deal 1", "mine"))), None)

    await look(desk, Slow((item,), meanwhile, by_change=False), by_change=False)
    assert item.id not in desk.state.items
    assert desk.mark() == "conflict"


async def test_a_later_state_by_the_servers_clock_is_taken() -> None:
    desk = Desk(BARE)

    def meanwhile() -> None:
        desk.accept(desk.do(sets(name=("Deal 1", "mine"))), changed(BARE, name="mine"))

    theirs = changed(BARE, name="mine", value=9, updated_at=Moment(2_000))
    await look(desk, Slow((theirs,), meanwhile, by_change=False), by_change=False)
    assert held(desk.view(), "value") == 9


async def test_what_was_answered_before_the_list_was_asked_for_is_replaced_by_it() -> None:
    desk = Desk(BARE)
    desk.accept(desk.do(sets(name=("Deal 1", "mine"))), changed(BARE, name="mine"))
    await look(desk, Slow((changed(BARE, name="theirs"),), lambda: None, by_change=False), by_change=False)
    assert desk.view().name == "theirs"


async def test_a_list_that_was_overtaken_is_asked_for_again_whole() -> None:
    """What was left out of it may be somebody's change, which "nothing has changed" would hide for good."""
    desk = Desk(BARE)

    def meanwhile() -> None:
        desk.accept(desk.do(sets(name=("Deal 1", "mine"))), changed(BARE, name="mine"))

    wire = Slow((changed(BARE, name="theirs"),), meanwhile, by_change=False)
    puller = Puller(desk.store, SALES.id)
    await puller.pull(wire)
    wire._meanwhile = lambda: None
    await puller.pull(wire)
    await puller.pull(wire)
    assert wire.tags == [None, None, "made before it"]
    assert desk.view().name == "theirs"
