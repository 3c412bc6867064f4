"""The thin wire: of every repaint only the cells that changed are sent to the terminal.

Textual repaints whole regions. `ThinWire` is an App that compares each repaint with what the terminal already shows and
sends the difference: a third of the bytes for a move, an eighth at start, none when nothing changed. It hooks one
private method, `App._display`; on a Textual version that it was not tested with it stands aside, and so it does inline,
in a browser, and when `CARDWALL_THIN_WIRE=0`.

The terminal's own cursor lives here too: screen readers and input methods follow it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Generic

import textual
from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, RenderableType
from textual import events
from textual.app import App, ReturnType
from textual.screen import Screen
from textual.strip import Strip

from tui.app.wire_grid import Grid
from tui.app.wire_pen import DEFAULT, Pens
from tui.app.wire_pencil import LINE_NOISE, Pencil

try:
    from textual._compositor import ChopsUpdate, LayoutUpdate
except ImportError:  # pragma: no cover - another Textual; `obstacle` turns the wire off there
    ChopsUpdate = LayoutUpdate = type(None)  # type: ignore[assignment,misc]  # matches no update

TESTED: Final = ("8.2",)
"""The Textual versions whose private hook is covered by the tests, as major.minor."""

SWITCH: Final = "CARDWALL_THIN_WIRE"
Place = tuple[int, int]
"""A column and a row of the screen, from 0."""

_AT_ONCE: Final = 480
"""A frame of at most so many characters arrives in one piece, so it goes without the marks of a synchronized update."""
_NO_FRAME: Final = 0.04
"""Seconds after which no repaint is under way any more; Textual repaints sixty times a second at most."""
_MANY_PENS: Final = 16384
_SYNC_START, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
_SHOW_CURSOR, _HIDE_CURSOR = "\x1b[?25h", "\x1b[?25l"


def textual_version() -> str:
    """Textual's version, from the name of its folder of metadata: reading the metadata takes ten times as long."""
    site = Path(textual.__file__).parents[1]
    found = next(site.glob("textual-*.dist-info"), None)
    return found.name.split("-")[1].removesuffix(".dist") if found else textual.__version__


def obstacle(environ: Mapping[str, str] = os.environ, version: str | None = None) -> str:
    """Why the thin wire cannot or shall not be used here, as the end of a sentence; empty when it can."""
    if environ.get(SWITCH, "").lower() in {"0", "no", "off", "false"}:
        return f"{SWITCH} says so"
    version = version or textual_version()
    if ".".join(version.split(".")[:2]) not in TESTED or not hasattr(App, "_display"):
        return f"Textual {version} is not a version it was tested with ({', '.join(TESTED)})"
    return ""


def status(environ: Mapping[str, str] = os.environ, version: str | None = None) -> str:
    """One sentence for the doctor: whether only changed cells are sent, and if not, why."""
    version = version or textual_version()
    why = obstacle(environ, version)
    if why:
        return f"The thin wire is off because {why}; the screen is the same but needs more bytes."
    return f"The thin wire is on: only changed cells are sent (Textual {version})."


class Wire:
    """What one terminal shows, and the frames that bring it up to date."""

    def __init__(self, width: int, height: int, colours: ColorSystem, *, erases: bool = True) -> None:
        self._pens = Pens(colours)
        self._grid = Grid(width, height, self._pens, erases=erases)
        self._fresh = True
        self._noisy = False
        self._parked: Place | None = None
        self._shown = False
        self.size = (width, height)
        """Columns and rows."""

    @property
    def worn(self) -> bool:
        """Whether so many styles have come and gone that a new wire is cheaper to keep."""
        return len(self._pens) > _MANY_PENS

    def forget(self, *, noisy: bool = False) -> None:
        """Take nothing for granted: the terminal was resized, resumed, or (`noisy`) written to by someone else."""
        self._grid.forget()
        self._fresh = True
        self._noisy = self._noisy or noisy
        self._parked = None
        self._shown = False

    def paint(self, update: LayoutUpdate | ChopsUpdate) -> None:
        """Take over what the compositor has drawn."""
        for y, strips, edges in _rows(update):
            self._grid.paint(y, strips, edges)

    def frame(self, cursor: Place | None, parked: Place | None = None, *, sync: bool = False) -> str:
        """What to send so that the terminal shows what was painted; empty when it already does.

        `cursor` is where the terminal's cursor is to be seen, `parked` where it is to wait unseen. `sync` says that
        the terminal knows synchronized updates.
        """
        pencil = Pencil(self._pens, self._grid.width)
        if self._noisy:
            pencil.raw(LINE_NOISE)
        if self._fresh:
            pencil.control(_HIDE_CURSOR)
        self._grid.draw(pencil, clear=self._fresh)
        pencil.ink(DEFAULT)
        self._fresh = self._noisy = False
        drawn = pencil.text()
        self._place(pencil, cursor or parked, shown=cursor is not None, moved=drawn != "")
        text = pencil.text()
        if len(text) <= _AT_ONCE:
            return text
        if sync:
            return f"{_SYNC_START}{text}{_SYNC_END}"
        # Without the marks a visible cursor would be seen flying over the screen.
        return f"{_HIDE_CURSOR}{text}{_SHOW_CURSOR}" if self._shown else text

    def _place(self, pencil: Pencil, place: Place | None, *, shown: bool, moved: bool) -> None:
        if self._shown and not shown:
            pencil.control(_HIDE_CURSOR)
        if place is not None and (moved or place != self._parked):
            width, height = self.size
            pencil.go(min(max(place[0], 0), width - 1), min(max(place[1], 0), height - 1))
        if shown and not self._shown:
            pencil.control(_SHOW_CURSOR)
        self._parked, self._shown = place, shown


