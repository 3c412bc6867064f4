"""What waits, and what was done, as lists to look through."""

from __future__ import annotations

import pytest
from immutables import Map
from msgspec.structs import replace

from tests.app.dialog_kit import DEAL, SALES, Desk, DeskSession, other, with_fields
from tests.app.driver import Wall, wall_of
from tests.app.walls import a_session
from tui.app.change_text import change_text
from tui.app.screens.outbox import MOST, OutboxScreen
from tui.domain.changes import Create, Delete, Delta, Edit, Move, Restore, Set
from tui.domain.model import COLUMN, LABELS, LOCAL, NAME, BoardId, ItemId, Member
from tui.sync.events import Accepted, Sealed
from tui.sync.outbox import PendingId, Request
from tui.sync.state import State

GLOBEX = replace(DEAL, id=ItemId("i17"), key="DEAL-17", name="Globex", version=3)
STARK = replace(DEAL, id=ItemId("i9"), key="DEAL-9", name="Stark", version=3)
VALUE = Member("field.value")


def renamed(item: ItemId, old: str, new: str) -> Edit:
    return Edit(item, Map({NAME: Set(old, new)}))


def busy_desk() -> Desk:
    """A conflict, a refusal, one on its way and one that is queued; they were made in another order."""
    desk = Desk(items=(DEAL, GLOBEX, STARK))
    store = desk.store
    store.dispatch(renamed(STARK.id, "Stark", "Stark Inc"))
    store.dispatch(Move(GLOBEX.id, Map({COLUMN: Set("proposal", "won")})))
    desk.seal(next(p.id for p in desk.state.outbox.values() if p.item_id == GLOBEX.id))
    store.dispatch(Edit(DEAL.id, Map({VALUE: Set(12000, 15000)})))
    mine = next(p.id for p in desk.state.outbox.values() if p.item_id == DEAL.id)
    desk.pull(with_fields(DEAL, value=14500))
    desk.answer(mine)
    draft = replace(DEAL, id=ItemId(f"{LOCAL}1"), key="", name="Umbrella", version=None)
    (created,) = store.dispatch(Create(draft))
    store.apply(Sealed(created, Request("k", draft)))
    from tui.sync.events import Refused

    store.apply(Refused(created, "The board is full."))
    return desk


def rows(wall: Wall) -> list[str]:
    """The lines of the list, without its frame."""
    lines = [line.strip("│▕▏┃ |") for line in wall.screen_text().splitlines()]
    return [line for line in lines if line]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_waiting_change_is_told_and_what_needs_a_person_comes_first(size: tuple[int, int]) -> None:
    async with wall_of(DeskSession(busy_desk()), size=size) as wall:
        await wall.press("g", "q")
        assert wall.place == "OutboxScreen"
        text = wall.screen_text().partition("what waits")[2]
        order = [text.index(word) for word in ("Needs you: 2", "conflict", "refused", "Goes by itself: 2", "queued")]
        assert order == sorted(order)
        assert text.index("queued") < text.index("sending"), "in the order in which they were meant"
        for told in (
            "DEAL-42",
            "new",
            "Umbrella: new item",
            "The board is full.",
            "just now",
            "sam changed it meanwhile",
        ):
            assert told in text
        assert "value $12,000 → $15,000" in text
        assert "DEAL-17" in text
        assert "column Proposal → Won" in text
        assert "^r again" in text or "Ctrl-r again" in text
        assert max(len(line) for line in wall.screen_lines()) == size[0]


async def test_enter_jumps_to_the_card() -> None:
    async with wall_of(DeskSession(busy_desk()), size=(80, 24)) as wall:
        await wall.press("g", "q", *"globex", "enter")
        assert (wall.place, wall.cursor) == ("BoardScreen", "DEAL-17")


async def test_a_conflict_is_settled_from_the_list() -> None:
    async with wall_of(DeskSession(busy_desk()), size=(80, 24)) as wall:
        await wall.press("g", "q", "ctrl+r")
        assert "must be settled first" in wall.screen_text()
        await wall.press("ctrl+e")
        assert wall.place == "FormScreen"
        assert "14,500" in wall.screen_text() or "14500" in wall.screen_text()
        assert wall.app.wall.cursor_item() is not None


