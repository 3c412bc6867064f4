"""The Textual app: one wall, its commands, and the order in which keys are dealt with."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from textual import events
from textual.filter import LineFilter
from textual.screen import Screen

from tui.app import command as registry
from tui.app import theme
from tui.app.clean import Cleaner, plain
from tui.app.command import BOARD, Command
from tui.app.context import Context, Severity
from tui.app.dialogs import load_dialogs
from tui.app.drawing_glyphs import ASCII, UNICODE, Glyphs
from tui.app.keymap import Keymap, KeyReader, Overrides
from tui.app.keymap_names import pressed, shown
from tui.app.profiles import Opened, Profiles
from tui.app.screens.board import BoardScreen
from tui.app.strays import stray
from tui.app.theme import Palette
from tui.app.typeahead import TypeAhead, when_settled
from tui.app.views import Views
from tui.app.wire import ThinWire
from tui.domain.model import Member
from tui.domain.query_grammar import warm
from tui.errors import CardwallError
from tui.sync.session import Session
from tui.sync.store import Notice

T = TypeVar("T")
ANSWER_TIME = 0.2
"""Seconds that the keys wait at most for what a closed screen answers."""


WITHOUT_A_BOARD = frozenset({"app.quit", "history.undo", "history.redo"})
"""Commands of the board that run where there is no room to show one; those of every place do so anyway."""


class WallApp(ThinWire[None], inherit_bindings=False):
    """The wall of one session."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = "*"
    TITLE = "cardwall"
    DEFAULT_MODE = "wall"
    """The first profile's; each wall is the ground of a mode of its own, so that its session can go with it."""

    def __init__(
        self,
        session: Session,
        *,
        keys: Overrides | None = None,
        keys_source: str = "[keys]",
        ascii_only: bool = False,
        members: Sequence[Member] | None = None,
        views: Views | None = None,
        profile_colour: str = "",
        profiles: Profiles | None = None,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        ansi = theme.wants_ansi(environ)
        super().__init__(ansi_color=ansi)
        self.session = session
        self.glyphs: Glyphs = ASCII if ascii_only else UNICODE
        self.palette: Palette = theme.palette(ansi=ansi)
        self.profile_colour = profile_colour
        """The visible mark of a profile: a colour name, or empty."""
        self.profiles = profiles
        """The user's other profiles; None for a wall that has only its own."""
        self.commands: dict[str, Command] = registry.load()
        self.keymap = Keymap(self.commands, keys, keys_source)
        self.keymap.ascii_only = ascii_only
        self.reader = KeyReader(self.keymap)
        self.wall = BoardScreen(session, members, views)
        self._remembers = False
        """Whether the board was there before the server was asked."""
        self.add_mode(self.DEFAULT_MODE, lambda: self.wall)
        self._dealt = 0
        """Keys and pastes that were dealt with."""
        self._walls = 1
        """Walls there have been."""
        self._interrupted_at = -1
        self._cleaner = Cleaner()
        self._typed = TypeAhead(clock)
        self._unanswered: set[Screen[Any]] = set()
        """Screens whose callback has not been called yet."""
        self.animation_level = "none"
        self.set_class(ascii_only, "-ascii")
        self.register_theme(theme.DARK)
        self.register_theme(theme.ANSI)
        self.theme = theme.ANSI.name if ansi else theme.DARK.name

    # -- life

    def on_load(self) -> None:
        """Read what is on disk, so that the first frame shows it."""
        self._remembers = self.session.restore()

    def on_mount(self) -> None:
        """Begin to follow the server, and say what was wrong with the user's keys."""
        self._until_online = self.session.store.subscribe(self._load_dialogs)
        self._start_session()
        for problem in self.keymap.problems:
            self.notify(plain(problem), severity="warning", timeout=30, markup=False)

    def _start_session(self) -> None:
        if self._remembers:
            self.call_after_refresh(self.session.start)  # loading the server must not hold up the first frame
        else:
            self.session.start()
        if drafts := len(self.session.store.state.drafts):
            key = self.keymap.shown_keys("app.palette", 1)
            whose, them = ("A draft", "it") if drafts == 1 else (f"{drafts} drafts", "them")
            self.call_after_refresh(self.say, f"{whose} of yours waited here: {key} and “drafts” finds {them}.")
        for note in self.session.notes:
            self.notify(plain(note), severity="warning", timeout=30, markup=False)

    async def change_session(self, opened: Opened) -> None:
        """Show another profile's board in place of this one, and let this one go; keys wait meanwhile.

        To be called while no dialog is open.
        """
        before, wall = self.session, self.wall
        self._typed.hold(opened)
        try:
            self.session, self.profile_colour = opened.session, opened.colour
            self.wall = BoardScreen(opened.session, None, opened.views)
            self._until_online = self.session.store.subscribe(self._load_dialogs)
            self._remembers = self.session.restore()
            self._start_session()
            mode, self._walls = self.current_mode, self._walls + 1
            self.add_mode(f"wall {self._walls}", lambda: self.wall)
            await self.switch_mode(f"wall {self._walls}")
            await self.remove_mode(mode)
            await before.close()
            # Textual holds an app's first screen for as long as it runs, and that must not hold a whole board.
            del wall.session, wall.bridge, wall.filter
        finally:
            self._let_go(opened)

    def _load_dialogs(self, notice: Notice) -> None:
        """Once the board is there, load what the next keys may open, beside the keys."""
        if notice.state.link.reach == "online" and notice.state.link.loading is None:
            self._until_online()
            self.run_worker(load_dialogs, thread=True, group="dialogs")

    async def on_unmount(self) -> None:
        """Leave nothing running."""
        await self.session.close()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters, behind one that deletes what could drive the terminal."""
        return [self._cleaner, *super().get_line_filters()]

    # -- commands

    @property
    def context(self) -> Context:
        """What a command is given now."""
        return Context(self)

    def run_command(self, command_id: str, pressed_key: str = "") -> None:
        """Run a command, or say why it cannot run now."""
        command = self.commands[command_id]
        context = Context(self, pressed_key)
        self.wall.bridge.bind()
        reason = self._too_small_for(command) or command.reason(context)
        self.wall.news.slipped = ""
        if reason is not None:
            self.say(reason, "warning")
            return
        command.run(context)

    def _too_small_for(self, command: Command) -> str:
        """Why a command would act on what nobody can see; empty when it may run."""
        unseen = self.screen is self.wall and command.place == BOARD and command.id not in WITHOUT_A_BOARD
        return self.wall.too_small if unseen else ""

    def open_dialog(self, screen: Screen[T], callback: Callable[[T | None], None] | None = None) -> None:
        """Show a screen; what is typed meanwhile waits and goes to its first field, in order."""
        self._typed.hold(screen)
        if callback is None:
            self.push_screen(screen)
        else:
            self._unanswered.add(screen)
            self.push_screen(screen, lambda answer: self._answered(screen, callback, answer))
        screen.call_later(self._opened, screen)

    def prepare_filter(self) -> None:
        """Load the filter's grammar beside the keys: the first comparison typed must not wait for it."""
        self.run_worker(warm, thread=True, group="filter", exclusive=False)

    def say(self, sentence: str, severity: Severity = "information") -> None:
        """Tell the user one sentence: in the board's bottom line, or above a dialog."""
        clean = self.wall.completed(plain(sentence))
        if not self.wall.tell(clean, severity):
            self.notify(clean, severity=severity, markup=False)

    def work(self, job: Coroutine[Any, Any, None]) -> None:
        """Wait for the server beside the keys; a failure becomes a sentence."""
        self.run_worker(self._report(job), exit_on_error=True)

    async def _report(self, job: Coroutine[Any, Any, None]) -> None:
        try:
            await job
        except CardwallError as error:
            self.say(error.message, "error")

    @property
    def is_settled(self) -> bool:
        """Whether no key waits for its turn and nothing waits to be painted."""
        return self._typed.is_open and not self._typed.waiting() and self.wall.is_settled

    # -- keys, in order and one at a time

    async def on_event(self, event: events.Event) -> None:
        """Deal with a key or a paste when its turn has come; everything else goes Textual's way."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self.session.touch()
            if not self._typed.keep(event):
                await self._deal_with(event)
            elif self._typed.waiting():
                self.call_later(self._replay)
        else:
            await super().on_event(event)

    def is_second_interrupt(self) -> bool:
        """Whether the key before this one asked to cancel, too; for the command that cancels."""
        again, self._interrupted_at = self._interrupted_at == self._dealt - 1, self._dealt
        return again

    async def _deal_with(self, event: events.Key | events.Paste) -> None:
        self._dealt += 1
        screen = self.screen
        if screen.focused is None:
            if isinstance(event, events.Key) and self._press(event, screen):
                return
            if screen is self.wall:
                return  # neither a stray key nor a paste means anything here
        self._typed.hold(event)
        target = screen.focused or screen
        await super().on_event(event)
        rounds = 1 if isinstance(event, events.Key) and event.is_printable else 2
        when_settled(target, rounds, lambda: self._settled(event))

    async def on_key(self, event: events.Key) -> None:
        """A key that a dialog's widgets had no use for: the dialog's commands come before widget bindings."""
        if event.is_forwarded and self._press(event, self.screen):
            event.prevent_default()

    def _press(self, event: events.Key, screen: Screen[Any]) -> bool:
        """Run the command that a key completes at a screen's place; False when it has no meaning there."""
        place = getattr(screen, "place", registry.ANYWHERE)
        key = pressed(event.key, event.character)
        waited = tuple(self.reader.waiting)
        self.wall.hush()
        command = self.reader.read(key, place)
        if command is None and waited and not self.reader.waiting and key != "escape":
            if len(key) == 1:
                self.say(f"{shown((*waited, key))} is no command.", "warning")
            else:
                command = self.reader.read(key, place)  # a key such as Enter means itself: it was no slip of a letter
        if command is not None:
            self.run_command(command.id, key)
        elif not (self.reader.waiting or waited):
            if screen is not self.wall or screen.focused is not None:
                return False
            if sentence := stray(key, self.keymap):
                self.say(sentence)
        if screen is self.wall:
            self.wall.paint()
        return True

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """No cursor blinks: a blink is bytes on a wire for ever."""
        if hasattr(event.widget, "cursor_blink"):  # asked so, because importing the text area takes a while
            event.widget.cursor_blink = False

    def _opened(self, screen: Screen[Any]) -> None:
        """A screen has been composed: its first field gets what was typed meanwhile."""
        focuses = self.AUTO_FOCUS if screen.AUTO_FOCUS is None else screen.AUTO_FOCUS
        if focuses and screen.focused is None and screen.focus_chain:
            self.watch(screen, "focused", lambda _: self._let_go(screen), init=False)
        else:
            self._let_go(screen)

    def _settled(self, event: events.Event) -> None:
        """A key has been dealt with; if it closed a screen, the next one waits for what that screen answers."""
        for screen in [screen for screen in self._unanswered if screen not in self.screen_stack]:
            self._typed.hold(screen)
            self._unanswered.discard(screen)
            # A screen that was taken away without an answer never answers.
            self.set_timer(ANSWER_TIME, lambda screen=screen: self._let_go(screen))
        self._let_go(event)

    def _answered(self, screen: Screen[T], callback: Callable[[T | None], None], answer: T | None) -> None:
        """A screen has closed: what follows from its answer comes before the next key."""
        self._unanswered.discard(screen)
        callback(answer)
        self._let_go(screen)

    def _let_go(self, holder: object) -> None:
        self._typed.let_go(holder)
        if self._typed.waiting():
            self.call_later(self._replay)

    async def _replay(self) -> None:
        for event in self._typed.due():
            await self._deal_with(event)
