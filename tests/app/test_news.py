from __future__ import annotations

import pytest
from immutables import Map
from msgspec.structs import replace

from tests.app.driver import Wall, wall_of
from tests.app.walls import NOW, a_session, an_item
from tui.domain.changes import Delete, Edit, Set
from tui.domain.merge import Clash, Conflict
from tui.domain.model import COLUMN, NAME, ColumnId, Item, ItemId, Moment
from tui.sync.events import Accepted, Adopted, Conflicted, LinkChanged, Refused, Sealed
from tui.sync.outbox import Pending, PendingId, Request


def theirs(number: int, **changes: object) -> Item:
    item = an_item(number, ["Lead", "Qualified", "Proposal", "Won"][(number - 1) % 4])
    return replace(item, version=2, updated_by="sam", **changes)


def lose(wall: Wall, pending: Pending, by: Item | None, *clashes: Clash) -> None:
    """Someone else was first."""
    store = wall.session.store
    store.apply(Sealed(pending.id, Request("k", an_item(1))))
    store.apply(Conflicted(pending.id, Conflict(by, clashes)))


def the_pending(wall: Wall) -> Pending:
    (pending,) = (one for one in wall.session.store.state.outbox.values() if one.phase == "queued")
    return pending


async def test_a_move_that_lost_the_race_says_who_was_first_and_what_settles_it() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("L")
        assert "moved to Qualified" in wall.bottom
        by = theirs(1, column_id=ColumnId("c-Won"))
        lose(wall, the_pending(wall), by, Clash(COLUMN, "c-Lead", "c-Qualified", "c-Won"))
        await wall.settle()
        assert wall.bottom.strip() == "DEAL-1: you moved it to Qualified, sam to Won; gc settles it."
        assert "1 conflict (gc)" in wall.status
        await wall.press("j")
        assert "not moved" not in wall.bottom


async def test_a_refusal_says_why() -> None:
    async with wall_of(a_session(8)) as wall:
        store = wall.session.store
        (pending_id,) = store.dispatch(Edit(ItemId("i-1"), Map({NAME: Set("Deal 1", "Mine")})))
        store.apply(Sealed(pending_id, Request("k", an_item(1))))
        store.apply(Refused(pending_id, "The name is taken."))
        await wall.settle()
        assert wall.bottom.strip() == "DEAL-1 not saved: The name is taken; gc settles it."
        assert "1 refused (gc)" in wall.status


async def test_an_edit_and_a_deletion_name_what_others_did() -> None:
    async with wall_of(a_session(8)) as wall:
        store = wall.session.store
        store.dispatch(Edit(ItemId("i-1"), Map({NAME: Set("Deal 1", "Mine")})))
        lose(wall, the_pending(wall), theirs(1, name="Theirs"), Clash(NAME, "Deal 1", "Mine", "Theirs"))
        await wall.settle()
        assert wall.bottom.strip() == "DEAL-1 not saved: sam changed name; gc settles it."
        store.dispatch(Delete(ItemId("i-5"), an_item(5)))
        lose(wall, the_pending(wall), theirs(5, name="Theirs"))
        await wall.settle()
        assert wall.bottom.strip() == "DEAL-5 not deleted: sam changed it meanwhile; gc settles this and 1 more."


async def test_several_that_come_at_once_are_one_sentence() -> None:
    async with wall_of(a_session(8), size=(140, 24)) as wall:
        await wall.press("x", "x", "L")
        for pending in list(wall.session.store.state.outbox.values()):
            number = int(str(pending.item_id).removeprefix("i-"))
            lose(wall, pending, theirs(number, column_id=ColumnId("c-Won")), Clash(COLUMN, "c-Lead", "x", "c-Won"))
        await wall.settle()
        assert "2 changes did not go through, first DEAL-" in wall.bottom
        assert "gc settles them one by one" in wall.bottom


async def test_what_an_open_form_shows_already_is_not_said_again() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("L")
        pending = the_pending(wall)
        await wall.press("e")
        by = theirs(1, column_id=ColumnId("c-Won"))
        lose(wall, pending, by, Clash(COLUMN, "c-Lead", "c-Qualified", "c-Won"))
        await wall.settle()
        assert not any("not moved" in toast for toast in wall.toasts)


async def test_a_card_that_is_taken_from_under_the_cursor_is_named() -> None:
    async with wall_of(a_session(8)) as wall:
        wall.session.pull(theirs(1, column_id=ColumnId("c-Won")))
        await wall.settle()
        assert wall.bottom.strip() == "DEAL-1 Deal 1 was moved to Won by sam. Now on DEAL-5."
        assert wall.cursor == "DEAL-5"
        wall.session.remove(an_item(5))
        await wall.settle()
        assert wall.bottom.strip() == "DEAL-5 Deal 5 was deleted by someone else."
        await wall.press("l")
        wall.session.pull(theirs(3, column_id=ColumnId("c-Won")), theirs(2, name="Renamed"))
        await wall.settle()
        assert "was" not in wall.bottom


