from __future__ import annotations

import pytest
from immutables import Map
from msgspec.structs import replace

from tests.app.dialog_kit import DEAL, Desk, DeskSession, other, with_fields
from tests.app.driver import wall_of
from tui.app.screens import form as form_screen
from tui.domain.changes import Delete, Move, Set
from tui.domain.model import COLUMN, NAME, StatusId, field_member
from tui.domain.record import Record
from tui.sync.events import Drafted
from tui.sync.state import Mark, mark


async def test_typed_ahead_lands_in_the_first_field() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk)) as wall:
        await wall.type_at_once("cAcme")
        assert wall.place == "FormScreen"
        assert wall.typed == "Acme"


async def test_edit_and_save() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e")
        assert "Edit DEAL-42" in wall.screen_text()
        await wall.press("end", *"!", "ctrl+s")
        assert "saving" in wall.screen_text()
        desk.accept()
        await wall.settle()
        assert wall.place == "BoardScreen"
        assert "saved DEAL-42" in wall.bottom
        assert desk.state.items[DEAL.id].name == "Acme renewal!"


async def test_down_walks_the_fields_and_a_mistake_stands_beside_its_field() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", *["down"] * 4)
        assert wall.typed == "12000"
        await wall.press(*["backspace"] * 5, *"lots", "down")
        assert "write it like" in wall.screen_text()
        await wall.press("f2")
        assert wall.typed == "lots", "the cursor is on the first mistake"
        assert not desk.state.outbox


async def test_the_parsed_value_is_shown_while_typing() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(100, 24)) as wall:
        await wall.press("l", "e", *["down"] * 4, *["backspace"] * 5, *"15k")
        assert "= $15,000" in wall.screen_text()


async def test_a_percentage_says_what_it_takes_and_echoes_the_number() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(100, 24)) as wall:
        await wall.press("l", "e", *["down"] * 5, *["backspace"] * 5)
        assert "0 to 100" in wall.screen_text()
        assert "15k" not in wall.screen_text()
        await wall.press(*"50%")
        assert "= 50 " in wall.screen_text()
        await wall.press("backspace")
        assert "= 50%" in wall.screen_text()


async def test_escape_keeps_a_draft_and_says_so_when_it_comes_back() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", *"xyz", "escape")
        assert wall.place == "BoardScreen"
        assert mark(desk.state, DEAL.id) is Mark.DRAFT
        await wall.press("e")
        assert wall.typed == "Acme renewalxyz"
        assert "Restored from a draft: Ctrl-r twice throws it away." in wall.screen_text()
        await wall.press("ctrl+r", "ctrl+r")
        assert wall.typed == "Acme renewal"
        assert not desk.state.drafts


async def test_a_draft_is_on_disk_soon_after_typing() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", "x")
        for _ in range(40):
            if desk.state.drafts:
                break
            await wall.pilot.pause(0.05)
        assert dict(desk.state.drafts[DEAL.id].texts) == {NAME: "Acme renewalx"}


async def test_leaving_a_field_writes_the_draft_at_once_and_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert form_screen.DRAFT_AFTER <= 0.2, "what a kill may take"
    monkeypatch.setattr(form_screen, "DRAFT_AFTER", 3600)
    desk = Desk()
    written: list[Drafted] = []
    desk.store.subscribe(lambda notice: written.append(notice.event) if isinstance(notice.event, Drafted) else None)
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", "x", "tab")
        assert dict(desk.state.drafts[DEAL.id].texts) == {NAME: "Acme renewalx"}
        await wall.press("tab", "tab")
        assert len(written) == 1, "leaving a field that nothing was typed in writes nothing"


