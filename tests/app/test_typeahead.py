from __future__ import annotations

import asyncio
from typing import ClassVar

import pytest
from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Input

from tests.app.driver import Wall, key_event, wall_of
from tests.app.walls import a_session
from tui.app.typeahead import PATIENCE, TypeAhead


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def keys(gate: TypeAhead) -> list[str]:
    return [event.key for event in gate.due() if isinstance(event, events.Key)]


def test_an_open_gate_keeps_nothing() -> None:
    gate = TypeAhead(Clock())
    assert not gate.keep(key_event("a"))
    assert keys(gate) == []


def test_a_held_gate_keeps_everything_in_order_until_the_last_holder_lets_go() -> None:
    gate = TypeAhead(Clock())
    gate.hold("screen")
    gate.hold("key")
    assert all(gate.keep(key_event(letter)) for letter in "abc")
    gate.let_go("screen")
    assert keys(gate) == []
    gate.let_go("key")
    assert keys(gate) == ["a", "b", "c"]


def test_what_comes_while_something_is_still_kept_queues_behind_it() -> None:
    gate = TypeAhead(Clock())
    gate.hold("screen")
    gate.keep(key_event("a"))
    gate.let_go("screen")
    assert gate.keep(key_event("b"))
    assert keys(gate) == ["a", "b"]


def test_a_key_that_shuts_the_gate_again_stops_the_rest() -> None:
    gate = TypeAhead(Clock())
    gate.hold("screen")
    for letter in "abc":
        gate.keep(key_event(letter))
    gate.let_go("screen")
    for _ in gate.due():
        gate.hold("next")
        break
    gate.let_go("next")
    assert keys(gate) == ["b", "c"]


def test_a_holder_that_never_lets_go_does_not_cost_the_keyboard() -> None:
    clock = Clock()
    gate = TypeAhead(clock)
    gate.hold("broken")
    gate.keep(key_event("a"))
    clock.now = PATIENCE + 0.1
    assert gate.keep(key_event("b"))
    assert gate.waiting()
    assert keys(gate) == ["a", "b"]


class Form(ModalScreen[str]):
    """Two fields; Enter in the second one closes it with both."""

    def __init__(self, slow: asyncio.Event | None = None) -> None:
        super().__init__()
        self.slow = slow

    def compose(self) -> ComposeResult:
        yield Input(id="one")
        yield Input(id="two")

    async def on_mount(self) -> None:
        if self.slow is not None:
            await self.slow.wait()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input.id == "two":
            self.dismiss(f"{self.query_one('#one', Input).value}|{event.value}")
        else:
            self.query_one("#two", Input).focus()


class Bare(ModalScreen[str]):
    """Nothing to focus: it takes letters itself."""

    AUTO_FOCUS = ""
    heard: ClassVar[list[str]] = []

    def on_key(self, event: events.Key) -> None:
        self.heard.append(event.key)
        if event.key == "x":
            self.dismiss("x")


@pytest.fixture
def opener(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Makes `r` open a form, and collects what it closes with."""
    closed: list[object] = []

    def refresh(wall: Wall, screen: ModalScreen[str]) -> None:
        monkeypatch.setattr(wall.session, "refresh", lambda: wall.app.open_dialog(screen, closed.append))

    closed.append(refresh)
    return closed


async def test_all_keys_of_one_read_reach_the_form_in_order(opener: list[object]) -> None:
    async with wall_of(a_session(8)) as wall:
        opener.pop()(wall, Form())  # type: ignore[operator]  # the fixture's function
        await wall.type_at_once("rAcme GmbH")
        assert wall.typed == "Acme GmbH"
        assert wall.cursor == "DEAL-1"


async def test_typed_ahead_goes_through_a_form_and_out_of_it_again(opener: list[object]) -> None:
    async with wall_of(a_session(8)) as wall:
        opener.pop()(wall, Form())  # type: ignore[operator]
        await wall.type_at_once("r", *"Acme", "enter", *"jjL", "enter", "j", "l")
        assert opener == ["Acme|jjL"]
        assert wall.place == "BoardScreen"
        assert wall.cursor == "DEAL-6"


async def test_keys_wait_for_a_screen_that_takes_its_time(opener: list[object]) -> None:
    ready = asyncio.Event()
    async with wall_of(a_session(8)) as wall:
        opener.pop()(wall, Form(ready))  # type: ignore[operator]
        for key in "rjjj":
            wall.app.post_message(key_event(key))
        for _ in range(20):
            await asyncio.sleep(0)  # not the pilot's pause, which waits for the very screen that takes its time
        wall.app.post_message(key_event("k"))
        ready.set()
        await wall.settle()
        assert wall.typed == "jjjk"
        assert wall.cursor == "DEAL-1"


async def test_a_paste_waits_its_turn_too(opener: list[object]) -> None:
    async with wall_of(a_session(8)) as wall:
        opener.pop()(wall, Form())  # type: ignore[operator]
        for event in [key_event("r"), key_event("a"), events.Paste("PASTED"), key_event("z")]:
            wall.app.post_message(event)
        await wall.settle()
        assert wall.typed == "aPASTEDz"


async def test_a_screen_without_fields_gets_the_keys_itself(opener: list[object]) -> None:
    Bare.heard.clear()
    async with wall_of(a_session(8)) as wall:
        opener.pop()(wall, Bare())  # type: ignore[operator]
        await wall.type_at_once("rabxj")
        assert Bare.heard == ["a", "b", "x"]
        assert wall.cursor == "DEAL-5"


async def test_the_palette_and_what_it_opens_take_typed_ahead() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.type_at_once(":sort", "enter", *"value, highest", "enter", "g", "g")
        assert wall.place == "BoardScreen"
        assert wall.column("Lead").cards == ["DEAL-5", "DEAL-1"]
        assert wall.cursor == "DEAL-5"


async def test_the_filter_takes_typed_ahead() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.type_at_once("/deal 6", "enter", "x")
        assert wall.app.wall.filter_text == "deal 6"
        assert wall.marked == {"DEAL-6"}


async def test_no_cursor_blinks(opener: list[object]) -> None:
    async with wall_of(a_session(8)) as wall:
        opener.pop()(wall, Form())  # type: ignore[operator]
        await wall.type_at_once("r")
        focused = wall.app.focused
        assert isinstance(focused, Input)
        assert not focused.cursor_blink