async def test_a_refused_change_is_sent_again_and_the_list_follows() -> None:
    desk = busy_desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("g", "q", "down", "ctrl+r")
        await wall.settle()
        assert "Needs you: 1" in wall.screen_text()
        assert "Goes by itself: 3" in wall.screen_text()
        assert "The board is full" not in wall.screen_text()
        assert all(pending.phase != "refused" for pending in desk.state.outbox.values())


async def test_a_waiting_change_that_is_sent_again_asks_the_server_now() -> None:
    session = DeskSession(busy_desk())
    async with wall_of(session, size=(80, 24)) as wall:
        await wall.press("g", "q", *"stark", "ctrl+r")
        assert session.asked[-1] == "refresh"
        assert "Asked the server again" in wall.screen_text()


async def test_a_change_is_dropped_only_after_a_yes() -> None:
    desk = busy_desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("g", "q", *"stark", "ctrl+x")
        assert wall.place == "ConfirmScreen"
        assert "Drop this change? DEAL-9 Stark Inc: name Stark → Stark Inc" in wall.screen_text()
        await wall.press("enter")
        assert len(desk.state.outbox) == 4
        await wall.press("ctrl+x", "y")
        assert len(desk.state.outbox) == 3
        assert wall.item(STARK.id) == STARK
        assert wall.place == "OutboxScreen"
        assert "nothing found" in wall.screen_text(), "what was typed still narrows"


async def test_after_a_drop_the_cursor_is_on_the_neighbour() -> None:
    desk = busy_desk()
    async with wall_of(DeskSession(desk), size=(80, 30)) as wall:

        def under_cursor() -> object:
            screen = wall.app.screen
            assert isinstance(screen, OutboxScreen)
            pending = screen.chosen_pending
            return pending and pending.id

        await wall.press("g", "q", "end")
        last = under_cursor()
        await wall.press("up", "ctrl+x", "y")
        assert under_cursor() == last is not None
        desk.store.apply(Accepted(PendingId(str(last)), None))
        await wall.settle()
        assert under_cursor() not in (None, last), "the last row has gone: the one above it"
        assert len(desk.state.outbox) == 2


async def test_a_request_on_its_way_cannot_be_dropped() -> None:
    desk = busy_desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("g", "q", *"globex", "ctrl+x")
        assert wall.place == "OutboxScreen"
        assert wall.toasts == ["It is on its way: only the server's answer ends that."]
        assert len(desk.state.outbox) == 4


async def test_a_change_that_leaves_while_the_question_is_open_is_not_dropped() -> None:
    desk = busy_desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("g", "q", *"stark", "ctrl+x")
        desk.seal(next(p.id for p in desk.state.outbox.values() if p.item_id == STARK.id))
        await wall.press("y")
        assert wall.toasts == ["It was sent meanwhile."]
        assert len(desk.state.outbox) == 4


async def test_a_read_only_wall_lists_and_changes_nothing() -> None:
    desk = busy_desk()
    async with wall_of(DeskSession(desk, read_only=True), size=(80, 24)) as wall:
        await wall.press("g", "q", "ctrl+x", "ctrl+r", "ctrl+e")
        assert wall.place == "OutboxScreen"
        assert set(wall.toasts) == {"This profile is read-only."}
        assert len(desk.state.outbox) == 4


async def test_an_empty_outbox_says_so_and_one_that_empties_does_too() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("g", "q")
        assert wall.place == "BoardScreen"
        assert wall.bottom.strip() == "Nothing waits: the server has everything you did."
        desk.store.dispatch(renamed(DEAL.id, "Acme renewal", "Acme"))
        await wall.press("g", "q")
        desk.accept()
        await wall.settle()
        assert "Nothing waits any more." in wall.screen_text()
        await wall.press("enter", "ctrl+x")
        assert wall.place == "OutboxScreen"


async def test_what_a_bulk_command_made_is_bounded() -> None:
    items = tuple(replace(DEAL, id=ItemId(f"n{n}"), key=f"DEAL-{n}", name=f"Deal {n}") for n in range(MOST + 30))
    desk = Desk(items=items[:200])
    desk.pull(*items[200:])
    desk.store.dispatch(*(Edit(item.id, Map({LABELS: Delta(("hot",))})) for item in items))
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("g", "q", "end")
        assert len(rows(wall)) <= 24
        await wall.press("home")
        assert f"Goes by itself: {MOST + 30}, of which the first {MOST}" in wall.screen_text()


