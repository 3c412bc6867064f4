"""The words of the status line: how the wall stands with its server and its disk. Nothing in them ticks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace
from rich.cells import cell_len
from textual.content import Content

from tui.app.clean import plain, show
from tui.app.drawing import LONGEST, fit
from tui.app.drawing_glyphs import Glyphs
from tui.domain.model import Moment
from tui.sync.events import Link
from tui.sync.state import State

MINUTE = 60
Tone = Literal["plain", "good", "warn", "bad"]
STYLES: Mapping[Tone, str] = {"plain": "", "good": "$success", "warn": "$warning", "bad": "bold $error"}


class Word(Struct, frozen=True):
    """One part of the status line; a higher `weight` stays longer when there is little room."""

    text: str
    weight: int
    tone: Tone = "plain"


def words(state: State, now: Moment, glyphs: Glyphs, unsaved: str = "", settle: str = "") -> list[Word]:
    """What there is to say, in the order in which it stands.

    `unsaved` says why edits are not on disk, `settle` is the key that settles what waits for a person.
    """
    by_key = f" ({settle})" if settle else ""
    found = []
    if unsaved:
        found.append(Word("NOT ON DISK", 9, "bad"))
    phases = [pending.phase for pending in state.outbox.values()]
    conflicts, refused = phases.count("conflict"), phases.count("refused")
    if conflicts:
        found.append(Word(f"{conflicts} conflict{'s' if conflicts > 1 else ''}{by_key}", 8, "bad"))
    if refused:
        found.append(Word(f"{refused} refused{by_key}", 7, "bad"))
    waiting = len(phases) - conflicts - refused
    if waiting:
        found.append(Word(f"{glyphs.pending}{waiting} pending", 6, "warn"))
    found.append(link_word(state.link, now))
    if state.link.budget:
        left, limit = state.link.budget
        found.append(Word(f"{left}/{limit} {state.link.counts}", 1, "plain" if left * 10 > limit else "warn"))
    return found


def link_word(link: Link, now: Moment) -> Word:
    """The link in a word or two: ``synced``, ``synced 3 min ago``, ``loading 40%``, ``429: resumes 14:32``."""
    if link.reach == "online":
        return Word(loading_text(link) or synced_text(link, now), 5, "good" if not link.loading else "plain")
    if link.reach == "starting":
        return Word(loading_text(link) or plain(link.message[:LONGEST]) or f"connecting{_since(link, now)}", 5)
    if link.reach == "paused":
        if link.resumes_at is not None:
            return Word(f"{'budget' if link.held else '429'}: resumes {_clock(link.resumes_at)}", 5, "warn")
        return Word(plain(link.message[:LONGEST]) or "paused", 5, "warn")
    tone: Tone = "bad" if link.reach == "refused" else "warn"
    return Word(plain(link.message[:LONGEST]) or link.reach, 5, tone)


def loading_text(link: Link) -> str:
    """Progress of a first load in coarse steps, so that it is sent twenty times and not five hundred."""
    if link.loading is None:
        return ""
    done, total = link.loading
    if not total:
        return f"loading {done // 1000},000+" if done >= 1000 else "loading"
    return f"loading {min(100, 5 * (20 * done // total))}%"


def synced_text(link: Link, now: Moment) -> str:
    """``synced``, and how long ago once that is minutes."""
    return f"synced{_since(link, now)}"


def _since(link: Link, now: Moment) -> str:
    if link.synced_at is None:
        return ""
    minutes = (now - link.synced_at) // MINUTE
    if minutes < 2:
        return ""
    return f" {minutes} min ago" if minutes < 120 else f" {minutes // 60} h ago"


def _clock(moment: Moment) -> str:
    return datetime.fromtimestamp(moment).astimezone().strftime("%H:%M")


def top_line(left: list[tuple[str, str]], right: list[Word], width: int, glyphs: Glyphs) -> Content:
    """The names on the left (text and style), the status on the right; what matters least is left out first."""
    most = max(16, width // 2)
    right = [w if cell_len(w.text) <= most else replace(w, text=fit(w.text, most, glyphs.more)) for w in right]
    gap = f" {glyphs.dot} "

    def length() -> int:
        return sum(cell_len(word.text) for word in right) + len(gap) * max(0, len(right) - 1) + 2

    names = " ".join(text for text, _ in left)
    while len(right) > 1 and length() + min(cell_len(names), 24) + 2 > width:
        right.remove(min(right, key=lambda word: word.weight))
    room = max(0, width - length())
    parts: list[Content] = []
    for text, style in left:
        cut = fit(f" {text}", min(cell_len(text) + 1, room), glyphs.more)
        room -= cell_len(cut)
        parts.append(Content.styled(cut, style))
    parts.append(Content(" " * (room + 1)))
    for place, word in enumerate(right):
        parts.append(Content(gap if place else ""))
        parts.append(show(word.text, style=STYLES[word.tone]))
    return Content("").join(parts)
