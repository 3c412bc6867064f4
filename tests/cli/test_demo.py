"""The demo's life: its child, its folder, and that both are gone however it ends."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from tests.terminal.terminal import Terminal
from tests.terminal.walls import wall
from tui.cli.main import main
from tui.cli.seeding import Seeding
from tui.errors import StorageError
from tui.server.seed import seed_demo


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


def begun(terminal: Terminal, folder: Path) -> list[psutil.Process]:
    """The demo's children, once its folder is there."""
    terminal.wait_for(lambda _: any(folder.iterdir()))
    return psutil.Process(terminal.pid).children()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.parametrize("shown", [False, True], ids=["at once", "on the wall"])
def test_a_signal_leaves_nothing_behind(place: Path, number: signal.Signals, code: int, shown: bool) -> None:
    with wall("demo", "--items", "20000", env={"TMPDIR": str(place)}) as terminal:
        children = begun(terminal, place)
        if shown:
            terminal.wait_for("DEAL-")
        terminal.kill(number)
        assert terminal.wait_exit() == code
        assert not terminal.modes & {1049, 1000, 2004}
        assert "Traceback" not in terminal.text
    assert list(place.iterdir()) == []
    assert psutil.wait_procs(children, timeout=10)[1] == []


def test_quitting_leaves_nothing_behind(place: Path, own_home: Path) -> None:
    with wall("demo", "--items", "300", env={"TMPDIR": str(place)}) as terminal:
        terminal.wait_for("DEAL-300")
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert list(place.iterdir()) == []
    assert list(own_home.rglob("*.db")) == []


def test_a_terminal_that_goes_away_leaves_nothing_behind(place: Path) -> None:
    with wall("demo", env={"TMPDIR": str(place)}) as terminal:
        terminal.wait_for("DEAL-")
    assert list(place.iterdir()) == []


def test_the_child_tells_when_the_first_items_are_there(tmp_path: Path) -> None:
    with Seeding(tmp_path, 10, 1) as seeding:
        seeding.until_begun()
        assert seeding.database == f"sqlite:///{tmp_path}/demo.db"
        assert (tmp_path / "demo.db").stat().st_size > 0


def test_what_the_child_complains_of_is_told(tmp_path: Path) -> None:
    seed_demo(f"sqlite:///{tmp_path}/demo.db", items=1, seed=1)
    with Seeding(tmp_path, 10, 1) as seeding, pytest.raises(StorageError, match="A demo needs an empty database"):
        seeding.until_begun()


def test_a_child_that_cannot_be_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with pytest.raises(StorageError, match=f"cannot be made in {tmp_path}.*TMPDIR"), Seeding(tmp_path, 10, 1):
        pytest.fail("there is no such program")


def test_no_temporary_folder_is_told_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("tui.cli.screen.check_terminal", lambda: None)
    monkeypatch.setattr(tempfile, "TemporaryDirectory", refuse)
    assert main(["demo"]) == 1
    assert capsys.readouterr().err == (
        "cardwall: no temporary folder for the demo: No space left on device; set TMPDIR to a writable one\n"
    )