@pytest.mark.parametrize("key", ["q", "h"])
async def test_hostile_text_is_shown_and_never_obeyed(key: str) -> None:
    bad = "[/] [@click=app.quit]x[/]\x1b]0;t\x07"
    desk = Desk(items=(replace(DEAL, name=bad, key="K\x1b[2J"),))
    desk.store.dispatch(renamed(DEAL.id, bad, bad + "\u202egpj"))
    if key == "q":
        desk.refuse("no \x1b[2J [b]way[/b]")
    async with wall_of(DeskSession(desk), size=(120, 40)) as wall:
        await wall.press("g", key)
        text = wall.screen_text()
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "[/] [@click=app.quit]x" in text
        assert ("[b]way[/b]" in text) is (key == "q")


@pytest.mark.parametrize("key", ["q", "h"])
async def test_an_ascii_wall_draws_nothing_else(key: str) -> None:
    async with wall_of(DeskSession(busy_desk()), size=(80, 24), ascii_only=True) as wall:
        await wall.press("g", key)
        assert "Proposal -> Won" in wall.screen_text()
        inner = "".join(rows(wall)[2:12])
        assert inner.isascii(), [sign for sign in inner if not sign.isascii()]


# -- what was done


async def test_the_history_is_newest_first_and_marks_what_was_undone() -> None:
    async with wall_of(a_session(8), size=(80, 24)) as wall:
        await wall.press("L", "j", "L", "j", "L", "u", "u")
        await wall.press("g", "h")
        assert wall.place == "HistoryScreen"
        lines = [line for line in rows(wall) if "just now" in line]
        assert len(lines) == 3
        assert ["undone" in line for line in lines] == [True, True, False]
        keys = [next(word for word in line.split() if word.startswith("DEAL-")) for line in lines]
        await wall.press("end", "enter")
        assert (wall.place, wall.cursor) == ("BoardScreen", keys[2])


async def test_a_step_of_many_says_how_many_and_the_list_narrows() -> None:
    async with wall_of(a_session(8), size=(120, 40)) as wall:
        await wall.press("x", "x", "L", "g", "h")
        assert "and 1 more: column Lead → Qualified" in wall.screen_text()
        await wall.press(*"undone")
        assert "nothing found" in wall.screen_text()
        await wall.press("escape")
        assert wall.place == "BoardScreen"


async def test_a_session_without_deeds_has_no_history() -> None:
    async with wall_of(a_session(4), size=(80, 24)) as wall:
        await wall.press("g", "h")
        assert wall.bottom.strip() == "You have changed nothing in this session."


async def test_a_card_that_is_gone_or_elsewhere_cannot_be_jumped_to() -> None:
    desk = Desk(items=(DEAL, STARK))
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        desk.store.dispatch(Delete(DEAL.id, DEAL))
        desk.accept()
        await wall.press("g", "h", "enter")
        assert wall.bottom.strip() == "DEAL-42 is not on the board."
        desk.store.dispatch(renamed(STARK.id, "Stark", "Stark Inc"))
        desk.accept()
        desk.pull(other(STARK, version=9, board_id=BoardId("support")))
        await wall.press("g", "h", "enter")
        assert wall.bottom.strip() == "DEAL-9 is on another board."


# -- the words


def test_each_kind_of_change_in_words() -> None:
    desk = Desk(items=(DEAL,))
    state = desk.state
    assert change_text(state, Delete(DEAL.id, DEAL)) == "deleted"
    assert change_text(state, Restore(ItemId("gone"), replace(DEAL, id=ItemId("gone")))) == "brought back"
    assert change_text(state, Edit(DEAL.id, Map({LABELS: Delta(("hot",), ("cold",))}))) == "labels +hot -cold"
    notes = Member("field.notes")
    long = change_text(state, Edit(DEAL.id, Map({notes: Set("x", "y" * 300), VALUE: Set(12000, None)})))
    assert long.startswith("notes x → yyyy")
    assert "…; value" in long
    assert len(long) < 120
    many = {Member(f"field.{name}"): Set(None, "1") for name in ("value", "owner", "email", "closes", "notes")}
    assert change_text(state, Edit(DEAL.id, Map(many))).endswith(" and 1 more")


def test_a_change_of_an_item_nobody_knows_is_still_told() -> None:
    edit = Edit(ItemId("far"), Map({NAME: Set("a", "b")}))
    assert change_text(State(), edit) == "name"
    assert change_text(State(board=SALES), edit) == "name a → b"
