"""A database that cannot be used, as a person in front of the terminal meets it: a sentence, and nothing lost."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.terminal.terminal import Terminal
from tests.terminal.walls import wall
from tui.server.migrations import MIGRATIONS
from tui.server.opening import open_database

NEWEST = MIGRATIONS[-1].revision
HEADER = 100
"""Bytes at the start of a SQLite file: where it says that it has been opened for writing."""
IMPATIENT = """
import sys
from tui.server.opening import open_database
open_database.__kwdefaults__["busy_seconds"] = 0.05
from tui.cli import main
sys.exit(main(sys.argv[1:]))
"""
SMALL_DISK = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
from tui.cli import main
sys.exit(main(sys.argv[1:]))
"""


def garbage(file: Path) -> None:
    file.write_bytes(b"these are somebody's notes " * 400)


def newer(file: Path) -> None:
    open_database(f"sqlite:///{file}").close()
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("UPDATE cardwall_schema SET revision = 99")
        raw.commit()
        raw.execute("PRAGMA journal_mode=DELETE")  # one file, so that its bytes can be compared


def theirs(file: Path) -> None:
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("CREATE TABLE theirs (a)")


def refused(terminal: Terminal) -> str:
    """What a wall that could not start leaves on the normal screen."""
    assert terminal.wait_exit() == 1
    assert 1049 not in terminal.modes
    shown = terminal.text.strip()
    assert "Traceback" not in shown
    assert shown.startswith("cardwall: ")
    return shown.replace("\n", "").removeprefix("cardwall: ")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (garbage, "{} is not a SQLite database. Move it away, or choose another place with --database."),
        (
            newer,
            f"{{}} was written by a newer cardwall (schema 99, this one knows {NEWEST}). Update cardwall, or",
        ),
        (theirs, "{} belongs to another program. Choose another place with --database."),
        (Path.mkdir, "{} is a folder. Choose a file with --database."),
    ],
)
def test_it_is_named_and_left_as_it_was(tmp_path: Path, make: Callable[[Path], None], sentence: str) -> None:
    file = tmp_path / "wall.db"
    make(file)
    before = file.read_bytes() if file.is_file() else b""
    with wall("--database", str(file), columns=300) as terminal:
        assert refused(terminal).startswith(sentence.format(file))
    after = file.read_bytes() if file.is_file() else b""
    assert after[HEADER:] == before[HEADER:]


def test_a_folder_that_cannot_be_written() -> None:
    with wall("--database", "/proc/self/wall.db", columns=300) as terminal:
        assert refused(terminal).startswith("/proc/self/wall.db cannot be opened. Make its folder readable and")


def test_a_lock_of_another_program(tmp_path: Path) -> None:
    file = tmp_path / "wall.db"
    open_database(f"sqlite:///{file}").close()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Terminal([sys.executable, "-c", IMPATIENT, "--database", str(file)], columns=300) as terminal:
            assert refused(terminal) == (
                f"Another program holds {file}. Try again in a moment, or end the other program."
            )
        other.execute("ROLLBACK")
    open_database(f"sqlite:///{file}").close()


def test_a_full_disk_at_the_first_start_and_room_at_the_next(tmp_path: Path) -> None:
    file = tmp_path / "wall.db"
    with Terminal([sys.executable, "-c", SMALL_DISK, "--database", str(file)], columns=300) as terminal:
        assert str(file) in refused(terminal)
    with wall("--database", str(file)) as terminal:
        terminal.wait_for("DEAL-38")
        terminal.press("q")
        assert terminal.wait_exit() == 0


def test_a_full_disk_in_a_demo(tmp_path: Path) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    with Terminal([sys.executable, "-c", SMALL_DISK, "demo"], columns=300, env={"TMPDIR": str(place)}) as terminal:
        said = refused(terminal)
        assert said.startswith(f"the demo's items could not be made: Reading or writing {place}/cardwall-demo-")
        assert said.endswith("Set TMPDIR to a folder with room")
    assert list(place.iterdir()) == []
