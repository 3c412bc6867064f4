"""Stories a user lives through; each ends in the picture that the README shows."""

from __future__ import annotations

from pathlib import Path

from tests.scenes.stage import Stage, stage
from tui.domain.model import Member

VALUE, PHONE, NOTES = Member("field.deal_value"), Member("field.phone"), Member("field.notes")


async def test_the_board_opens_on_the_sample_deals(tmp_path: Path) -> None:
    async with stage(tmp_path, (120, 40)) as scene:
        await scene.press("l", "j", "L")
        await scene.until(lambda: not scene.session.store.state.outbox, "the move")
        scene.take_picture("board-120x40")


async def test_a_small_terminal_shows_what_fits(tmp_path: Path) -> None:
    async with stage(tmp_path, (80, 24)) as scene:
        await scene.press("l")
        scene.take_picture("board-80x24")


async def test_the_edit_form_says_what_it_understood(tmp_path: Path) -> None:
    async with stage(tmp_path, (100, 30)) as scene:
        await scene.press("e")
        await scene.wait_for("Ctrl-s save")
        await go_to(scene, "Value")
        await scene.press("ctrl+u")
        await scene.type("18.5k")
        await scene.wait_for("= $18,500")
        scene.take_picture("edit-form")


async def test_two_people_change_one_item_and_only_the_clash_is_asked(tmp_path: Path) -> None:
    async with stage(tmp_path, (100, 30)) as scene:
        item = scene.app.wall.cursor_item()
        assert item is not None
        await scene.press("e")
        await scene.wait_for("Ctrl-s save")
        await scene.kim_changes(item.id, {VALUE: 14500, PHONE: "+44 20 7946 0958", NOTES: "Kim called on Monday."})
        await go_to(scene, "Value")
        await scene.press("ctrl+u")
        await scene.type("15k")
        await scene.press("ctrl+s")
        await scene.wait_for("1 CONFLICT")
        scene.take_picture("conflict")
        await scene.press("2", "ctrl+s")
        await scene.until(lambda: not scene.session.store.state.outbox, "the settled edit")
        saved = await scene.kim.item(item.id)
        assert (saved.fields["deal_value"], saved.fields["phone"], saved.version) == (15000, "+44 20 7946 0958", 3)


async def test_the_search_screen_finds_by_any_value(tmp_path: Path) -> None:
    async with stage(tmp_path, (100, 30)) as scene:
        await scene.press("ctrl+f")
        await scene.type("deal_value>20k")
        await scene.wait_for("DEAL-")
        scene.take_picture("search")


async def test_the_help_lists_the_keys_of_the_place(tmp_path: Path) -> None:
    async with stage(tmp_path, (100, 30)) as scene:
        await scene.press("question_mark")
        await scene.wait_for("Move the cursor")
        scene.take_picture("help")


async def go_to(scene: Stage, label: str) -> None:
    """Go down to a field of the form."""
    for _ in range(20):
        if any(line.startswith(" ▸") and label in line for line in scene.text.splitlines()):
            return
        await scene.press("tab")
    raise AssertionError(f"the form has no field {label}:\n{scene.text}")
