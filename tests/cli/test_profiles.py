"""``cardwall profiles``, against a server that runs, one that is down, and none that could be asked."""

from __future__ import annotations

import io
import json
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stamina

from tests.server.program.served import Served, Team, served, team
from tui.cli import main, profile_questions
from tui.config import KeySource

DOWN = "http://127.0.0.1:9"
"""A port where nobody listens."""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _at_once() -> Iterator[None]:
    """No pause between two attempts to reach what is down."""
    stamina.set_testing(True, attempts=1)
    yield
    stamina.set_testing(False)


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Team, Served]]:
    one = team(tmp_path_factory.mktemp("team"))
    with served("--database", one.url) as server:
        yield one, server


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs ``cardwall profiles`` with this text on standard input: code, standard output, standard error."""

    def run(*words: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = main(["profiles", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def folder_of(home: Path) -> Path:
    return home / ".config" / "cardwall" / "profiles.d"


def value(answer: tuple[int, str, str]) -> Any:
    return json.loads(answer[1])


@pytest.mark.parametrize(("contract", "can"), [("slate", "history"), ("cekat", "search")])
def test_a_profile_is_tried_before_it_is_written(
    run: Run, crm: tuple[Team, Served], own_home: Path, contract: str, can: str
) -> None:
    one, server = crm
    words = ("add", "team", "--contract", contract, "--url", server.address, "--key-stdin", "--colour", "red")
    code, out, err = run(*words, stdin=f"{one.key}\n")
    assert code == 0
    assert "takes the key; 1 board: Sales" in out
    assert can in out
    assert one.key not in out + err
    key = folder_of(own_home) / "team.key"
    assert (key.read_text(), stat.S_IMODE(key.stat().st_mode)) == (f"{one.key}\n", 0o600)
    assert one.key not in (folder_of(own_home) / "team.toml").read_text()
    checked = value(run("check", "team", "--json"))
    assert (checked["accepted"], checked["boards"], checked["problem"]) == (True, ["Sales"], None)
    (shown, _) = sorted(value(run("list", "--json")), key=lambda each: each["name"] == "local")
    assert (shown["contract"], shown["url"], shown["key"], shown["colour"]) == (contract, server.address, "file", "red")


def test_a_wrong_key_is_said_and_nothing_is_written(run: Run, crm: tuple[Team, Served], own_home: Path) -> None:
    words = ("add", "team", "--contract", "slate", "--url", crm[1].address, "--key-stdin")
    code, out, err = run(*words, stdin="cw_wrong_secret\n")
    assert (code, "answers but does not take the key" in out, "--anyway" in err) == (4, True, True)
    assert "cw_wrong_secret" not in out + err
    assert not folder_of(own_home).exists()


def test_what_is_down_is_written_only_when_asked_for(run: Run, own_home: Path) -> None:
    words = ("add", "later", "--contract", "cekat", "--url", DOWN, "--no-key")
    code, out, _ = run(*words, "--json")
    told = json.loads(out)
    assert (code, told["file"], told["reached"], told["problem"]["error"]) == (6, None, False, "offline")
    assert not folder_of(own_home).exists()
    assert run(*words, "--anyway", "--dry-run")[0] == 6
    assert not folder_of(own_home).exists()
    code, out, _ = run(*words, "--anyway")
    assert (code, out.count("\n"), "cannot be reached" in out) == (0, 1, True)
    assert (folder_of(own_home) / "later.toml").exists()
    assert run("check", "later")[0] == 6


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (["--contract", "slate", "--url", "http://crm.example", "--no-key"], 2, "use https"),
        (["--contract", "slate", "--url", "https://crm.example", "--key-env", "NOWHERE"], 2, "no NOWHERE"),
    ],
)
def test_what_could_not_be_asked_was_not_asked(run: Run, words: list[str], code: int, complaint: str) -> None:
    got, out, _ = run("add", "x", *words)
    assert (got, complaint in out) == (code, True)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ([], "NAME is needed"),
        (["x"], "--contract is needed"),
        (["x", "--contract", "soap"], "one of slate, cekat, local"),
        (["x", "--contract", "slate"], "--url is needed"),
        (["x", "--contract", "slate", "--url", DOWN], "--no-key"),
        (["x", "--contract", "slate", "--url", DOWN, "--no-key", "--auth", "both"], "auth means nothing"),
        (["local2", "--contract", "local", "--url", DOWN], "url means nothing"),
        (["x", "--contract", "slate", "--url", DOWN, "--no-key", "--rate-limit", "60"], "60/min"),
    ],
)
def test_flags_that_do_not_make_a_profile(run: Run, own_home: Path, words: list[str], complaint: str) -> None:
    code, out, err = run("add", *words)
    assert (code, out, complaint in err) == (2, "", True)
    assert not folder_of(own_home).exists()


def test_the_default_is_chosen_and_forgotten(run: Run, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("add", "later", "--contract", "cekat", "--url", DOWN, "--no-key", "--anyway")
    assert run("use", "nobody")[0] == 3
    assert run("use", "later")[0] == 0
    assert run("list")[1].splitlines()[1].startswith("*  later")
    monkeypatch.setenv("CARDWALL_PROFILE", "local")
    assert "comes first" in run("use", "later")[2]
    monkeypatch.delenv("CARDWALL_PROFILE")
    code, _, err = run("remove", "later")
    assert (code, "is gone" in err) == (0, True)
    assert [each["name"] for each in value(run("list", "--json")) if each["current"]] == ["local"]
    assert run("remove", "later")[0] == 3
    assert list(folder_of(own_home).iterdir()) == []


def test_a_look_at_the_local_profile_makes_no_database(run: Run, own_home: Path) -> None:
    code, out, _ = run("check")
    assert (code, "opening the profile makes it" in out) == (3, True)
    assert not (own_home / ".local" / "share").exists()


def test_a_password_in_a_databases_address_is_not_shown(run: Run, own_home: Path) -> None:
    folder = own_home / ".config" / "cardwall"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(
        '[profiles.pg]\ncontract = "local"\ndatabase = "postgresql://u:hush@host/crm"\n'
    )
    for words in (["list"], ["list", "--json"]):
        out = run(*words)[1]
        assert ("u:***@host" in out, "hush" in out) == (True, False)


class Terminal(io.StringIO):
    """Standard input of a person."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_each_question_is_asked_until_it_is_answered(
    crm: tuple[Team, Served], own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one, server = crm
    answers = iter(["a b", "team", "x", "c", server.address, "both", "file", "", one.key, "", "Sam", "red", ""])
    asked: list[tuple[str, bool]] = []

    def line(prompt: str, *, secret: bool) -> str:
        asked.append((prompt, secret))
        return next(answers)

    monkeypatch.setattr(profile_questions, "_line", line)
    monkeypatch.setattr(sys, "stdin", Terminal())
    assert main(["profiles", "add"]) == 0
    said = capsys.readouterr()
    assert next(answers, None) is None
    assert [prompt for prompt, secret in asked if secret] == ["the key to write there; it is not shown: "]
    assert "takes the key; 1 board: Sales" in said.out
    assert one.key not in said.out + said.err
    text = (folder_of(own_home) / "team.toml").read_text()
    assert all(word in text for word in ('"cekat"', '"both"', '"Sam"', '"red"'))
    assert KeySource("file", str(folder_of(own_home) / "team.key")).read() == one.key


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("", 6)])
def test_on_a_terminal_what_failed_can_be_written_all_the_same(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    answers = iter(["later", "slate", DOWN, "none", "", "", "", "", answer])
    monkeypatch.setattr(profile_questions, "_line", lambda _prompt, *, secret: next(answers))
    monkeypatch.setattr(sys, "stdin", Terminal())
    assert main(["profiles", "add"]) == code
    assert (folder_of(own_home) / "later.toml").exists() is (code == 0)


ENOUGH = ("add", "later", "--contract", "cekat", "--url", DOWN, "--anyway")


def asked_on_a_terminal(monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], answers: list[str]) -> list[str]:
    """What ``cardwall profiles`` with these words asks a person who answers so."""
    asked: list[str] = []
    left = iter(answers)

    def line(prompt: str, *, secret: bool) -> str:
        del secret
        asked.append(prompt)
        return next(left)

    monkeypatch.setattr(profile_questions, "_line", line)
    monkeypatch.setattr(sys, "stdin", Terminal())
    assert main(["profiles", *words]) == 0
    assert next(left, None) is None
    return asked


