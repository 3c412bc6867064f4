"""What the shell says to bad words and bad settings: one sentence, the exit code, nothing loaded, nothing made."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tui import __version__
from tui.cli import main

HEAVY = {"asyncio", "subprocess", "textual", "sqlalchemy", "starlette", "pydantic", "httpx", "immutables", "tempfile"}
LOADED = """
import sys
from tui.cli import main
try:
    code = main(sys.argv[1:])
except SystemExit as end:
    code = end.code
print("LOADED", code, *sys.modules)
"""


def shell(*words: str, code: str = "") -> subprocess.CompletedProcess[str]:
    """``cardwall`` with these words in a process of its own, without a terminal."""
    command = [sys.executable, *(["-c", code] if code else ["-m", "tui"]), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def configure(home: Path, text: str) -> Path:
    folder = home / ".config" / "cardwall"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(text)
    return folder / "config.toml"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--nonsense"], "--nonsense"),
        (["open", "extra"], "extra"),
        (["nonsense"], "nonsense"),
        (["--read"], "--read"),
        (["demo", "--items"], "--items"),
        (["demo", "--items", "0"], "'0' is not a number from 1 to 100000"),
        (["demo", "--items", "abc"], "'abc' is not a number from 1 to 100000"),
        (["demo", "--items", "100001"], "'100001' is not a number from 1 to 100000"),
        (["demo", "--items", "-1"], "--items"),
        (["demo", "--items", "1e3"], "'1e3' is not a number from 1 to 100000"),
        (["demo", "--items", "²"], "'²' is not a number from 1 to 100000"),
        (["demo", "--seed", "x"], "--seed"),
    ],
)
def test_words_that_mean_nothing_are_named(
    words: Sequence[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)
    said = capsys.readouterr()
    assert end.value.code == 2
    assert complaint in said.err
    assert (said.out, "Traceback" in said.err) == ("", False)


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert (end.value.code, capsys.readouterr().out) == (0, f"cardwall {__version__}\n")


def test_the_help_says_how_another_profile_is_opened(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    said = capsys.readouterr().out
    assert (end.value.code, "cardwall --profile NAME opens the wall of another profile" in said) == (0, True)


@pytest.mark.parametrize("words", [["--help"], ["demo", "--help"], ["--nonsense"], ["demo", "--items", "0"]])
def test_help_and_mistakes_load_nothing_that_takes_time(words: list[str]) -> None:
    loaded = shell(*words, code=LOADED).stdout.partition("LOADED")[2].split()
    assert loaded
    assert not HEAVY & set(loaded)


def test_a_setting_that_cannot_be_used_loads_nothing_that_takes_time(own_home: Path) -> None:
    configure(own_home, "[profiles.local]\npoll = 'often'\n")
    loaded = shell(code=LOADED).stdout.partition("LOADED")[2].split()
    assert loaded[0] == "2"
    assert not HEAVY & set(loaded)


def test_the_check_sees_what_it_looks_for() -> None:
    assert "asyncio" in shell("demo", code=LOADED).stdout.partition("LOADED")[2].split()


@pytest.mark.parametrize(
    ("text", "key", "why"),
    [
        ("[profiles.local]\npoll = 'often'\n", "profiles.local.poll", ""),
        ("[profiles.acme]\ncontract = 'slate'\n", "profiles.acme.url", "is missing"),
        ("[profiles.acme]\ncontract = 'jira'\n", "profiles.acme.contract", "local, slate, cekat"),
        ("[profiles.acme]\nurl = 'https://x.example'\n", "profiles.acme.contract", "is missing"),
        ("[profiles\n", "line 1", ""),
        ("profiles = 3\n", "profiles", "table"),
        ("[keys]\n'item.edit' = 3\n", "keys.item.edit", ""),
    ],
)
def test_a_bad_setting_is_named_with_its_file(
    own_home: Path, capsys: pytest.CaptureFixture[str], text: str, key: str, why: str
) -> None:
    path = configure(own_home, text)
    assert main([]) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"cardwall: {path}: ")
    assert key in said.err
    assert why in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


def test_a_profile_nobody_knows_is_told_with_those_there_are(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = configure(own_home, "[profiles.acme]\ncontract = 'slate'\nurl = 'https://x.example'\n")
    assert main(["--profile", "nowhere"]) == 2
    assert capsys.readouterr().err == f"cardwall: there is no profile 'nowhere' in {path}; there are acme, local\n"


def test_control_characters_of_a_setting_are_shown_not_sent(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(own_home, "")
    assert main(["--profile", "a\x1b[2Jb\u202e"]) == 2
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "\u202e" not in said


@pytest.mark.parametrize("words", [(), ("demo",)])
def test_without_a_terminal_nothing_is_made(own_home: Path, words: tuple[str, ...]) -> None:
    done = shell(*words)
    assert done.returncode == 2
    assert done.stderr == ("cardwall: the wall needs a terminal: standard input and output must not be redirected\n")
    assert list(own_home.iterdir()) == []
