"""Another profile on the same screen, and a new one put together there."""

from __future__ import annotations

import asyncio
import gc
import weakref
from pathlib import Path

import pytest

from tests.app.driver import Wall, wall_of
from tests.app.walls import HandSession, a_board, a_session, a_state, spread
from tui.api.looking import Look
from tui.app.profiles import Opened
from tui.app.screens.profile_wizard import ProfileWizard
from tui.app.views import MemoryViews
from tui.config import Settings, known
from tui.config.steps import Answers, table_of
from tui.config.writing import write_profile
from tui.errors import ConfigError, Offline

ACME = {"contract": "slate", "url": "https://acme.example", "colour": "red", "read_only": True}
FINE = Look(reached=True, accepted=True, boards=("Sales",), can=("search",))
DOWN = Look(reached=False, accepted=False, problem=Offline("crm.example cannot be reached"))


class HandProfiles:
    """Profiles on a real folder, whose servers are the test."""

    def __init__(self, home: Path) -> None:
        self.environ = {"HOME": str(home), "USER": "sam"}
        self.opened: list[HandSession] = []
        self.looks = [FINE]
        self.problem: ConfigError | None = None
        self.may_open = asyncio.Event()
        self.may_open.set()
        self.forgot = 0

    def settings(self) -> Settings:
        return known(self.environ)

    async def look(self, answers: Answers) -> Look:
        assert answers["name"]
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]

    def write(self, answers: Answers) -> Path:
        return write_profile(self.settings(), answers["name"], table_of(answers))

    async def open(self, name: str) -> Opened:
        await self.may_open.wait()
        if self.problem:
            raise self.problem
        board = a_board("Inbox", "Done")
        profile = self.settings().named(name)
        session = HandSession(a_state(board, spread(4, board)), read_only=profile.read_only)
        session.profile_name = name
        self.opened.append(session)
        return Opened(session, MemoryViews(), profile.colour or "")

    def forget(self) -> None:
        self.forgot += 1


@pytest.fixture
def profiles(tmp_path: Path) -> HandProfiles:
    made = HandProfiles(tmp_path)
    write_profile(made.settings(), "acme", ACME)
    return made


def a_local_session(items: int = 12) -> HandSession:
    session = a_session(items)
    session.profile_name = "local"
    return session


async def test_the_switcher_tells_profiles_apart_by_words(profiles: HandProfiles) -> None:
    async with wall_of(a_local_session(), profiles=profiles, size=(80, 24)) as wall:
        await wall.press("g", "p")
        text = wall.screen_text()
        assert "■ acme   slate  https://acme.example  red read-only" in text
        assert "local  local  this machine  open" in text
        assert "Add a profile…" in text
        await wall.press("escape")
        assert (wall.place, wall.session.asked) == ("BoardScreen", ["start"])


async def test_a_switch_shows_the_other_board_at_once_and_keeps_what_waits(profiles: HandProfiles) -> None:
    session = a_local_session()
    async with wall_of(session, profiles=profiles, size=(80, 24)) as wall:
        await wall.press("x", "L")
        waiting = len(session.store.state.outbox)
        assert waiting == 1
        await wall.press("g", "p", "a", "enter")
        wall.session = profiles.opened[0]
        assert wall.columns == ["Inbox", "Done"]
        assert wall.status.lstrip().startswith("■ acme   read-only  Sales ▾")
        assert wall.bottom.strip().startswith("This is acme. local: 1 unsent change kept, to be sent when it is opened")
        assert session.asked[-1] == "close"
        assert profiles.opened[0].asked == ["start"]
        assert len(session.store.state.outbox) == 1


async def test_nothing_holds_on_to_the_profile_before(profiles: HandProfiles) -> None:
    """An all-day wall that goes to and fro would else grow by a board each time."""
    async with wall_of(a_local_session(), profiles=profiles, size=(80, 24)) as wall:
        gone, before = weakref.ref(wall.app.wall.bridge), wall.app.wall
        await wall.press("g", "p", "a", "enter")
        wall.session = profiles.opened[0]
        await wall.press("j")
        assert profiles.forgot == 1
        gc.collect()
        assert gone() is None
        assert not hasattr(before, "session"), "Textual holds the first screen for ever"


async def test_keys_work_on_the_other_profile_and_read_only_says_why(profiles: HandProfiles) -> None:
    async with wall_of(a_local_session(), profiles=profiles, size=(80, 24)) as wall:
        await wall.press("g", "p", "a", "enter")
        wall.session = profiles.opened[0]
        await wall.press("j")
        assert wall.cursor == "DEAL-3"
        for key in ("L", "c", "e", "#", "m"):
            await wall.press(key)
            assert "read-only" in wall.bottom
            assert wall.place == "BoardScreen"
        assert not profiles.opened[0].store.state.outbox


async def test_one_can_go_back_and_forth(profiles: HandProfiles) -> None:
    async with wall_of(a_local_session(), profiles=profiles) as wall:
        for name, mark in (("acme", "■ acme"), ("local", "cardwall"), ("acme", "■ acme")):
            await wall.press("g", "p")
            await wall.type_at_once(name, "enter")
            wall.session = profiles.opened[-1]
            assert wall.status.strip().startswith(mark)
        assert [session.asked for session in profiles.opened] == [["start", "close"], ["start", "close"], ["start"]]


