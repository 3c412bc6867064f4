from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.app.driver import wall_of
from tests.app.walls import NOW, a_board, a_session, a_state, an_item
from tui.app import theme
from tui.app.drawing_glyphs import UNICODE
from tui.app.drawing_status import Word, top_line, words
from tui.domain.merge import Clash, Conflict
from tui.domain.model import COLUMN, Moment
from tui.errors import StorageError
from tui.sync.events import Accepted, Conflicted, Link, LinkChanged, Sealed
from tui.sync.outbox import PendingId, Request


def said(link: Link, later: int = 0) -> str:
    state = replace(a_state(a_board()), link=link)
    return " | ".join(word.text for word in words(state, Moment(NOW + later), UNICODE))


@pytest.mark.parametrize(
    ("link", "later", "text"),
    [
        (Link("online", synced_at=NOW), 0, "synced"),
        (Link("online", synced_at=NOW), 100, "synced"),
        (Link("online", synced_at=NOW), 200, "synced 3 min ago"),
        (Link("online", synced_at=NOW), 9000, "synced 2 h ago"),
        (Link("online", loading=(410, 1000)), 0, "loading 40%"),
        (Link("online", loading=(3100, None)), 0, "loading 3,000+"),
        (Link(), 0, "connecting"),
        (Link("offline", message="The server cannot be reached."), 0, "The server cannot be reached."),
        (Link("offline"), 0, "offline"),
        (Link("refused", message="The key is wrong.\x1b"), 0, "The key is wrong.␛"),
        (Link("online", synced_at=NOW, budget=(57, 60)), 0, "synced | 57/60 req"),
        (Link("online", synced_at=NOW, budget=(18, 20), counts="edits"), 0, "synced | 18/20 edits"),
    ],
)
def test_the_link_in_words(link: Link, later: int, text: str) -> None:
    assert said(link, later) == text


def test_a_paused_link_says_until_when() -> None:
    assert said(Link("paused", message="the budget is spent", resumes_at=NOW)).startswith("429: resumes ")
    assert said(Link("paused", resumes_at=NOW, held=True)).startswith("budget: resumes ")


def test_what_matters_least_is_left_out_first() -> None:
    parts = [Word("2 conflicts", 8, "bad"), Word("synced", 5), Word("57/60 req", 1), Word("? keys", 0)]
    left = [("cardwall", ""), (" Sales ▾", "")]
    assert "? keys" in top_line(left, parts, 80, UNICODE).plain
    narrow = top_line(left, parts, 44, UNICODE).plain
    assert "? keys" not in narrow
    assert "2 conflicts" in narrow
    for width in range(1, 90):
        assert "2 conflicts"[: width - 2] in top_line(left, parts, width, UNICODE).plain


async def test_changes_that_are_not_on_disk_are_told_at_once() -> None:
    session = a_session(8)
    session.journal.problem = StorageError("The disk is full.")
    async with wall_of(session) as wall:
        await wall.press("L")
        assert "NOT ON DISK" in wall.status
        assert "The disk is full." in wall.bottom
        session.journal.problem = None
        await wall.press("u")
        assert "NOT ON DISK" not in wall.status


async def test_news_of_the_link_changes_the_status_line() -> None:
    async with wall_of(a_session(8)) as wall:
        wall.session.store.apply(LinkChanged(Link("offline", message="No network.")))
        await wall.settle()
        assert "No network." in wall.status


async def test_q_leaves_at_once_when_everything_is_sent() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("q")
        assert wall.app._exit


async def test_q_asks_when_something_is_not_sent_and_escape_stays() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("L", "q")
        assert wall.place == "QuitScreen"
        assert "1 change is not sent yet." in wall.screen_text()
        await wall.press("escape", "j")
        assert wall.place == "BoardScreen"
        assert not wall.app._exit


async def test_keep_for_later_leaves_at_once() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("L", "q", "k")
        assert wall.app._exit


async def test_send_now_leaves_when_everything_has_arrived() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("L", "l", "L", "q", "s")
        assert wall.session.asked[-1] == "refresh"
        store = wall.session.store
        first, second = sorted(store.state.outbox.values(), key=lambda pending: pending.seq)
        for pending in (first, second):
            assert not wall.app._exit
            item = wall.item(pending.item_id)
            assert item is not None
            store.apply(Sealed(PendingId(pending.id), Request("k", item)))
            store.apply(Accepted(pending.id, replace(item, version=2)))
            await wall.settle()
        assert wall.app._exit


async def test_what_waits_for_a_person_does_not_keep_the_program_open() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("L")
        store = wall.session.store
        (pending,) = store.state.outbox.values()
        theirs = an_item(1, "Won")
        store.apply(Sealed(pending.id, Request("k", an_item(1))))
        store.apply(Conflicted(pending.id, Conflict(replace(theirs, version=2), (Clash(COLUMN, 1, 2, 3),))))
        assert store.state.outbox[pending.id].phase == "conflict"
        await wall.press("q")
        assert wall.app._exit


async def test_all_that_is_at_stake_is_said_in_a_narrow_terminal_and_with_the_users_own_keys() -> None:
    async with wall_of(a_session(8), size=(70, 24), keys={"quit.keep": "x"}) as wall:
        await wall.press("L")
        store = wall.session.store
        (pending,) = store.state.outbox.values()
        theirs = replace(an_item(1, "Won"), version=2)
        store.apply(Sealed(pending.id, Request("k", an_item(1))))
        store.apply(Conflicted(pending.id, Conflict(theirs, (Clash(COLUMN, 1, 2, 3),))))
        await wall.press("l", "j", "L", "q")
        text = wall.screen_text()
        assert "1 change is not sent yet. 1 waits for your choice" in text
        assert "kept. " in text
        assert "x keep for later and quit" in text


@pytest.mark.parametrize(
    ("environ", "ansi"),
    [
        ({"TERM": "linux"}, True),
        ({"TERM": "xterm"}, True),
        ({}, True),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, False),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, True),
    ],
)
def test_few_colours_mean_the_terminals_own(environ: dict[str, str], ansi: bool) -> None:
    assert theme.wants_ansi(environ) is ansi
