"""``cardwall serve`` that cannot start: one sentence, the right code, and nothing made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_usage import LOADED, shell
from tui.cli import main
from tui.server.program.listening import on_port


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["serve", *words])
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return code, said.err.removeprefix("cardwall: ").rstrip("\n")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--port", "x"], "'x' is not a port from 0 to 65535"),
        (["--port", "65536"], "'65536' is not a port"),
        (["--port", "²"], "'²' is not a port"),
        (["--rate-limit", "60"], "'60' is not a limit like 60/min or 1000/day"),
        (["--rate-limit", "0/min"], "'0/min' is not a limit"),
        (["--rate-limit", "1/year"], "'1/year' is not a limit"),
        (["--rate"], "--rate"),
        (["extra"], "extra"),
    ],
)
def test_words_that_mean_nothing_are_named(
    words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["serve", *words])
    assert end.value.code == 2
    assert complaint in capsys.readouterr().err


def test_a_taken_port(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with on_port("127.0.0.1", 0) as listener:
        port = str(listener.socket.getsockname()[1])
        code, said = refused(capsys, "--port", port, "--database", str(tmp_path / "x.db"))
    assert (code, said) == (
        6,
        f"port {port} of 127.0.0.1 is taken; end the program that has it, or choose another --port",
    )
    assert not (tmp_path / "x.db").exists()


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_a_host_that_is_not_this_machine(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "--host", host) == (2, f"--host {host!r} is no address of this machine")


def test_without_keys_only_this_machine_is_served(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = refused(capsys, "--host", "0.0.0.0", "--port", "0", "--no-auth")
    assert code == 2
    assert said.startswith("--no-auth would let in everyone who reaches http://0.0.0.0:")


def test_limits_that_contradict_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "--no-auth", "--rate-limit", "9/min") == (
        2,
        "--rate-limit counts by key, and --no-auth has none",
    )
    code, said = refused(capsys, "--rate-limit", "0", "--rate-limit", "9/min")
    assert (code, said) == (2, "--rate-limit 0 is no limit; leave the others out")


def test_a_database_that_cannot_be_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "notes.db"
    file.write_bytes(b"these are somebody's notes " * 400)
    code, said = refused(capsys, "--port", "0", "--database", str(file))
    assert (code, said.partition(".")[0]) == (1, str(file).partition(".")[0])
    assert said.endswith("is not a SQLite database. Move it away, or choose another place with --database.")
    code, said = refused(capsys, "--port", "0", "--database", "postgresql://user:secret@127.0.0.1:1/x")
    assert code == 1
    assert "cannot be reached" in said
    assert "secret" not in said


def test_without_the_server_library_the_remedy_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert refused(capsys, "--port", "0") == (
        2,
        "serving needs uvicorn, which is not installed: pip install 'cardwall[server]'",
    )


@pytest.mark.parametrize(
    "words", [["serve", "--help"], ["keys", "--help"], ["boards", "--help"], ["contacts", "list", "x"]]
)
def test_help_and_mistakes_load_nothing_that_takes_time(words: list[str]) -> None:
    loaded = set(shell(*words, code=LOADED).stdout.partition("LOADED")[2].split())
    assert loaded
    assert not loaded & {"asyncio", "subprocess", "textual", "sqlalchemy", "starlette", "pydantic", "httpx", "uvicorn"}


def test_a_wall_loads_no_command_but_its_own() -> None:
    loaded = set(shell("open", "--help", code=LOADED).stdout.partition("LOADED")[2].split())
    assert "tui.cli.wall" in loaded
    assert not loaded & {"tui.cli.serve", "tui.cli.keys", "tui.cli.boards", "tui.cli.contacts"}


def test_a_reader_that_has_seen_enough_is_no_failure(tmp_path: Path) -> None:
    database = str(tmp_path / "team.db")
    assert main(["keys", "create", "--name", "sam", "--database", database]) == 0
    words = [sys.executable, "-m", "tui", "keys", "list", "--database", database]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 141
