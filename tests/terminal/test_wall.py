"""What a person sees who types into the real program."""

from __future__ import annotations

import re
import signal
import sqlite3
from pathlib import Path

import pytest

from tests.terminal.terminal import Terminal
from tests.terminal.walls import add_items, database_of, find_items, look_often, outbox_files, wall


def go_to_last(terminal: Terminal, name: str) -> None:
    """Put the cursor on the last card of the first column, which bears this name."""
    terminal.wait_for("synced")
    terminal.press("G")
    terminal.wait_for(re.compile(rf"┃(DEAL-\d+ )?{name}"))


def open_form(terminal: Terminal) -> None:
    terminal.press("e")
    terminal.wait_for("▸ name")


def cursor_line(terminal: Terminal) -> str:
    """The line of the form that the cursor is on."""
    return next((line[:20] for line in terminal.text.splitlines() if "▸" in line), "")


def wait_until_past(terminal: Terminal, line: str) -> None:
    terminal.wait_for(lambda terminal: cursor_line(terminal) not in ("", line))


def set_field(terminal: Terminal, label: str, text: str) -> None:
    """Go down to a field of the form and write over what it holds."""
    while not terminal.shows(re.compile(rf"▸.? {label}")):
        here = cursor_line(terminal)
        terminal.press("tab")
        wait_until_past(terminal, here)
    terminal.press("ctrl+u")
    terminal.type(text)


def test_the_first_start_shows_a_sample_board_and_q_ends_it() -> None:
    with wall() as terminal:
        terminal.wait_for("DEAL-37")
        terminal.wait_for("synced")
        for column in ("Lead", "Qualified", "Proposal", "Negotiation", "Won", "Lost"):
            assert column in terminal.text
        terminal.press("q")
        assert terminal.wait_exit() == 0


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (200, 60), (50, 20), (39, 9), (12, 3)])
@pytest.mark.parametrize("term", ["xterm-256color", "linux"])
def test_every_size_of_terminal_is_taken(columns: int, rows: int, term: str) -> None:
    with wall(columns=columns, rows=rows, env={"TERM": term, "COLORTERM": None}) as terminal:
        terminal.wait_for("DEAL-" if columns >= 40 else re.compile(r"\S"))
        terminal.resize(100, 30)
        terminal.wait_for("DEAL-")
        terminal.press("q")
        assert terminal.wait_exit() == 0


def test_ctrl_z_stops_nothing_where_no_shell_could_continue_it() -> None:
    with wall() as terminal:
        terminal.wait_for("synced")
        terminal.press("ctrl+z")
        terminal.wait_for("No shell waits behind this window")
        terminal.press("q")
        assert terminal.wait_exit() == 0


def test_keys_typed_in_one_go_with_the_one_that_opens_the_form_arrive_in_it() -> None:
    with wall() as terminal:
        terminal.wait_for("synced")
        terminal.type("CAcme & Söhne")
        terminal.wait_for("Acme & Söhne")
        terminal.press("ctrl+s")
        terminal.wait_gone("▸ name")
        terminal.wait_for("Acme &")


def test_the_same_field_edited_in_two_walls_is_settled_inline(own_home: Path) -> None:
    look_often(own_home)
    database = database_of(own_home)
    add_items(database, ("Wayne Enterprises", {}))
    with wall() as one, wall() as two:
        for terminal in (one, two):
            go_to_last(terminal, "Wayne")
            open_form(terminal)
        set_field(one, "Phone", "+44 20 7946 0001")
        one.press("ctrl+s")
        one.wait_gone("▸ Phone")
        set_field(two, "Phone", "+44 20 7946 0002")
        two.press("ctrl+s")
        two.wait_for("1 CONFLICT")
        two.wait_for(re.compile(r"mine \+44 20 7946 0002.*theirs \+44 20 7946 0001"))
        two.press("2")
        two.wait_for("ALL SETTLED")
        two.press("ctrl+s")
        two.wait_gone("ALL SETTLED")
        (item,) = find_items(database, "Wayne Enterprises")
        assert (item.fields["phone"], item.version) == ("+44 20 7946 0002", 3)


def test_edits_of_different_fields_in_two_walls_are_both_kept(own_home: Path) -> None:
    look_often(own_home)
    database = database_of(own_home)
    add_items(database, ("Wayne Enterprises", {}))
    with wall() as one, wall() as two:
        for terminal in (one, two):
            go_to_last(terminal, "Wayne")
            open_form(terminal)
        set_field(one, "Phone", "+44 20 7946 0001")
        set_field(two, "Contact", "Lucius Fox")
        for terminal in (one, two):
            terminal.press("ctrl+s")
            terminal.wait_gone("▸ ")
        (item,) = find_items(database, "Wayne Enterprises")
        assert (item.fields["phone"], item.fields["contact_name"]) == ("+44 20 7946 0001", "Lucius Fox")


def test_a_change_made_elsewhere_is_marked_and_the_cursor_stays(own_home: Path) -> None:
    look_often(own_home)
    database = database_of(own_home)
    add_items(database, ("Wayne Enterprises", {}))
    with wall() as terminal:
        go_to_last(terminal, "Wayne")
        add_items(database, ("Stark Industries", {}))
        terminal.wait_for(re.compile("Stark.*●"))
        terminal.wait_for(re.compile("┃(DEAL-\\d+ )?Wayne"))


def test_an_edit_that_was_saved_survives_kill_9_while_the_database_is_locked(own_home: Path) -> None:
    database = database_of(own_home)
    add_items(database, ("Wayne Enterprises", {}))
    with wall() as terminal:
        go_to_last(terminal, "Wayne")
        lock = sqlite3.connect(database.removeprefix("sqlite:///"))
        lock.execute("begin immediate")
        open_form(terminal)
        set_field(terminal, "Phone", "+44 20 7946 0001")
        terminal.press("ctrl+s")
        terminal.wait_for(re.compile("pending|saving"))
        terminal.kill(signal.SIGKILL)
        assert terminal.wait_exit() == -signal.SIGKILL
    assert any(b"+44 20 7946 0001" in path.read_bytes() for path in outbox_files(own_home))
    lock.rollback()
    lock.close()
    with wall() as terminal:
        terminal.wait_for("Wayne")
        terminal.wait_for(lambda t: "synced" in t.text and "pending" not in t.text)
        (item,) = find_items(database, "Wayne Enterprises")
        assert (item.fields["phone"], item.version) == ("+44 20 7946 0001", 2)
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert outbox_files(own_home) == []