async def test_what_came_after_asking_for_news_is_counted() -> None:
    async with wall_of(a_session(8)) as wall:
        store = wall.session.store
        for later, items, said in [
            (5, [theirs(1, name="New"), an_item(2, "Qualified")], "1 item changed."),
            (9, [], "Nothing new."),
        ]:
            await wall.press("r")
            assert wall.bottom.strip() == "Asking for news."
            if items:
                wall.session.pull(*items)
            store.apply(LinkChanged(replace(store.state.link, synced_at=Moment(NOW + later))))
            await wall.settle()
            assert wall.bottom.strip() == said
        await wall.press("j")
        store.apply(LinkChanged(replace(store.state.link, synced_at=Moment(NOW + 20))))
        await wall.settle()
        assert "new" not in wall.bottom.lower().replace("c new", "")


async def test_a_card_that_the_filter_hides_is_said_to_be_hidden() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.type_at_once("/column:Lead", "enter")
        await wall.press("L")
        assert wall.bottom.strip() == "DEAL-1 moved to Qualified; hidden by the filter, F clears it."
        await wall.press("j", "H")
        assert "hidden" not in wall.bottom


def left_behind(wall: Wall, *numbers: int) -> tuple[Pending, ...]:
    """Edits that a killed wall had not sent."""
    return tuple(
        Pending(
            PendingId(f"old-{number}"),
            number,
            Edit(ItemId(f"i-{number}"), Map({NAME: Set(f"Deal {number}", f"Renamed {number}")})),
            NOW,
        )
        for number in numbers
    )


async def test_what_an_earlier_wall_left_is_said_once_it_is_sent() -> None:
    async with wall_of(a_session(8)) as wall:
        store = wall.session.store
        store.apply(Adopted(left_behind(wall, 1, 2, 3), (), Map()))
        await wall.settle()
        assert "3 pending" in wall.status
        for number in (1, 2, 3):
            assert "from before" not in wall.bottom
            store.apply(Accepted(PendingId(f"old-{number}"), theirs(number, name=f"Renamed {number}")))
            await wall.settle()
        assert wall.bottom.strip() == "3 changes from before were sent."
        await wall.press("j")
        assert "from before" not in wall.bottom


async def test_nothing_acts_unseen_on_the_neighbour_of_a_card_that_was_taken() -> None:
    async with wall_of(a_session(12)) as wall:
        wall.session.pull(theirs(1, column_id=ColumnId("c-Won")))
        await wall.settle()
        await wall.press("#")
        assert wall.place == "BoardScreen"
        assert "The cursor is on DEAL-5 now: once more acts on that." in wall.bottom
        assert wall.cursor == "DEAL-5"
        await wall.press("#")
        assert wall.place == "ConfirmScreen"
        await wall.press("N")
        wall.session.remove(an_item(5))
        await wall.press("j", "#")  # who moves the cursor has seen where it is
        assert wall.place == "ConfirmScreen"


@pytest.mark.parametrize("key", ["#", "L", "e", "enter"])
async def test_where_the_whole_does_not_fit_the_bottom_line_says_which_card_the_key_would_act_on(key: str) -> None:
    async with wall_of(a_session(12), size=(80, 24)) as wall:
        wall.session.pull(theirs(1, column_id=ColumnId("c-Won"), name="Renewal of a contract"))
        await wall.settle()
        assert "was moved to Won by sam. Now on DEAL-5." in wall.bottom
        await wall.press(key)
        assert wall.place == "BoardScreen"
        assert wall.bottom.strip() == "The cursor is on DEAL-5 now: once more acts on that."
        assert not wall.session.store.state.outbox


async def test_a_change_from_before_that_was_not_taken_is_not_counted() -> None:
    async with wall_of(a_session(8)) as wall:
        store = wall.session.store
        store.apply(Adopted(left_behind(wall, 1, 2), (), Map()))
        store.apply(Refused(PendingId("old-1"), "The name is taken."))
        await wall.settle()
        assert "The name is taken" in wall.bottom
        store.apply(Accepted(PendingId("old-2"), theirs(2, name="Renamed 2")))
        await wall.settle()
        assert wall.bottom.strip() == "1 of 2 changes from before was sent."


async def test_a_refused_key_makes_the_wall_read_only_and_says_so_in_one_sentence() -> None:
    session = a_session(8)
    async with wall_of(session, size=(120, 24)) as wall:
        store = session.store
        store.apply(LinkChanged(replace(store.state.link, reach="refused", message="the API key is missing or wrong")))
        session.read_only = True  # as a session is whose server refuses the key
        await wall.settle()
        assert wall.bottom.strip() == (
            "Read-only from what was last known: the API key is missing or wrong. Refresh asks again."
        )
        await wall.press("L")
        assert wall.bottom.strip() == "Read-only, because the API key is missing or wrong."
        assert "read-only" in wall.status
        assert not store.state.outbox
        assert wall.cursor == "DEAL-1"
        store.apply(LinkChanged(replace(store.state.link, message="the subscription is inactive")))
        await wall.settle()
        assert "last known" not in wall.bottom, "it is said once"
