"""``cardwall items`` on the local profile: the JSON forms, the exit codes, the conflict."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_boards import samples
from tests.cli.test_keys import Run, run

__all__ = ["run", "samples"]

pytestmark = pytest.mark.usefixtures("samples")

MEMBERS = [
    "id", "key", "name", "board", "board_id", "column", "column_id", "status", "status_id", "fields", "labels",
    "contact", "version", "position", "created_at", "updated_at",
]  # fmt: skip


def told(run: Run, *words: str, code: int = 0) -> Any:
    """The JSON value of a command, which ends with `code`."""
    ended, out, err = run("items", *words, "--json")
    assert (ended, out.count("\n")) == (code, 1), (out, err)
    return json.loads(out)


def made(run: Run, *words: str) -> dict[str, Any]:
    item: dict[str, Any] = told(run, "create", "--board", "sales", "--name", "Acme", *words)
    return item


def test_an_item_as_json_is_the_same_everywhere(run: Run) -> None:
    item = made(
        run, "--set", "deal_value=15k", "--set", "expected_close=2026-12-24", "--label", "hot", "--column", "won"
    )
    assert list(item) == MEMBERS
    assert (item["key"], item["board"], item["column"], item["status"]) == ("DEAL-39", "Sales", "Won", "Open")
    assert (item["fields"]["deal_value"], item["fields"]["expected_close"]) == (15000, "2026-12-24")
    assert (item["labels"], item["version"]) == (["hot"], 1)
    assert told(run, "show", "deal-39") == item
    assert told(run, "show", item["id"]) == item
    assert told(run, "search", "key:DEAL-39") == [item]
    assert item in told(run, "list", "--board", item["board_id"])


def test_values_are_read_as_the_forms_read_them_and_every_mistake_is_named(run: Run) -> None:
    words = ("--set", "deal_value=abc", "--set", "priority=hgh", "--set", "nope=1", "--set", "labels=x")
    mistake = told(run, "create", "--board", "sales", "--name", "Acme", *words, code=7)
    assert mistake["error"] == "invalid"
    assert mistake["fields"]["deal_value"].startswith("“abc” is not a number")
    assert mistake["fields"]["priority"].endswith("Did you mean high?")
    assert mistake["fields"]["nope"].startswith("Sales has no such field; there are contact_name, email")
    assert mistake["fields"]["labels"] == "This is not a field; it is set with --add-label."
    assert told(run, "search", "Acme") == []


def test_an_update_sends_what_is_named_and_a_move_keeps_the_status(run: Run) -> None:
    made(run, "--set", "email=a@b.example", "--status", "waiting", "--label", "hot")
    after = told(run, "update", "DEAL-39", "--unset", "email", "--add-label", "emea", "--remove-label", "hot")
    assert (after["fields"]["email"], after["labels"], after["version"]) == (None, ["emea"], 2)
    moved = told(run, "move", "DEAL-39", "Qualified")
    assert (moved["column"], moved["status"], moved["version"]) == ("Qualified", "Waiting", 3)
    past = told(run, "history", "DEAL-39")
    assert [entry["version"] for entry in past] == [3, 2, 1]
    assert past[0]["changes"]["column"] == ["Lead", "Qualified"]
    assert told(run, "move", "DEAL-39", "qualified")["version"] == 3


@pytest.mark.parametrize("number", ["123456789012345.123456", "0.5", "15000", "0.000001"])
def test_numbers_are_exact(run: Run, number: str) -> None:
    out = run("items", "create", "--board", "sales", "--name", "x", "--set", f"deal_value={number}", "--json")[1]
    assert f'"deal_value": {number}, ' in out


def test_a_dry_run_writes_nothing(run: Run) -> None:
    assert told(run, "create", "--board", "sales", "--name", "Acme", "--dry-run")["dry_run"] is True
    assert told(run, "search", "Acme") == []
    was = made(run)
    would = told(run, "update", "DEAL-39", "--name", "Globex", "--dry-run")
    assert would["changes"] == {"name": {"from": "Acme", "to": "Globex"}}
    assert (would["item"]["name"], would["dry_run"]) == ("Globex", True)
    assert told(run, "delete", "DEAL-39", "--dry-run")["deleted"][0]["key"] == "DEAL-39"
    assert told(run, "show", "DEAL-39") == was


def test_disjoint_edits_merge_and_a_clash_is_told_with_its_three_values(run: Run) -> None:
    made(run, "--set", "deal_value=12000")
    told(run, "update", "DEAL-39", "--set", "deal_value=14500")
    merged = told(run, "update", "DEAL-39", "--set", "priority=high", "--if-version", "1")
    assert (merged["fields"]["deal_value"], merged["fields"]["priority"], merged["version"]) == (14500, "high", 3)
    words = (
        "update",
        "DEAL-39",
        "--set",
        "deal_value=15000",
        "--set",
        "owner=",
        "--name",
        "Acme 2",
        "--if-version",
        "1",
    )
    clash = told(run, *words, code=5)
    assert list(clash) == ["error", "message", "item", "base_version", "current_version", "fields", "merged"]
    assert clash["fields"] == {"deal_value": {"base": 12000, "mine": 15000, "theirs": 14500}}
    assert (clash["error"], clash["base_version"], clash["current_version"]) == ("conflict", 1, 3)
    assert clash["merged"] == {"name": "Acme 2"}
    assert clash["item"] == told(run, "show", "DEAL-39") == merged


@pytest.mark.parametrize(
    ("policy", "code", "value", "name"),
    [
        ("mine", 0, 15000, "Acme 2"),
        ("theirs", 0, 14500, "Acme 2"),
        ("merge", 5, 14500, "Acme"),
        ("fail", 5, 14500, "Acme"),
    ],
)
def test_what_to_do_about_a_clash(run: Run, policy: str, code: int, value: int, name: str) -> None:
    made(run, "--set", "deal_value=12000")
    told(run, "update", "DEAL-39", "--set", "deal_value=14500")
    words = ("--set", "deal_value=15000", "--name", "Acme 2", "--if-version", "1", "--on-conflict", policy)
    told(run, "update", "DEAL-39", *words, code=code)
    after = told(run, "show", "DEAL-39")
    assert (after["fields"]["deal_value"], after["name"]) == (value, name)


def test_a_column_someone_else_chose_clashes_by_name(run: Run) -> None:
    made(run)
    told(run, "move", "DEAL-39", "Lost")
    clash = told(run, "move", "DEAL-39", "Won", "--if-version", "1", code=5)
    assert clash["fields"]["column"] == {"base": "Lead", "mine": "Won", "theirs": "Lost"}


def test_a_deletion_that_did_part_of_its_work_is_1_with_the_ledger(run: Run) -> None:
    made(run)
    ledger = told(run, "delete", "DEAL-39", "DEAL-999", "--yes", code=1)
    assert [entry["key"] for entry in ledger["deleted"]] == ["DEAL-39"]
    assert [(entry["item"], entry["error"]) for entry in ledger["failed"]] == [("DEAL-999", "not_found")]
    assert told(run, "show", "DEAL-39", code=3)["error"] == "not_found"


def test_likeness_by_the_servers_own_check(run: Run) -> None:
    made(run, "--set", "email=ann@acme.example")
    (found,) = told(run, "duplicates", "--board", "sales", "--name", "Zanzibar", "--set", "email=ANN@acme.example")
    assert (found["item"]["key"], found["matched_fields"], found["score"]) == ("DEAL-39", ["email"], 1)
    assert told(run, "search", "Zanzibar") == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("list",), 2, "name a board with --board; there are Sales, Support"),
        (("list", "--board", "nope"), 3, "there is no board 'nope'; there are Sales, Support"),
        (("list", "--board", "sales", "--filter", "nope>3"), 2, "This board has no field “nope”"),
        (("search", "nope>3"), 2, "This board has no field “nope”"),
        (("show", "DEAL-999"), 3, "there is no item 'DEAL-999'"),
        (("show", "DEAL-1", "--board", "Support"), 3, "is not on the board 'Support' but on Sales"),
        (("move", "DEAL-1", "nope"), 3, "Sales has no column 'nope'; there are Lead, Qualified"),
        (("move", "DEAL-1", "won", "--status", "nope"), 3, "the column Won has no status 'nope'; there are Open"),
        (("update", "DEAL-1"), 2, "say what to change"),
        (("update", "DEAL-1", "--set", "nope"), 2, "is not of the form field=value"),
        (("update", "DEAL-1", "--name", " "), 7, "name: This takes 1 to 500 characters"),
        (("update", "DEAL-1", "--add-label", "x" * 65), 7, "labels: A label has 1 to 64 characters."),
        (("update", "DEAL-1", "--name", "x", "--if-version", "99"), 7, "has only come to version"),
        (("update", "DEAL-1", "--name", "x", "--if-updated-at", "noon"), 2, "is not a time like"),
        (("update", "DEAL-1", "--name", "x", "--on-conflict", "ask"), 2, "needs a terminal"),
        (("delete", "DEAL-1", "DEAL-2"), 2, "this deletes 2 items; add --yes to do it"),
        (("delete", "DEAL-999", "--yes"), 3, "there is no item"),
        (("list", "--profile", "nobody"), 2, "there is no profile 'nobody'"),
    ],
)
def test_exit_codes(run: Run, words: tuple[str, ...], code: int, said: str) -> None:
    ended, out, err = run("items", *words)
    assert (ended, out) == (code, "")
    assert said in err


def test_a_mistake_in_a_filter_has_a_caret_under_it(run: Run) -> None:
    _, _, err = run("items", "list", "--board", "sales", "--filter", "acme nope>3")
    assert err.startswith("  acme nope>3\n       ^\ncardwall: ")


def test_the_filter_language_is_the_walls(run: Run) -> None:
    made(run, "--set", "deal_value=1m")
    found = told(run, "list", "--board", "sales", "--filter", "deal_value>10k sort:-deal_value", "--limit", "3")
    values = [item["fields"]["deal_value"] for item in found]
    assert (values[0], values) == (1_000_000, sorted(values, reverse=True))
    columns = [item["column"] for item in told(run, "list", "--board", "sales")]
    assert list(dict.fromkeys(columns)) == ["Lead", "Qualified", "Proposal", "Negotiation", "Won", "Lost"]
    assert len(list(dict.fromkeys(columns))) == sum(a != b for a, b in zip([None, *columns], columns, strict=False))


@pytest.mark.parametrize("query", ["Zanzi", "nziba", "hot-lea", "DEAL-3 zanzibar", "zanzibar -label:cold"])
def test_a_search_finds_what_the_walls_filter_finds(run: Run, query: str) -> None:
    """In the middle of words and in labels too, which a server's own search does not know."""
    item = told(run, "create", "--board", "sales", "--name", "Zanzibar", "--label", "hot-lead")
    assert item["id"] in [found["id"] for found in told(run, "search", query)]