class ThinWire(App[ReturnType], Generic[ReturnType]):
    """An App that sends only changed cells; write `class Wall(ThinWire[None])`."""

    thin_wire: bool = True
    """False turns the wire off for this app, before it runs."""

    _wire: Wire | None = None
    _wire_allowed: bool | None = None
    _wire_cursor: Place | None = None
    _wire_timer: asyncio.TimerHandle | None = None
    _is_lent: bool = False

    def wire_status(self) -> str:
        """One sentence for the doctor about this app."""
        if not self.thin_wire:
            return "The thin wire is off because a setting says so; the screen is the same but needs more bytes."
        return status()

    def redraw(self) -> None:
        """Send the whole screen again, whatever the terminal shows now."""
        if self._is_lent:
            return
        if self._wire is None:
            if self._driver is not None and not self._driver.is_inline:
                self._driver.write(LINE_NOISE)
            self.refresh(layout=True)
            return
        self._wire.forget(noisy=True)
        self._send_frame(self._wire)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Another program has the terminal; what is painted meanwhile is seen when it is given back.

        Raises SuspendNotSupported. What fails inside is raised when the terminal is ours again.
        """
        failure: BaseException | None = None
        self._is_lent = True
        try:
            with self.suspend():
                try:
                    yield
                except BaseException as error:  # noqa: BLE001 - `suspend` gives nothing back when it is left so
                    failure = error
        finally:
            self._is_lent = False
        if failure is not None:
            raise failure

    def bell(self) -> None:
        """Ring, unless the terminal belongs to another program."""
        if not self._is_lent:
            super().bell()

    def cursor_at(self, x: int | None = None, y: int | None = None) -> None:
        """Show the terminal's cursor at column x, row y with the next repaint; without a place, hide it."""
        place = None if x is None or y is None else (x, y)
        if place != self._wire_cursor:
            self._wire_cursor = place
            # The repaint that usually follows takes the cursor with it; this is for when none does.
            if self._wire_timer is None:
                self._wire_timer = asyncio.get_running_loop().call_later(_NO_FRAME, self._send_cursor)

    async def on_event(self, event: events.Event) -> None:
        """Forget the screen when the window has changed or come back, then handle the event."""
        if isinstance(event, events.Resize) and self._wire is not None:
            if self._wire.size != (event.size.width, event.size.height):
                self._wire.forget()
            elif event.pixel_size is None:
                # Not a report of the present size: the program was suspended, and its screen is gone.
                self.redraw()
        await super().on_event(event)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Send the changed cells of an update; anything else goes Textual's way."""
        if self._is_lent:
            self.post_display_hook()
            return
        if not isinstance(renderable, (LayoutUpdate, ChopsUpdate)) or not self._wire_fits():
            super()._display(screen, renderable)
            return
        try:
            if self._can_write():
                wire = self._present_wire()
                wire.paint(renderable)
                self._send_frame(wire)
        finally:
            self.post_display_hook()

    def _wire_fits(self) -> bool:
        if self._wire_allowed is None and self._driver is not None:
            inside = self._driver.is_inline or self._driver.is_web
            self._wire_allowed = self.thin_wire and not inside and not obstacle()
        return bool(self._wire_allowed)

    def _can_write(self) -> bool:
        return (
            self._running
            and not self._is_lent
            and not self._closed
            and not self._batch_count
            and not self.is_headless
            and self._driver is not None
        )

    def _present_wire(self) -> Wire:
        wire, size = self._wire, self.size
        if wire is None or wire.size != size or wire.worn:
            if wire is not None and wire.worn:
                self.screen.refresh()
            colours = COLOR_SYSTEMS[self.console.color_system or "truecolor"]
            wire = self._wire = Wire(*size, colours, erases=_erases_in_colour(os.environ))
        return wire

    def _send_frame(self, wire: Wire) -> None:
        x, y = self.cursor_position
        text = wire.frame(self._wire_cursor, (x, y) if (x, y) != (0, 0) else None, sync=self._sync_available)
        if text and self._driver is not None:
            self._driver.write(text)
            self._driver.flush()

    def _send_cursor(self) -> None:
        self._wire_timer = None
        if self._wire is not None and self._can_write():
            self._send_frame(self._wire)


def _rows(
    update: LayoutUpdate | ChopsUpdate,
) -> Iterator[tuple[int, list[tuple[int, Strip]], tuple[int, ...]]]:
    """The rows of an update: y, its strips with their columns, and where strips of that row may begin."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x, strips = update.region.x, []
            for strip in line:
                if strip is not None:
                    strips.append((x, strip))
                    x += strip.cell_length
            yield y, strips, tuple(x for x, _ in strips)
        return
    for y, x1, x2 in update.spans:
        chops = update.chops[y]
        # A chop that lies partly in the span is whole and up to date: one widget is on top of all of it.
        wanted = [
            (x, strip)
            for end, (x, strip) in zip(update.chop_ends[y], chops.items(), strict=False)
            if strip is not None and x < x2 and end > x1
        ]
        yield y, wanted, tuple(chops)


def _erases_in_colour(environ: Mapping[str, str]) -> bool:
    """Whether erased cells take the background colour: GNU screen alone leaves them black."""
    return not environ.get("TERM", "").startswith("screen") or "TMUX" in environ