async def test_a_conflict_grows_inline_and_is_settled_with_single_keys() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", *["down"] * 4, *["backspace"] * 5, *"15k", "ctrl+s")
        desk.conflict(with_fields(other(DEAL, labels=("emea", "renewal"), version=7), value=14500))
        await wall.settle()
        text = wall.screen_text()
        assert wall.place == "FormScreen"
        assert "1 CONFLICT" in text
        assert "you began on v7 · now v8 by sam, 2 min ago" in text
        assert "e type" in text
        assert "b both" not in text
        assert "1 base $12,000" in text
        assert "2 mine $15,000" in text
        assert "3 theirs $14,500" in text
        assert "from sam" in text
        assert "Ctrl-s save " in text
        await wall.press("3")
        assert "[3 theirs $14,500]" in wall.screen_text()
        await wall.press("u")
        assert "[3 theirs" not in wall.screen_text()
        await wall.press("ctrl+s")
        assert "settle every conflict" in wall.screen_text()
        await wall.press(*"e", *["backspace"] * 9, *"14.8k", "enter")
        assert "[e typed $14,800]" in wall.screen_text()
        await wall.press("f2")
        desk.accept()
        await wall.settle()
        assert wall.place == "BoardScreen"
        assert desk.state.items[DEAL.id].fields["value"] == 14800
        assert "value as you chose; labels from sam" in wall.bottom


async def test_on_a_narrow_screen_the_three_values_stack() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(50, 30)) as wall:
        await wall.press("l", "e", *["down"] * 4, *["backspace"] * 5, *"15k", "ctrl+s")
        desk.conflict(with_fields(DEAL, value=14500))
        await wall.settle()
        lines = wall.screen_lines()
        at = next(i for i, line in enumerate(lines) if "1 base" in line)
        assert "2 mine" in lines[at + 1]
        assert "3 theirs" in lines[at + 2]


async def test_what_others_do_is_shown_before_saving() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(100, 24)) as wall:
        await wall.press("l", "e")
        desk.pull(with_fields(DEAL, value=14500))
        await wall.settle()
        assert "now $14,500 by sam, 2 min ago: stays unless you type" in wall.screen_text()
        await wall.press(*["down"] * 4, *"15k")
        assert "$14,500 by sam, 2 min ago: saving asks which" in wall.screen_text()


async def test_a_card_in_conflict_opens_the_same_panel() -> None:
    desk = Desk()
    desk.store.dispatch(Move(DEAL.id, Map({COLUMN: Set("proposal", "won")})))
    desk.conflict(other(DEAL, column_id="lost", status_id=StatusId("lost-open")))
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "l", "e")
        text = wall.screen_text()
        assert "1 base Proposal" in text
        assert "2 mine Won" in text
        assert "3 theirs Lost" in text
        await wall.press("t", "ctrl+s")
        assert wall.place == "BoardScreen"
        assert not desk.state.outbox


async def test_a_deleted_item_is_never_dropped_silently() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", "x", "ctrl+s")
        desk.conflict(None)
        await wall.settle()
        assert "was deleted on the server" in wall.screen_text()
        await wall.press("r")
        desk.accept()
        desk.accept()
        await wall.settle()
        assert wall.place == "BoardScreen"
        assert desk.state.items[DEAL.id].name == "Acme renewalx"
        assert wall.bottom.strip().startswith("restored DEAL-42")


async def test_a_delete_that_lost_the_race_asks() -> None:
    desk = Desk()
    desk.store.dispatch(Delete(DEAL.id, DEAL))
    desk.conflict(with_fields(DEAL, value=14500))
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e")
        assert "sam changed it since" in wall.screen_text()
        await wall.press("k")
        assert wall.place == "BoardScreen"
        assert not desk.state.outbox


async def test_a_choice_is_picked_by_typing() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", "down", *"wo", "tab")
        await wall.press("ctrl+s")
        desk.accept()
        await wall.settle()
        item = desk.state.items[DEAL.id]
        assert (item.column_id, item.status_id) == ("won", "won-open")


async def test_several_choices_and_a_check() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 30)) as wall:
        await wall.press("l", "e", *["down"] * 8, "space")
        assert "[x] emea" in wall.screen_text()
        await wall.press(*"hot", "enter", "tab", "tab", "space", "ctrl+s")
        desk.accept()
        await wall.settle()
        assert desk.state.items[DEAL.id].fields["tags"] == ("emea", "hot")
        assert desk.state.items[DEAL.id].fields["vip"] is True


