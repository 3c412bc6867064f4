from __future__ import annotations

from textual.app import App, ComposeResult

from tui.app.form_text import Option
from tui.app.widgets.field_choice import FieldCheck, FieldChoice


class One(App[None]):
    def __init__(self, choice: FieldChoice) -> None:
        super().__init__()
        self.choice = choice

    def compose(self) -> ComposeResult:
        yield self.choice


PEOPLE = tuple(Option(name.lower(), name) for name in ("Sam", "Kim", "Kit", "[/] Eve\x1b[2J"))


async def pressed(choice: FieldChoice, *keys: str) -> str:
    async with One(choice).run_test() as pilot:
        choice.focus()
        await pilot.pause()
        await pilot.press(*keys)
        return choice.text


async def test_arrows_step_through_the_choices() -> None:
    assert await pressed(FieldChoice("sam", PEOPLE), "right") == "kim"
    assert await pressed(FieldChoice("sam", PEOPLE), "left") == PEOPLE[-1].text
    assert await pressed(FieldChoice("", PEOPLE), "right") == "sam"


async def test_a_list_opens_and_closes_without_choosing() -> None:
    choice = FieldChoice("sam", PEOPLE)
    async with One(choice).run_test() as pilot:
        choice.focus()
        await pilot.press("space", "down", "escape")
        assert (choice.text, choice.is_open) == ("sam", False)
        await pilot.press("space", "down", "enter")
        assert (choice.text, choice.is_open) == ("kim", False)


async def test_typing_narrows_and_what_fits_nothing_stays() -> None:
    assert await pressed(FieldChoice("sam", PEOPLE), *"kit", "enter") == "kit"
    assert await pressed(FieldChoice("sam", PEOPLE), *"it", "enter") == "kit", "also within a name"
    assert await pressed(FieldChoice("sam", PEOPLE), *"zz", "enter") == "zz"
    assert await pressed(FieldChoice("sam", PEOPLE), *"zz", "backspace", "backspace") == ""


async def test_delete_empties() -> None:
    assert await pressed(FieldChoice("sam", PEOPLE), "delete") == ""


async def test_several_are_toggled() -> None:
    several = FieldChoice("sam", PEOPLE, several=True)
    assert await pressed(several, "space", "down", "space", "enter") == "sam, kim"
    again = FieldChoice("sam, kim", PEOPLE, several=True)
    assert await pressed(again, "space", "space") == "kim"
    typed = FieldChoice("sam", PEOPLE, several=True)
    assert await pressed(typed, *"sam", "enter") == "sam", "typing for a choice always means to have it"


async def test_a_check_goes_round() -> None:
    assert await pressed(FieldCheck(""), "space") == "yes"
    assert await pressed(FieldCheck("yes"), "space") == "no"
    assert await pressed(FieldCheck("yes"), "n") == "no"
    assert await pressed(FieldCheck("yes"), "delete") == ""


async def test_a_click_opens_and_takes() -> None:
    choice = FieldChoice("sam", PEOPLE)
    async with One(choice).run_test() as pilot:
        await pilot.click(choice, offset=(1, 0))
        assert choice.is_open
        await pilot.click(choice, offset=(1, 2))
        assert (choice.text, choice.is_open) == ("kim", False)


async def test_foreign_labels_are_only_text() -> None:
    choice = FieldChoice(PEOPLE[-1].text, PEOPLE)
    async with One(choice).run_test() as pilot:
        choice.focus()
        await pilot.press("space")
        drawn = "".join(strip.text for strip in pilot.app.screen._compositor.render_strips())
        assert "[/] Eve" in drawn
        assert "\x1b" not in drawn
