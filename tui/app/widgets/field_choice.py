"""Editors for choices: one, several, or yes and no. Typing picks; nothing is a menu above the form."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.visual import VisualType
from textual.widget import Widget

from tui.app.conflict_text import SIGNS, Signs
from tui.app.drawing import fit
from tui.app.form_text import Option, chosen
from tui.domain import sets
from tui.domain.text import fold, visible
from tui.errors import Invalid

_SHOWN = 7
"""Options shown at once."""


class FieldChoice(Widget, can_focus=True):
    """A text that is one of some options, or with `several` a comma-separated set of them.

    Closed it is one line. Typing, Space, Enter or Alt-Down open the list under it; the list narrows with what is typed.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    FieldChoice { height: auto; background: $surface; }
    FieldChoice:focus { background-tint: $foreground 5%; }
    """

    class Changed(Message):
        """Another text was chosen or typed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, text: str, options: Sequence[Option], *, several: bool = False, signs: Signs = SIGNS) -> None:
        super().__init__()
        self.text = text
        self.options = tuple(options)
        self.several = several
        self.query_text = ""
        self.is_open = False
        self.pasted = False
        """Whether the last change was a paste."""
        self._at = 0
        self._held: tuple[str, ...] = ()
        """Members chosen before what is being typed."""
        self._signs = signs

    @property
    def found(self) -> list[Option]:
        """The options that what was typed leaves: those that begin with it, then those that contain it."""
        wanted = fold(self.query_text.strip())
        begun = [option for option in self.options if fold(option.label).startswith(wanted)]
        within = [o for o in self.options if wanted in fold(o.label) and o not in begun] if wanted else []
        return begun + within

    def show_text(self, text: str, options: Sequence[Option] | None = None) -> None:
        """Show another text or other options, without saying that it was typed."""
        options = self.options if options is None else tuple(options)
        if (text, options) != (self.text, self.options):
            self.text, self.options = text, options
            self._at = min(self._at, max(0, len(options) - 1))
            self.refresh(layout=self.is_open)

    def close(self) -> None:
        """Back to one line; what was typed and picks nothing stays as the text."""
        self.is_open, self.query_text = False, ""
        self.refresh(layout=True)

    def take(self) -> None:
        """Take the option under the cursor, or what was typed where nothing fits it."""
        found = self.found
        if self.several:
            if found:
                self._toggle(found[self._at].text)
            return
        if found and (self.query_text or self.is_open):
            self._set(found[self._at].text)
        self.close()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's words
        """One line, and the list under it while it is open."""
        return 1 + (min(_SHOWN, max(1, len(self.found))) if self.is_open else 0)

    def render(self) -> VisualType:
        """The choice, and the list."""
        width = self.size.width
        lines = [self._head(width)]
        if self.is_open:
            found = self.found
            top = max(0, min(self._at - _SHOWN + 1, len(found) - _SHOWN))
            lines += [self._option(option, top + i, width) for i, option in enumerate(found[top : top + _SHOWN])]
            if not found:
                lines.append(Content.styled(fit("  nothing begins so", width), "$text-muted"))
        return Content("\n").join(lines)

    def on_blur(self) -> None:
        """Leaving takes what was typed for."""
        if self.is_open and self.query_text:
            self.take()
        if self.is_open:
            self.close()

    def on_click(self, event: events.Click) -> None:
        """Open the list, or take the option that was clicked."""
        found = self.found
        place = event.y - 1 + max(0, min(self._at - _SHOWN + 1, len(found) - _SHOWN))
        if self.is_open and event.y >= 1 and place < len(found):
            self._at = place
            self.take()
        else:
            self._open()

    async def _on_key(self, event: events.Key) -> None:
        if self._handle(event):
            event.stop()
            event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """A paste is typed text."""
        event.stop()
        self.pasted = True
        self._type(self.query_text + " ".join(event.text.split()))

    def _handle(self, event: events.Key) -> bool:
        """Whether the key meant something here."""
        key = event.key
        if key in ("left", "right") and not self.several and not self.is_open:
            self._step(1 if key == "right" else -1)
        elif key == "space" and (not self.is_open or (self.several and not self.query_text)):
            self.take() if self.is_open else self._open()
        elif key == "enter":
            self._enter()
        elif key in ("up", "down"):
            self._arrow(-1 if key == "up" else 1)
        elif key == "alt+down" and not self.is_open:
            self._open()
        elif key == "escape" and self.is_open:
            self.close()
        elif key == "backspace" and self.query_text:
            self._type(self.query_text[:-1])
        elif key in ("delete", "backspace") and not self.is_open:
            self._set("")
        elif event.is_printable and event.character:
            self._type(self.query_text + event.character)
        else:
            return False
        return True

    def _enter(self) -> None:
        if not self.is_open:
            self._open()
            return
        if self.query_text or not self.several:
            self.take()
        if self.is_open:
            self.close()

    def _arrow(self, step: int) -> None:
        if not self.is_open:
            self.screen.focus_next() if step > 0 else self.screen.focus_previous()
            return
        self._at = max(0, min(len(self.found) - 1, self._at + step))
        self.refresh()

    def _step(self, step: int) -> None:
        places = {option.text: place for place, option in enumerate(self.options)}
        if self.options:
            here = places.get(chosen(self.text, self.options) or "", -1 if step > 0 else 0)
            self._set(self.options[(here + step) % len(self.options)].text)

    def _open(self) -> None:
        self.is_open, self._at = True, 0
        if not self.several:
            self._at = next((i for i, option in enumerate(self.found) if option.text == self.text), 0)
        self.refresh(layout=True)
        self.call_after_refresh(self.scroll_visible, animate=False)

    def _type(self, text: str) -> None:
        """What is typed is part of the text at once, so that it is kept whatever happens; an option replaces it."""
        if not self.query_text:
            self._held = self.members()
        self.is_open, self.query_text, self._at = True, text, 0
        self._set(text if not self.several else sets.join([*self._held, text] if text else self._held))
        self.refresh(layout=True)

    def _toggle(self, member: str) -> None:
        typed, held = bool(self.query_text), self._held if self.query_text else self.members()
        self.query_text = ""
        if member not in held:
            held = (*held, member)
        elif not typed:  # typing for a choice always means to have it
            held = tuple(m for m in held if m != member)
        self._set(sets.join(held))

    def members(self) -> tuple[str, ...]:
        """The members its text names."""
        try:
            return sets.split(self.text)
        except Invalid:
            return ()

    def _set(self, text: str) -> None:
        if text != self.text:
            self.text = text
            self.post_message(self.Changed(text))
        self.refresh(layout=self.is_open)

    def _head(self, width: int) -> Content:
        label = next((option.label for option in self.options if option.text == self.text), self.text)
        if self.is_open and self.query_text:
            label = self.query_text
        text = fit(visible(label), max(1, width - 2), self._signs.more) + " " + self._signs.switch
        return Content.styled(text, "bold" if self.has_focus else "")

    def _option(self, option: Option, place: int, width: int) -> Content:
        held = self.members() if self.several else (self.text,)
        box = (
            ("[x] " if option.text in held else "[ ] ")
            if self.several
            else (f"{self._signs.chosen} " if option.text in held else "  ")
        )
        text = fit(f"{'>' if place == self._at else ' '} {box}{visible(option.label)}", width, self._signs.more)
        return Content.styled(text, "reverse" if place == self._at else "")


class FieldCheck(FieldChoice):
    """Yes, no, or nothing said: Space goes round."""

    def __init__(self, text: str, signs: Signs = SIGNS) -> None:
        super().__init__(text, (Option("yes", "yes"), Option("no", "no")), signs=signs)

    def _handle(self, event: events.Key) -> bool:
        answer = {"y": "yes", "n": "no", "x": "yes"}.get(event.character or "")
        if answer:
            self._set(answer)
            return True
        if event.key == "space":
            self._set("no" if self.text == "yes" else "yes")
            return True
        if event.key in ("enter", "alt+down"):
            self.screen.focus_next()
            return True
        return super()._handle(event)

    def _head(self, width: int) -> Content:
        box = {"yes": "[x] yes", "no": "[ ] no"}.get(self.text, "[ ] not said" if not self.text else self.text)
        return Content.styled(fit(visible(box), width), "bold" if self.has_focus else "")
