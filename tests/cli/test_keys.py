"""``cardwall keys`` and ``cardwall contacts``, as a shell and a script see them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``cardwall`` on a database of the test: code, standard output, standard error."""
    monkeypatch.setenv("CARDWALL_DATABASE", f"sqlite:///{tmp_path}/team.db")

    def run(*words: str) -> tuple[int, str, str]:
        code = main(words)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def listed(run: Run) -> list[dict[str, Any]]:
    code, out, err = run("keys", "list", "--json")
    assert (code, err) == (0, "")
    found: list[dict[str, Any]] = json.loads(out)
    return found


def test_a_key_is_the_whole_output_so_that_a_script_can_take_it(run: Run) -> None:
    code, out, err = run("keys", "create", "--name", "sam")
    key = out.strip()
    assert (code, key.startswith("cw_"), out.count("\n")) == (0, True, 1)
    assert err == "cardwall: the key of sam is shown this once; it is good for items:read and items:write\n"
    (shown,) = listed(run)
    assert key[3:15] == shown["id"]
    assert key not in json.dumps(shown)


def test_a_key_as_json(run: Run) -> None:
    code, out, err = run("keys", "create", "--name", "bot", "--scope", "items:read", "--expires", "90d", "--json")
    made = json.loads(out)
    assert (code, err, list(made)) == (0, "", ["id", "name", "scopes", "expires_at", "key"])
    assert (made["name"], made["scopes"]) == ("bot", ["items:read"])
    (shown,) = listed(run)
    assert (shown["expires_at"], shown["state"], shown["last_used_at"]) == (made["expires_at"], "active", None)


def test_a_list_for_people_has_no_key_in_it(run: Run) -> None:
    _, key, _ = run("keys", "create", "--name", "sam")
    code, out, _ = run("keys", "list")
    head, row = out.splitlines()
    assert (code, head.split()) == (0, ["ID", "NAME", "SCOPES", "STATE", "EXPIRES", "LAST", "USED"])
    assert row.split() == [key[3:15], "sam", "items:read", "items:write", "active", "-", "-"]


def test_a_revoked_key_stays_in_the_list(run: Run) -> None:
    made = json.loads(run("keys", "create", "--name", "sam", "--json")[1])
    code, out, err = run("keys", "revoke", made["id"])
    assert (code, out) == (0, "")
    assert err == "cardwall: the key of sam opens nothing any more; running servers know within seconds\n"
    assert listed(run)[0]["state"] == "revoked"
    assert json.loads(run("keys", "revoke", made["id"], "--json")[1])["state"] == "revoked"


def test_a_key_nobody_knows(run: Run) -> None:
    run("keys", "create", "--name", "sam")
    code, out, err = run("keys", "revoke", "nokey", "--json")
    assert (code, json.loads(out)["error"]) == (3, "not_found")
    assert err == "cardwall: There is no API key 'nokey'; cardwall keys list shows them.\n"


def test_a_name_that_cannot_be_is_named_and_nothing_is_made(run: Run) -> None:
    code, out, err = run("keys", "create", "--name", "a\x1b[2J", "--json")
    assert (code, json.loads(out)["fields"]) == (7, {"name": "must be printable, on one line"})
    assert err == "cardwall: name must be printable, on one line\n"
    assert listed(run) == []


@pytest.mark.parametrize("words", [("keys", "list"), ("contacts", "list"), ("boards", "list"), ("keys", "revoke", "x")])
def test_looking_makes_no_database(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    code, out, err = run(*words)
    assert (code, out) == (3, "")
    assert err == f"cardwall: there is no database at {tmp_path}/team.db; name one with --database\n"
    assert not (tmp_path / "team.db").exists()


def test_a_flag_says_more_than_the_environment(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    assert run("keys", "create", "--name", "sam", "--database", str(other))[0] == 0
    assert other.exists()
    assert not (tmp_path / "team.db").exists()


def test_contacts_are_added_and_listed(run: Run) -> None:
    code, out, err = run("contacts", "add", "--name", " Ann Lee ", "--email", "ann@example.com", "--json")
    made = json.loads(out)
    assert (code, err, made["name"], made["email"], made["phone"]) == (0, "", "Ann Lee", "ann@example.com", None)
    assert run("contacts", "add", "--name", "東京\x1b", "--phone", "+1 555 0100")[0] == 0
    assert [each["name"] for each in json.loads(run("contacts", "list", "--json")[1])] == ["Ann Lee", "東京\x1b"]
    shown = run("contacts", "list")[1]
    assert made["id"] in shown
    assert "東京␛" in shown
    assert "\x1b" not in shown + run("contacts", "list", "--json")[1]


@pytest.mark.parametrize(
    ("words", "field"),
    [(["--name", " "], "name"), (["--name", "x" * 201], "name"), (["--name", "x", "--email", "nobody"], "email")],
)
def test_a_contact_that_cannot_be_is_named(run: Run, words: list[str], field: str) -> None:
    code, out, _ = run("contacts", "add", *words, "--json")
    assert (code, list(json.loads(out)["fields"])) == (7, [field])
    assert json.loads(run("contacts", "list", "--json")[1]) == []
