from __future__ import annotations

from immutables import Map

from tests.app.dialog_kit import DEAL, NOON, SALES, Desk, DeskSession, with_fields
from tests.app.driver import wall_of
from tui.api.backend import Past
from tui.app.conflict_text import SIGNS
from tui.app.screens.item_words import history_lines
from tui.app.widgets.field_choice import FieldChoice
from tui.domain.model import NAME, Member, Moment, field_member

NOTES = field_member("notes")


async def test_a_value_is_typed_with_the_three_in_sight() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", *["down"] * 4, *["backspace"] * 5, *"15k", "ctrl+s")
        desk.conflict(with_fields(DEAL, value=14500))
        await wall.settle()
        await wall.press("e")
        text = wall.screen_text()
        assert "1 base $12,000" in text
        assert "3 theirs $14,500" in text
        assert "back to 1 2 3" in text
        assert all(line.startswith(" ") for line in wall.screen_lines()[-2:]), "every row of keys has its left blank"


async def test_enter_and_alt_down_open_a_choice_and_the_row_says_how() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", "down")
        assert "Space opens" in wall.screen_text()
        for key in ("enter", "alt+down"):
            await wall.press(key)
            focused = wall.app.focused
            assert isinstance(focused, FieldChoice)
            assert focused.is_open
            await wall.press("escape")


async def test_a_typed_day_is_told_and_a_paste_is_kept_at_once() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e")
        await wall.paste(" and more")
        assert desk.state.drafts[DEAL.id].texts == Map({NAME: "Acme renewal and more"})
        await wall.press(*["down"] * 6, *"fri")
        assert "= Fri 2026-11-27" in wall.screen_text()


async def test_a_deletion_is_told_while_the_form_is_open() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", "x")
        desk.remove(DEAL.id)
        await wall.settle()
        assert "DEAL-42 was deleted on the server." in wall.screen_text()


def test_the_history_is_told_in_words() -> None:
    past = [
        Past(3, Moment(NOON - 60), "sam", ((Member("deleted"), True, False),)),
        Past(2, Moment(NOON - 60), "sam", ((Member("deleted"), False, True),)),
        Past(1, Moment(NOON - 60), "sam", ((NOTES, "one\ntwo", "one\n2\n3"), (NAME, "x" * 90 + "a", "x" * 90 + "b"))),
    ]
    lines = history_lines(past, "", SALES, NOON, SIGNS).plain
    assert "  restored\n" in lines
    assert "  deleted\n" in lines
    assert "True" not in lines
    assert "notes: +2 -1 lines" in lines
    assert "xa → …" in lines
    assert lines.endswith("xb")


async def test_a_key_into_a_line_selects_it_so_that_typing_replaces_it() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", *["tab"] * 4, *"14,000")
        assert wall.typed == "14,000"
        assert "= $14,000" in wall.screen_text()
        await wall.press("up", "down", "end", "0")
        assert wall.typed == "14,0000", "an arrow keeps what was there"
        assert "cannot be read yet" in wall.screen_text()
        await wall.press("up", "down", "left", "9")
        assert wall.typed == "914,0000"


async def test_walking_through_every_field_changes_nothing() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", *["tab"] * 12, *["shift+tab"] * 12, "escape")
        assert wall.place == "BoardScreen"
        assert not desk.state.drafts


async def test_what_is_typed_ahead_of_a_tab_and_after_it_arrives_in_order() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l")
        await wall.type_at_once("e!", "tab", "tab", "tab", *"hot", "tab", *"15k")
        assert wall.typed == "15k"
        await wall.press("up")
        assert wall.typed == "hot"
        await wall.paste("cold, new")
        assert wall.typed == "cold, new", "a paste replaces what is selected"
        await wall.press("up", "up", "up")
        assert wall.typed == "Acme renewal!"


async def test_an_empty_date_says_how_one_is_written() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", *["down"] * 6)
        assert "2026-12-31, fri or +3d" in wall.screen_text()