@pytest.mark.parametrize("key", [("--no-key",), ("--key-env", "NOWHERE"), ("--key-command", "false")])
def test_on_a_terminal_flags_that_are_enough_leave_no_question(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, key: tuple[str, ...]
) -> None:
    assert asked_on_a_terminal(monkeypatch, (*ENOUGH, *key), []) == []
    assert (folder_of(own_home) / "later.toml").exists()


def test_on_a_terminal_flags_that_are_not_enough_are_not_asked_again(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asked_on_a_terminal(monkeypatch, (*ENOUGH, "--colour", "red"), ["", "none", "", "", ""])
    beginnings = ("how the server is told", "where the API key comes", "the server's request", "your name", "only look")
    assert all(prompt.startswith(said) for prompt, said in zip(asked, beginnings, strict=True)), asked
    assert "red" in (folder_of(own_home) / "later.toml").read_text()


@pytest.mark.parametrize("stdin", [io.StringIO, Terminal])
def test_a_key_file_that_is_not_there_is_named_and_never_begun(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stdin: type[io.StringIO]
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin("typed\n"))
    assert main(["profiles", *ENOUGH, "--key-file", "~/keys/wrong"]) == 2
    said = capsys.readouterr()
    assert (said.out, f"--key-file {own_home}/keys/wrong: no such file" in said.err) == ("", True)
    assert not folder_of(own_home).exists()
    assert not (own_home / "keys").exists()
    assert main(["profiles", *ENOUGH, "--key-file", "~nobody-here/key"]) == 2
    assert "--key-file ~nobody-here/key: no such file" in capsys.readouterr().err


def test_a_key_file_that_is_there_is_used_without_a_question(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = own_home / "key"
    key.write_text("cw_secret\n")
    key.chmod(0o600)
    assert asked_on_a_terminal(monkeypatch, (*ENOUGH, "--key-file", str(key)), []) == []
    assert (folder_of(own_home) / "later.toml").exists()
    assert key.read_text() == "cw_secret\n"
