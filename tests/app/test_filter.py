from __future__ import annotations

import pytest
from immutables import Map

from tests.app.driver import wall_of
from tests.app.walls import a_session, an_item
from tui.domain.changes import Edit, Set
from tui.domain.model import NAME, ItemId
from tui.sync.outbox import PendingId


async def test_cards_follow_the_filter_as_it_is_typed() -> None:
    async with wall_of(a_session(40)) as wall:
        await wall.press("/")
        await wall.press(*"owner:Samx", "home", "delete", "o", "end", "backspace")
        assert wall.typed == "owner:Sam"
        assert wall.head("Qualified") == "Qualified 0 of 10"
        assert "nothing matches" in wall.screen_text()
        assert wall.hint.strip().startswith("20 of 40")
        assert wall.head("Lead").startswith("Lead 10 ")
        await wall.press("enter")
        assert wall.bottom.startswith(" / owner:Sam")
        assert "owner:Sam" not in wall.hint


async def test_counts_and_sums_are_of_what_is_shown() -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.type_at_once("/deal_value>6k", "enter")
        assert wall.column("Lead").cards == ["DEAL-9"]
        assert wall.head("Lead").startswith("Lead 1 of 3 $9k")


async def test_a_mistake_is_shown_under_its_spot_and_the_last_good_result_stays() -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.type_at_once("/deal_value>6k")
        await wall.type_at_once(" (")
        text = wall.hint
        assert text.index("^") == 3 + len("deal_value>6k ")
        assert len(text.split("^")[1]) > 8
        assert wall.column("Lead").cards == ["DEAL-9"]
        await wall.press("enter")
        assert wall.app.wall.filter_text == "deal_value>6k"


@pytest.mark.parametrize(
    ("width", "end"),
    [(60, "To search for these words, put them in …"), (80, "search for these words, put them in quotes.")],
)
async def test_a_mistake_that_has_no_room_beside_its_caret_stands_beneath_it(width: int, end: str) -> None:
    async with wall_of(a_session(12), size=(width, 24)) as wall:
        await wall.type_at_once("/ab>k")
        *_, caret, first, second = (line.rstrip() for line in wall.screen_lines())
        assert caret == "   ^"
        assert first.startswith("   This board has no field “ab”; there are value")
        assert second.endswith(end)


async def test_a_hint_that_has_no_room_is_cut_with_a_sign() -> None:
    async with wall_of(a_session(12), size=(80, 24)) as wall:
        await wall.press("/")
        assert wall.screen_lines()[-1].rstrip().endswith("…")


async def test_escape_brings_back_the_filter_from_before_and_the_cursor_with_it() -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.press("j")
        await wall.type_at_once("/deal 9")
        assert wall.cursor == "DEAL-9"
        await wall.press("escape")
        assert wall.app.wall.filter_text == ""
        assert wall.cursor == "DEAL-5"
        assert wall.head("Lead").startswith("Lead 3 ")


async def test_clearing_the_filter_keeps_the_cursor_on_its_card() -> None:
    async with wall_of(a_session(40)) as wall:
        await wall.type_at_once("/deal 3", "enter", "l", "l", "j")
        cursor = wall.cursor
        await wall.press("F")
        assert wall.cursor == cursor
        await wall.press("F")
        assert wall.bottom.strip() == "No filter is on."


async def test_a_filter_that_is_kept_puts_the_cursor_on_the_nearest_hit() -> None:
    async with wall_of(a_session(12)) as wall:
        assert wall.cursor == "DEAL-1"
        await wall.type_at_once("/deal_value=7k", "enter")
        assert wall.cursor == "DEAL-7"
        await wall.press("escape", "/", *"deal 9", "enter")
        assert wall.cursor == "DEAL-9"
        await wall.press("/", *"x nothing", "enter")
        assert wall.cursor is None


async def test_next_and_previous_hit_go_round_the_columns() -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.press("n")
        assert "No filter is on" in wall.bottom
        await wall.type_at_once("/deal_value>9k", "enter")
        seen = []
        for _ in range(4):
            await wall.press("n")
            seen.append(wall.cursor)
        assert seen == ["DEAL-11", "DEAL-12", "DEAL-10", "DEAL-11"]
        await wall.press("N", "N")
        assert wall.cursor == "DEAL-12"


