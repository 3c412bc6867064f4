"""A whole wall over a cekat server that has no versions: what people do there, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
import stamina
from immutables import Map

from tests.contract.cekat_client.fake import BOARD, Cekat, to
from tests.sync.backend import FOREIGN, Line
from tests.sync.server import Server
from tests.sync.wall import Loop, Wall
from tui.api.backend import Backend
from tui.domain.changes import Create, Delete, Delta, Edit, Set
from tui.domain.merge import Clash
from tui.domain.model import COLUMN, LABELS, NAME, ColumnId, Item, ItemId, field_member
from tui.domain.record import Record

ACME, GLOBEX = ItemId("item_001"), ItemId("item_002")
VALUE = field_member("deal_value")


class CekatWall(Wall):
    """A client whose server is the played one."""

    cekat: Cekat

    async def _connect(self) -> Backend:
        backend = to(self.cekat)
        await backend.open()
        return backend


@pytest.fixture
def wall() -> Iterator[CekatWall]:
    stamina.set_testing(True, attempts=1)
    wall = CekatWall(Loop(), Line(Server(), "sam", FOREIGN), None)
    wall.cekat = Cekat()
    wall.start()
    yield wall
    wall.kill()
    wall.loop.close()
    stamina.set_testing(False)


def edit(item_id: ItemId = ACME, **values: tuple[object, object]) -> Edit:
    members = {"name": NAME, "column": COLUMN, "value": VALUE}
    return Edit(item_id, Map({members[name]: Set(*pair) for name, pair in values.items()}))  # type: ignore[arg-type]


def test_the_board_is_there_and_its_colours_come_with_the_next_look(wall: CekatWall) -> None:
    assert {item.name for item in wall.shown().values()} == {"Acme Corp - Enterprise Deal", "Globex renewal"}
    assert wall.state.board is not None
    assert wall.state.board.columns[0].limit is None
    wall.pull()
    assert wall.state.board is not None
    assert wall.state.board.columns[0].limit == 10
    assert wall.state.link.reach == "online"


def test_a_move_arrives(wall: CekatWall) -> None:
    wall.do(edit(column=("col_001", "col_003")))
    assert not wall.state.outbox
    assert wall.cekat.items[ACME]["column_id"] == "col_003"
    assert wall.cekat.sent("PUT") == [{"column_id": "col_003"}]


def test_edits_of_different_members_merge(wall: CekatWall) -> None:
    wall.cekat.items[ACME]["title"] = "Theirs"
    wall.do(edit(value=(50000, 1)))
    assert not wall.state.outbox
    item = wall.view(ACME)
    assert item is not None
    assert (item.name, item.fields["deal_value"]) == ("Theirs", 1)
    assert wall.cekat.items[ACME]["values"]["deal_value"] == "1"


def test_edits_of_one_member_are_shown_side_by_side_and_nothing_is_overwritten(wall: CekatWall) -> None:
    wall.cekat.items[ACME]["values"]["deal_value"] = "60000"
    wall.do(edit(value=(50000, 70000)))
    (pending,) = wall.state.outbox.values()
    assert pending.phase == "conflict"
    assert pending.conflict is not None
    assert pending.conflict.clashes == (Clash(VALUE, 50000, 70000, 60000),)
    assert wall.cekat.items[ACME]["values"]["deal_value"] == "60000"


def test_labels_are_added_beside_those_of_others(wall: CekatWall) -> None:
    wall.cekat.items[ACME]["labels"] = ["theirs"]
    wall.do(Edit(ACME, Map({LABELS: Delta(added=("mine",))})))
    assert not wall.state.outbox
    assert wall.cekat.items[ACME]["labels"] == ["mine", "theirs"]
    wall.pull()
    item = wall.view(ACME)
    assert item is not None
    assert item.labels == ("mine", "theirs")


@pytest.mark.parametrize("arrives", [True, False])
def test_a_lost_answer_is_looked_into_and_not_sent_twice(wall: CekatWall, arrives: bool) -> None:
    def lose(request: httpx.Request) -> httpx.Response | None:
        if request.method != "PUT":
            return None
        wall.cekat.before = lambda _: None
        if arrives:
            wall.cekat.items[ACME]["values"]["deal_value"] = "1"
        raise httpx.ReadError("reset")

    wall.cekat.before = lose
    wall.do(edit(value=(50000, 1)))
    assert [pending.phase for pending in wall.state.outbox.values()] == ["sealed"]
    wall.loop.pass_time()
    assert not wall.state.outbox
    assert wall.cekat.items[ACME]["values"]["deal_value"] == "1"
    assert len(wall.cekat.sent("PUT")) == (1 if arrives else 2)


def test_a_create_and_a_deletion_arrive(wall: CekatWall) -> None:
    draft = Item(ItemId("local-1"), "new", "Initech", BOARD, ColumnId("col_001"), fields=Record({"deal_value": 5}))
    wall.do(Create(draft))
    was = wall.view(GLOBEX)
    assert was is not None
    wall.do(Delete(GLOBEX, was))
    assert not wall.state.outbox
    assert set(wall.cekat.items) == {ACME, "item_010"}
    assert set(wall.shown()) == {ACME, "item_010"}


def test_a_server_that_breaks_down_loses_nothing_on_the_wall(wall: CekatWall) -> None:
    wall.cekat.before = lambda _: httpx.Response(200, html="<h1>Sign in</h1>")
    before = wall.shown()
    wall.do(edit(value=(50000, 1)))
    wall.pull()
    assert wall.state.link.reach == "offline"
    assert "web page" in wall.state.link.message
    assert set(wall.shown()) == set(before)
    wall.cekat.before = lambda _: None
    wall.loop.pass_time()
    assert not wall.state.outbox
    assert wall.cekat.items[ACME]["values"]["deal_value"] == "1"


def test_a_move_is_undone_although_the_server_has_given_the_item_a_place(wall: CekatWall) -> None:
    """Positions can be read there and not written: undone, the item goes where the server puts it."""
    wall.do(edit(column=("col_001", "col_003")))
    wall.cekat.items[ACME]["position"] = 7
    wall.pull()
    wall.store.undo()
    wall.loop.run()
    assert not wall.state.outbox
    assert wall.cekat.items[ACME]["column_id"] == "col_001"
    assert wall.cekat.sent("PUT")[-1] == {"column_id": "col_001"}