async def test_a_paste_of_several_lines_is_kept_whole_in_one() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 30)) as wall:
        await wall.press("l", "e")
        await wall.paste(" one\ntwo")
        assert wall.typed == "Acme renewal one two"


async def test_a_slow_server_gives_the_keys_back() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", "x", "ctrl+s", "escape")
        assert wall.place == "BoardScreen"
        assert "kept in the outbox" in wall.bottom
        assert len(desk.state.outbox) == 1


async def test_the_patience_of_an_earlier_save_does_not_end_a_later_one() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", "x", "ctrl+s")
        form = wall.app.screen
        assert isinstance(form, form_screen.FormScreen)
        form._slow(())
        assert form.flow.phase == "saving"
        form._slow(form.flow.waits)
        await wall.settle()
        assert wall.place == "BoardScreen"


async def test_hostile_names_are_shown_and_never_obeyed() -> None:
    bad = "[/] [@click=app.quit]x[/] \x1b[2J \u202egnp"
    desk = Desk(items=(with_fields(other(DEAL, name=bad), notes=bad, owner=bad),))
    async with wall_of(DeskSession(desk), size=(120, 30)) as wall:
        await wall.press("l", "e")
        text = wall.screen_text()
        assert "[@click=app.quit]" in text
        assert "\x1b" not in text
        await wall.press("escape")
        assert not desk.state.drafts, "a name with odd characters that was not touched is no edit"


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (40, 10), (200, 60)])
async def test_no_size_breaks_the_form(size: tuple[int, int]) -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", "x", "ctrl+s")
        desk.conflict(with_fields(other(DEAL, name="theirs", version=7), value=1))
        await wall.settle()
        await wall.resize(*size)
        await wall.press("n", "m")
        assert wall.place == "FormScreen"


async def test_offline_the_form_closes_at_once() -> None:
    desk = Desk(reach="offline")
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", "x", "ctrl+s")
        assert wall.place == "BoardScreen"
        assert "kept in the outbox" in wall.bottom


async def test_ascii_twins() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24), ascii_only=True) as wall:
        await wall.press("l", "e", *["down"] * 4, *["backspace"] * 5, *"15k", "ctrl+s")
        desk.conflict(with_fields(DEAL, value=14500))
        await wall.settle()
        assert wall.screen_text().replace("\n", "").isascii()


async def test_focus_is_on_the_first_clash() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", *["down"] * 4, *["backspace"] * 5, *"15k", "down", "backspace", "ctrl+s")
        desk.conflict(with_fields(DEAL, value=14500, probability=60))
        await wall.settle()
        screen = wall.app.screen
        assert screen.current.member == field_member("value")  # type: ignore[attr-defined]  # the form
        await wall.press("2")
        assert screen.current.member == field_member("probability")  # type: ignore[attr-defined]  # the next open one


async def test_letters_typed_for_several_choices_are_never_lost() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 30)) as wall:
        await wall.press("l", "e", *["down"] * 8, *"cold", "ctrl+s")
        assert "“cold” is not a choice" in wall.screen_text()
        await wall.press("escape", "escape")
        assert dict(desk.state.drafts[DEAL.id].texts) == {field_member("tags"): "emea, cold"}


async def test_typing_and_tab_take_the_first_fitting_choice() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 30)) as wall:
        await wall.press("l", "e", *["down"] * 7, *"ki", "tab", *"re", "tab", "ctrl+s")
        desk.accept()
        await wall.settle()
        fields = desk.state.items[DEAL.id].fields
        assert (fields["owner"], fields["tags"]) == ("Kim", ("emea", "renewal"))


async def test_an_unknown_value_is_not_shown_as_an_empty_one() -> None:
    known = {name: value for name, value in DEAL.fields.items() if name != "email"}
    desk = Desk(items=(replace(DEAL, fields=Record(known)),))
    async with wall_of(DeskSession(desk), size=(80, 30)) as wall:
        await wall.press("l", "e")
        assert "the server did not return this" in wall.screen_text()