async def test_a_filter_on_marks_follows_the_marks() -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.type_at_once("/is:pending", "enter")
        assert wall.column("Lead").cards == []
        (pending,) = wall.session.store.dispatch(Edit(ItemId("i-5"), Map({NAME: Set("Deal 5", "Five")})))
        await wall.settle()
        assert wall.column("Lead").cards == ["DEAL-5"]
        wall.session.store.drop(PendingId(pending))
        await wall.settle()
        assert wall.column("Lead").cards == []


async def test_what_is_pulled_is_filtered_too() -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.type_at_once("/owner:Kim", "enter")
        wall.session.pull(an_item(101), an_item(102))
        await wall.settle()
        assert wall.column("Lead").cards == ["DEAL-102"]


async def test_a_sort_in_the_text_wins_over_the_menu() -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.type_at_once("S", *"value, low", "enter")
        assert wall.column("Lead").cards == ["DEAL-1", "DEAL-5", "DEAL-9"]
        await wall.type_at_once("/sort:-deal_value", "enter")
        assert wall.column("Lead").cards == ["DEAL-9", "DEAL-5", "DEAL-1"]
        await wall.press("escape")
        assert wall.column("Lead").cards == ["DEAL-1", "DEAL-5", "DEAL-9"]


async def test_a_moved_item_that_the_filter_hides_leaves_the_cursor_to_its_neighbour() -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.type_at_once("/column:Lead", "enter", "L")
        assert wall.cursor == "DEAL-5"
        await wall.press("u")
        assert wall.cursor == "DEAL-1"


async def test_a_large_board_is_filtered_in_slices_and_takes_keys_meanwhile() -> None:
    async with wall_of(a_session(3000)) as wall:
        await wall.type_at_once("/owner:Sam", "enter", "j", "j")
        await wall.settle()
        assert wall.app.wall.arrangement.shown == 1500
        assert wall.cursor == "DEAL-9"
        assert wall.head("Lead").startswith("Lead 750 ")


async def test_a_new_text_gives_up_the_arranging_of_the_old_one() -> None:
    async with wall_of(a_session(3000)) as wall:
        await wall.type_at_once("/x", "backspace", *"deal 2999", "enter")
        assert wall.app.wall.arrangement.shown == 1
        assert not wall.app.wall.bridge.is_arranging


async def test_keys_in_the_filter_are_text() -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.type_at_once("/qLu?:")
        assert wall.typed == "qLu?:"
        assert not wall.session.store.state.outbox
        await wall.paste(" pasted")
        assert wall.typed == "qLu?: pasted"
        await wall.press("ctrl+l", "ctrl+c")
        assert wall.app.wall.is_typing


async def test_a_mistake_says_what_was_meant_first() -> None:
    async with wall_of(a_session(12), size=(60, 24)) as wall:
        await wall.type_at_once("/valeu>50k")
        assert wall.hint.splitlines()[1] == "   Did you mean value? This board has no field “valeu”;"
        await wall.press("escape")
        await wall.type_at_once("/value>5k", "enter")
        assert wall.bottom.startswith(" / value>5k  7 of 12 ")


async def test_a_long_text_before_a_mistake_does_not_push_its_sentence_off_the_screen() -> None:
    async with wall_of(a_session(12), size=(60, 24)) as wall:
        await wall.type_at_once("/a very long filter with very many words valeu>5")
        assert "Did you mean value?" in wall.hint
        assert max(map(len, wall.hint.splitlines())) <= 60


async def test_me_who_is_none_of_the_owners_sees_none_and_is_told_why() -> None:
    session = a_session(12)
    session.me = "root"
    async with wall_of(session) as wall:
        await wall.type_at_once("/owner:me")
        assert wall.hint.startswith("   0 of 12   you are “root”, and that is no Owner; there are: Sam, Kim")
        assert wall.head("Lead") == "Lead 0 of 3"
