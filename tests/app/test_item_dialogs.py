from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.app.dialog_kit import ALL, DEAL, NOON, Desk, DeskSession, with_fields
from tests.app.driver import wall_of
from tui.api.backend import Past
from tui.domain.changes import Delete, Move
from tui.domain.model import COLUMN, Contact, ItemId, Member, Moment, field_member
from tui.domain.record import Value
from tui.errors import Offline


async def test_an_item_at_full_size() -> None:
    desk = Desk()
    session = DeskSession(desk)
    session.past = (
        Past(7, Moment(NOON - 3600), "kim", ((field_member("value"), 10000, 12000), (COLUMN, "Lead", "Proposal"))),
    )
    async with wall_of(session, size=(80, 40)) as wall:
        await wall.press("l", "enter")
        text = wall.screen_text()
        for said in ("DEAL-42", "Acme renewal", "$12,000", "40%", "three", "1 h ago by kim", "v7 kim, 1 h ago"):
            assert said in text
        assert "value: $10,000 → $12,000" in text
        assert "column: Lead → Proposal" in text
        await wall.press("e")
        assert wall.place == "FormScreen"
        await wall.press("escape")
        assert wall.place == "BoardScreen"


async def test_a_history_that_cannot_be_read_says_so() -> None:
    desk = Desk()
    session = DeskSession(desk)
    session.problem = Offline("The server cannot be reached.")
    async with wall_of(session, size=(80, 40)) as wall:
        await wall.press("l", "enter")
        assert "The history could not be read: The server cannot be reached." in wall.screen_text()
        session.problem = None
        await wall.press("r")
        assert "nothing is recorded" in wall.screen_text()


async def test_keys_are_live_while_the_history_loads() -> None:
    desk = Desk()
    session = DeskSession(desk)
    session.answers.clear()
    async with wall_of(session, size=(80, 40)) as wall:
        await wall.press("l", "enter")
        assert "loading" in wall.screen_text()
        desk.pull(with_fields(DEAL, value=14500))
        await wall.settle()
        assert "$14,500" in wall.screen_text()
        await wall.press("escape")
        assert wall.place == "BoardScreen"


async def test_copy_says_what_was_copied() -> None:
    async with wall_of(DeskSession(Desk()), size=(80, 40)) as wall:
        await wall.press("l", "enter", "y")
        assert wall.app.clipboard == "DEAL-42"
        assert wall.screen_lines()[-1].rstrip().endswith("keys   Copied DEAL-42.")
        assert not wall.toasts


async def test_hostile_items_are_shown_and_never_obeyed() -> None:
    bad = "[/] [@click=app.quit]x[/]\x1b]0;t\x07"
    desk = Desk(items=(replace(with_fields(DEAL, notes=bad, owner=bad), name=bad, key=bad, updated_by=bad),))
    session = DeskSession(desk)
    session.past = (Past(None, NOON, bad, ((field_member("notes"), bad, bad),)),)
    async with wall_of(session, size=(100, 40)) as wall:
        await wall.press("l", "enter")
        assert "[@click=app.quit]" in wall.screen_text()
        assert "\x1b" not in wall.screen_text()
        await wall.press("escape", "m")
        assert "[/]" in wall.screen_text()
        await wall.press("escape", "ctrl+f", *"click")
        assert "[@click" in wall.screen_text()
        await wall.press("escape", "#")
        assert "[/]" in wall.screen_text()


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        (
            Contact("01926a3b", "Jane \x1b[2J Buyer", "+1 555 0100", "jane@acme.example"),
            "+1 555 0100, jane@acme.example",
        ),
        (Contact("01926a3b", email="jane@acme.example"), "jane@acme.example"),
        (Contact("01926a3b"), None),
        (Contact("Jane Buyer"), "Jane Buyer"),
    ],
)
async def test_a_contact_is_shown_by_what_a_person_knows(contact: Contact, said: str | None) -> None:
    desk = Desk(items=(replace(DEAL, contact=contact),))
    async with wall_of(DeskSession(desk), size=(100, 40)) as wall:
        await wall.press("l", "enter")
        lines = [line for line in wall.screen_lines() if line.strip().startswith("contact ")]
        assert ([said in line for line in lines] == [True]) if said else not lines
        assert "01926a3b" not in wall.screen_text()
        assert "\x1b" not in wall.screen_text()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [(None, "c1", "contact: linked"), ("c1", "c2", "contact: another one"), ("c1", None, "contact: no longer linked")],
)
async def test_the_history_shows_no_ids_of_contacts(old: Value, new: Value, said: str) -> None:
    session = DeskSession(Desk())
    session.past = (Past(2, NOON, "kim", ((Member("contact"), old, new),)),)
    async with wall_of(session, size=(100, 40)) as wall:
        await wall.press("l", "enter")
        assert said in wall.screen_text()


async def test_move_by_digit() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 30)) as wall:
        await wall.press("l", "m", "3")
        change = desk.state.outbox[desk.pending].change
        assert isinstance(change, Move)
        assert (wall.item(DEAL.id).column_id, wall.item(DEAL.id).status_id) == ("won", "won-open")  # type: ignore[union-attr]  # it is there
        assert wall.cursor == "DEAL-42"
        assert "moved to Won" in wall.bottom


async def test_move_by_typing_a_status() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 30)) as wall:
        await wall.press("l", "s", *"proposal w", "enter")
        item = wall.item(DEAL.id)
        assert item is not None
        assert item.status_id == "proposal-wait"
        change = desk.state.outbox[desk.pending].change
        assert isinstance(change, Move)
        assert set(change.edits) == {"status"}


async def test_moving_to_where_it_is_says_so() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 30)) as wall:
        await wall.press("l", "m", "2")
        assert "Already in Proposal" in wall.bottom
        assert not desk.state.outbox


async def test_marked_items_move_as_one_step() -> None:
    second = replace(DEAL, id=ItemId("i43"), key="DEAL-43")
    desk = Desk(items=(DEAL, second))
    async with wall_of(DeskSession(desk), size=(80, 30)) as wall:
        wall.app.wall.mark({DEAL.id, second.id})
        await wall.press("l", "m", "1")
        assert len(desk.state.outbox) == 2
        assert len(desk.state.history.done) == 1
        assert "2 items moved to Lead" in wall.bottom


async def test_delete_asks_and_only_y_says_yes() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 30)) as wall:
        for key in ("enter", "escape", "n", "Y", "space"):
            await wall.press("l", "#")
            assert "Delete DEAL-42 Acme renewal?" in wall.screen_text()
            await wall.press(key)
            assert not desk.state.outbox
            await wall.press("h")
        await wall.press("l", "delete", "y")
        assert isinstance(desk.state.outbox[desk.pending].change, Delete)
        await wall.press("u")
        assert not desk.state.outbox
        assert wall.item(DEAL.id) is not None


async def test_a_server_that_cannot_delete_says_so() -> None:
    desk = Desk()
    session = DeskSession(desk, capabilities=replace(ALL, delete=False))
    async with wall_of(session, size=(80, 30)) as wall:
        await wall.press("l", "#")
        assert "cannot delete" in wall.bottom
