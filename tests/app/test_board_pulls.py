from __future__ import annotations

import pytest
from immutables import Map
from msgspec.structs import replace

from tests.app.driver import wall_of
from tests.app.walls import NOW, HandSession, a_board, a_session, a_state, an_item, spread
from tui.domain.changes import Create, Edit, Set
from tui.domain.merge import Clash, Conflict
from tui.domain.model import NAME, ColumnId, Item, ItemId, Moment
from tui.sync.events import Accepted, BoardChanged, Conflicted, Link, LinkChanged, Opened, Refused, Sealed
from tui.sync.outbox import Request


def newer(item: Item, **changes: object) -> Item:
    return replace(item, version=(item.version or 0) + 1, **changes)


async def test_new_cards_above_do_not_move_the_cursor() -> None:
    async with wall_of(a_session(40)) as wall:
        await wall.press("j", "j")
        wall.session.pull(an_item(0), an_item(-1))
        await wall.settle()
        assert wall.cursor == "DEAL-9"
        assert wall.column("Lead").cards[:3] == ["DEAL--1", "DEAL-0", "DEAL-1"]
        await wall.press("G")
        seen = wall.column("Lead").cards
        wall.session.pull(*[an_item(-n) for n in range(2, 9)])
        await wall.settle()
        assert wall.cursor == "DEAL-37"
        assert wall.column("Lead").cards == seen


async def test_a_card_that_moves_within_its_column_takes_the_cursor_along() -> None:
    async with wall_of(a_session(40)) as wall:
        await wall.press("j")
        wall.session.pull(newer(an_item(5), created_at=Moment(1)))
        await wall.settle()
        assert wall.cursor == "DEAL-5"


async def test_a_card_that_others_move_away_leaves_the_cursor_to_its_neighbour() -> None:
    async with wall_of(a_session(40)) as wall:
        await wall.press("j")
        wall.session.pull(newer(an_item(5), column_id=ColumnId("c-Won")))
        await wall.settle()
        assert wall.cursor == "DEAL-9"
        assert "DEAL-5" in wall.column("Won").cards


async def test_a_card_that_is_deleted_leaves_the_cursor_to_its_neighbour() -> None:
    async with wall_of(a_session(40)) as wall:
        await wall.press("G")
        wall.session.remove(an_item(37))
        await wall.settle()
        assert wall.cursor == "DEAL-33"
        assert wall.head("Lead").startswith("Lead 9 ")


async def test_others_changes_are_drawn_and_marked_until_seen() -> None:
    async with wall_of(a_session(8)) as wall:
        wall.session.pull(newer(an_item(5), name="Renamed elsewhere"))
        await wall.settle()
        line = next(line for line in wall.column("Lead").lines if "Renamed" in line)
        assert line.endswith("●│")


async def test_the_cursor_waits_for_the_first_card_while_the_board_loads_and_then_stays() -> None:
    board = a_board()
    session = HandSession(a_state(None))
    async with wall_of(session) as wall:
        session.store.apply(LinkChanged(Link("online", loading=(0, 40))))
        session.store.apply(Opened(board))
        items = spread(40, board)
        session.pull(*items[20:], first=True)
        await wall.settle()
        assert wall.head("Lead") == "Lead …"
        assert "loading" in wall.status
        session.pull(*items[:20], first=True)
        await wall.settle()
        assert wall.cursor == "DEAL-1"
        session.store.apply(LinkChanged(Link("online", synced_at=NOW)))
        await wall.settle()
        assert wall.head("Lead").startswith("Lead 10 ")
        session.pull(an_item(0))
        await wall.settle()
        assert wall.column("Lead").cards[:2] == ["DEAL-0", "DEAL-1"]
        assert wall.cursor == "DEAL-1"


async def test_marks_follow_the_changes_phase_in_order_of_precedence() -> None:
    async with wall_of(a_session(8)) as wall:
        store = wall.session.store

        def sign() -> str:
            return wall.column("Lead").lines[1][-2]

        (first,) = store.dispatch(Edit(ItemId("i-1"), Map({NAME: Set("Deal 1", "Mine")})))
        await wall.settle()
        assert sign() == "⟳"
        store.apply(Sealed(first, Request("k1", an_item(1))))
        theirs = newer(an_item(1), name="Theirs")
        store.apply(Conflicted(first, Conflict(theirs, (Clash(NAME, "Deal 1", "Mine", "Theirs"),))))
        await wall.settle()
        assert sign() == "▲"
        assert "1 conflict" in wall.status
        store.drop(first)
        (second,) = store.dispatch(Edit(ItemId("i-1"), Map({NAME: Set("Theirs", "Mine")})))
        store.apply(Sealed(second, Request("k2", theirs)))
        store.apply(Refused(second, "The name is taken."))
        await wall.settle()
        assert sign() == "✗"
        assert "1 refused" in wall.status


async def test_a_new_item_keeps_the_cursor_and_its_mark_when_the_server_names_it() -> None:
    async with wall_of(a_session(8)) as wall:
        store = wall.session.store
        draft = replace(an_item(0), id=ItemId("local-1"), key="new", name="Fresh", version=None)
        (pending,) = store.dispatch(Create(draft))
        wall.app.wall.select(draft.id)
        await wall.settle()
        assert wall.cursor == "new"
        wall.app.wall.mark({draft.id})
        store.apply(Sealed(pending, Request("k", draft)))
        store.apply(Accepted(pending, replace(draft, id=ItemId("i-99"), key="DEAL-99", version=1)))
        await wall.settle()
        assert wall.cursor == "DEAL-99"
        assert wall.marked == {"DEAL-99"}
        assert wall.head("Lead").startswith("Lead 3 ")
        assert wall.column("Lead").cards.count("DEAL-99") == 1


async def test_the_cursor_can_be_sent_to_an_item_that_has_yet_to_come() -> None:
    async with wall_of(a_session(8)) as wall:
        wall.app.wall.select(ItemId("i-20"))
        await wall.settle()
        assert wall.cursor == "DEAL-1"
        wall.session.pull(an_item(20, "Won"))
        await wall.settle()
        assert wall.cursor == "DEAL-20"


async def test_columns_that_change_keep_the_cursor_on_its_card() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("l", "j")
        assert wall.cursor == "DEAL-6"
        board = wall.session.store.state.board
        assert board is not None
        columns = (*board.columns[1:], replace(board.columns[0], name="Leads"))
        wall.session.store.apply(BoardChanged(replace(board, columns=columns)))
        await wall.settle()
        assert wall.columns == ["Qualified", "Proposal", "Won", "Leads"]
        assert wall.cursor == "DEAL-6"


async def test_items_of_a_column_that_is_gone_are_shown_in_one_of_their_own() -> None:
    board = a_board("Lead", "Won")
    stray = an_item(7, "Gone")
    async with wall_of(HandSession(a_state(board, [an_item(1), stray]))) as wall:
        assert "(no column)" in wall.screen_text()
        assert "DEAL-7" in wall.screen_text()
        await wall.press("$", "H", "L")
        assert wall.cursor == "DEAL-7"


@pytest.mark.parametrize("items", [0, 3])
async def test_another_board_starts_at_its_first_card_without_the_old_filter(items: int) -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.type_at_once("/deal 6", "enter", "l", "x")
        board = replace(a_board("In", "Out"), id="b-two")
        wall.session.store.apply(Opened(board))
        wall.session.pull(*spread(items, board), first=True)
        await wall.settle()
        assert wall.columns == ["In", "Out"]
        assert wall.app.wall.filter_text == ""
        assert wall.marked == set()
        assert wall.cursor == ("DEAL-1" if items else None)