async def test_keys_typed_while_it_opens_go_to_the_new_board(profiles: HandProfiles) -> None:
    async with wall_of(a_local_session(), profiles=profiles) as wall:
        await wall.press("g", "p", "a", "enter", "j")
        wall.session = profiles.opened[0]
        assert wall.cursor == "DEAL-3"


async def test_nothing_is_taken_from_under_a_form(profiles: HandProfiles) -> None:
    session = a_local_session()
    profiles.may_open.clear()
    async with wall_of(session, profiles=profiles) as wall:
        await wall.press("g", "p", "a", "enter", "c")
        assert wall.place == "FormScreen"
        profiles.may_open.set()
        await wall.settle()
        assert (wall.place, session.asked) == ("FormScreen", ["start"])
        assert profiles.opened[0].asked == ["close"]
        assert any("choose it again" in said for said in wall.toasts)


async def test_a_profile_that_cannot_be_opened_changes_nothing(profiles: HandProfiles) -> None:
    session = a_local_session()
    profiles.problem = ConfigError("api_key: the environment has no KEY")
    async with wall_of(session, profiles=profiles) as wall:
        await wall.press("g", "p", "a", "enter")
        assert wall.bottom.strip().startswith("api_key: the environment has no KEY")
        await wall.press("j")
        assert (wall.cursor, session.asked) == ("DEAL-5", ["start"])


async def test_a_wall_without_profiles_says_so() -> None:
    async with wall_of(a_session(4)) as wall:
        await wall.press("g", "p")
        assert (wall.place, "one server only" in wall.bottom) == ("BoardScreen", True)


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1", "TERM": "xterm-256color"}, {"TERM": "linux"}])
@pytest.mark.parametrize("colour", ["red", "no such colour"])
async def test_a_profiles_mark_is_a_sign_and_comes_first(environ: dict[str, str], colour: str) -> None:
    async with wall_of(a_session(4), environ=environ, profile_colour=colour, size=(80, 24)) as wall:
        assert wall.screen_lines()[0].startswith(" ■ acme ")
    async with wall_of(a_session(4), environ=environ, profile_colour=colour, ascii_only=True, size=(40, 10)) as wall:
        assert "# acme" in wall.screen_lines()[0]


# -- the wizard


async def to_the_end(wall: Wall, name: str = "new", *, key: tuple[str, ...] = ("n", "o", "n", "enter")) -> None:
    """Every question of a slate profile, with the usual answers."""
    await wall.press("g", "p", "end", "enter")
    assert isinstance(wall.app.screen, ProfileWizard)
    await wall.type_at_once(name, "enter")
    await wall.press("enter")
    await wall.type_at_once("https://crm.example", "enter")
    await wall.press(*key)
    await wall.press("enter", "enter", "enter", "enter")


async def test_the_wizard_asks_the_server_and_opens_what_it_wrote(profiles: HandProfiles) -> None:
    async with wall_of(a_local_session(), profiles=profiles, size=(80, 24)) as wall:
        await to_the_end(wall)
        text = " ".join(wall.screen_text().split())
        assert "The server answers and takes the key; 1 board: Sales." in text
        assert "new" not in profiles.settings().profiles
        await wall.press("enter")
        assert profiles.settings().named("new").url == "https://crm.example"
        assert "This is new." in wall.bottom


async def test_what_failed_is_written_only_all_the_same(profiles: HandProfiles) -> None:
    profiles.looks = [DOWN, FINE, DOWN]
    async with wall_of(a_local_session(), profiles=profiles, size=(80, 24)) as wall:
        await to_the_end(wall)
        assert "crm.example cannot be reached." in wall.screen_text()
        await wall.press("enter")  # asks again
        assert "takes the key" in wall.screen_text()
        await wall.press("down", "down", "enter", "down", "enter")
        assert "new" in profiles.settings().profiles
        assert wall.bottom.strip().startswith("The profile new is written.")


async def test_a_key_is_typed_unseen(profiles: HandProfiles, tmp_path: Path) -> None:
    async with wall_of(a_local_session(), profiles=profiles, size=(80, 24)) as wall:
        await wall.press("g", "p", "end", "enter")
        await wall.type_at_once("new", "enter", "enter")
        await wall.type_at_once("https://crm.example", "enter")
        await wall.type_at_once("file", "enter", "enter")
        await wall.type_at_once("hush-hush")
        assert "*********" in wall.screen_text()
        for key in ("enter", "enter", "escape"):
            assert "hush" not in wall.screen_text()
            await wall.press(key)
        assert "hush" not in wall.screen_text()
    assert not (tmp_path / ".config" / "cardwall" / "profiles.d" / "new.key").exists()


async def test_a_mistake_stays_and_esc_goes_a_step_back(profiles: HandProfiles) -> None:
    async with wall_of(a_local_session(), profiles=profiles, size=(80, 24)) as wall:
        await wall.press("g", "p", "end", "enter", "enter")
        assert "what to call the profile" in wall.screen_text()
        await wall.type_at_once("acme", "enter")
        assert "is taken" in wall.screen_text()
        await wall.type_at_once("2", "enter")
        assert "what the server speaks" in wall.screen_text()
        await wall.press("escape")
        assert "what to call the profile" in wall.screen_text()
        await wall.press("escape")
        assert wall.place == "BoardScreen"


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (120, 40)])
async def test_the_wizard_fits(profiles: HandProfiles, size: tuple[int, int]) -> None:
    async with wall_of(a_local_session(), profiles=profiles, size=size) as wall:
        await to_the_end(wall)
        assert "Enter goes on" in wall.screen_text()
