"""Edits made while the server is down, and the wall's end before it is back: they arrive, once."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest

from tests.server.program.served import team
from tests.terminal.served_walls import TeamWall
from tests.terminal.terminal import Terminal
from tests.terminal.walls import outbox_files


def kill(terminal: Terminal) -> int:
    terminal.kill(signal.SIGKILL)
    return terminal.wait_exit()


def terminate(terminal: Terminal) -> int:
    terminal.kill(signal.SIGTERM)
    return terminal.wait_exit()


def hang_up(terminal: Terminal) -> int:
    """The window is closed."""
    terminal.close()
    assert terminal.exit_status is not None
    return terminal.exit_status


ENDS = {"kill -9": (kill, -signal.SIGKILL), "SIGTERM": (terminate, 143), "the window is closed": (hang_up, 129)}


def save(terminal: Terminal) -> None:
    terminal.press("ctrl+s")
    terminal.wait_gone("▸ name")


@pytest.mark.parametrize("contract", ["slate", pytest.param("cekat", marks=pytest.mark.again)])
@pytest.mark.parametrize("end", ENDS)
def test_what_was_done_while_the_server_was_down_arrives_once(
    own_home: Path, tmp_path: Path, contract: str, end: str
) -> None:
    place = TeamWall(own_home, team(tmp_path), contract)
    with place.server() as server, place.wall() as terminal:
        terminal.wait_for("synced")
        terminal.wait_for("Counter")
        server.end()
        terminal.press("e")
        terminal.wait_for("▸ name")
        terminal.press("ctrl+u")
        terminal.type("Abacus")
        save(terminal)
        terminal.type("CAcme & Söhne")
        terminal.wait_for("Acme & Söhne")
        save(terminal)
        terminal.wait_for("2 pending")
        act, status = ENDS[end]
        assert act(terminal) == status
    assert outbox_files(own_home)
    with place.wall() as terminal:
        terminal.wait_for("2 pending")
        terminal.wait_for(re.compile(r"(Abacus(?s:.*)Acme & Söhne)|(Acme & Söhne(?s:.*)Abacus)"))
        with place.server():
            terminal.wait_for(lambda t: "synced" in t.text and "pending" not in t.text, 60)
            terminal.press("q")
            assert terminal.wait_exit() == 0
    assert outbox_files(own_home) == []
    assert place.written("Abacus") == [(place.team.item, 2)]
    assert [version for _, version in place.written("Acme & Söhne")] == [1]


def test_who_quits_with_changes_waiting_is_told_where_they_are(own_home: Path, tmp_path: Path) -> None:
    place = TeamWall(own_home, team(tmp_path), "slate")
    with place.server() as server, place.wall() as terminal:
        terminal.wait_for("Counter")
        server.end()
        terminal.type("CAbacus")
        terminal.wait_for("Abacus")
        save(terminal)
        terminal.wait_for("1 pending")
        terminal.press("q")
        terminal.wait_for("keep for later")
        terminal.press("k")
        assert terminal.wait_exit() == 0
        assert terminal.text.rstrip().endswith("1 change waits on team: cardwall outbox list --profile team")