def test_looking_makes_no_database(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "none.db"
    code, _, err = run("items", "list", "--database", str(other))
    assert (code, other.exists()) == (3, False)
    assert f"there is no database at {other}" in err


def test_what_would_deceive_a_terminal_is_made_visible(run: Run) -> None:
    run("items", "update", "DEAL-1", "--set", "notes=one\x1b[2J\u202etwo\nthree")
    for words in (
        ["show", "DEAL-1"],
        ["history", "DEAL-1"],
        ["show", "DEAL-1", "--json"],
        ["update", "\x1b[2J", "--name", "x"],
    ):
        _, out, err = run("items", *words)
        assert not {"\x1b", "\u202e"} & set(out + err)
    assert "three" in run("items", "show", "DEAL-1")[1]
    assert told(run, "show", "DEAL-1")["fields"]["notes"] == "one\x1b[2J\u202etwo\nthree"


def test_tables_for_people(run: Run) -> None:
    made(run, "--set", "deal_value=15k")
    head, *rows = run("items", "list", "--board", "sales", "--filter", "Acme")[1].splitlines()
    assert head.split() == ["KEY", "NAME", "COLUMN", "STATUS", "VALUE", "UPDATED"]
    assert rows[0].split()[:5] == ["DEAL-39", "Acme", "Lead", "Open", "$15,000"]
    assert run("items", "list", "--board", "sales", "--filter", "Nobody") == (0, "", "cardwall: nothing is found\n")
    assert run("items", "move", "DEAL-39", "won")[1] == "DEAL-39 is changed: column, status\n"
    assert run("items", "move", "DEAL-39", "won")[1] == "DEAL-39 is so already\n"
    assert run("items", "delete", "DEAL-39", "--yes")[1] == "DEAL-39 Acme: deleted\n"


@pytest.mark.usefixtures("run")
def test_a_reader_that_goes_away_is_no_failure() -> None:
    """Both a list that nobody reads to its end and the JSON of a failure."""
    for words in (["items", "list", "--board", "sales"], ["items", "show", "none", "--json"]):
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [sys.executable, "-m", "tui", *words], stdout=writing, stderr=subprocess.PIPE, text=True, check=False
        )
        os.close(writing)
        assert (done.returncode, "Traceback" in done.stderr) == (141, False)
