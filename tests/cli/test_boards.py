"""``cardwall boards``: blueprints as files, applied whole or not at all."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_keys import Run, run
from tests.server.conftest import FixedClock
from tui.server.opening import open_database
from tui.server.samples import seed_samples

__all__ = ["run"]

HIRING = """\
name = "Hiring"
prefix = "JOB"
[[columns]]
name = "Applied"
limit = 3
statuses = ["Open", "Waiting"]
[[columns]]
name = "Hired"
closed = "won"
[[fields]]
name = "score"
kind = "number"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "board.toml"
    file.write_text(HIRING)
    return file


@pytest.fixture
def samples(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/team.db")
    seed_samples(database, clock=FixedClock())
    database.close()


def names(run: Run) -> list[str]:
    return [board["name"] for board in json.loads(run("boards", "list", "--json")[1])]


def shown(run: Run, name: str) -> dict[str, Any]:
    board: dict[str, Any] = json.loads(run("boards", "show", name, "--json")[1])
    return board


def test_a_file_makes_a_board_and_again_changes_nothing(run: Run, file: Path) -> None:
    code, out, err = run("boards", "apply", str(file))
    assert (code, out, err) == (0, "Hiring is made: 2 columns, 1 fields, keys like JOB-1\n", "")
    assert run("boards", "apply", str(file))[1] == "Hiring is as the file says already\n"
    board = shown(run, "hiring")
    assert [(each["name"], each["limit"], each["closed"], each["items"]) for each in board["columns"]] == [
        ("Applied", 3, None, 0),
        ("Hired", None, "won", 0),
    ]
    assert [status["name"] for status in board["columns"][0]["statuses"]] == ["Open", "Waiting"]


def test_a_dry_run_makes_nothing(run: Run, file: Path, samples: None) -> None:
    code, out, _ = run("boards", "apply", str(file), "--dry-run", "--json")
    assert (code, json.loads(out)["outcome"], json.loads(out)["dry_run"]) == (0, "created", True)
    assert run("boards", "apply", str(file), "--dry-run")[1].startswith("Hiring would be made: ")
    assert names(run) == ["Sales", "Support"]


def test_a_dry_run_makes_no_database_either(run: Run, file: Path, tmp_path: Path) -> None:
    assert run("boards", "apply", str(file), "--dry-run")[0] == 3
    assert not (tmp_path / "team.db").exists()


def test_what_is_exported_and_renamed_is_the_same_board(run: Run, file: Path, samples: None, tmp_path: Path) -> None:
    before = shown(run, "sales")
    assert run("boards", "export", "Sales", "-o", str(file)) == (0, "", "")
    assert run("boards", "export", before["id"])[1] == file.read_text()
    file.write_text(file.read_text().replace('"Sales"', '"Deals"').replace('name = "Lead"', 'name = "Leads"'))
    code, out, _ = run("boards", "apply", str(file))
    assert (code, out.partition(":")[0]) == (0, "Sales, now Deals, is changed")
    after = shown(run, "Deals")
    assert names(run) == ["Deals", "Support"]
    assert [each["id"] for each in after["columns"]] == [each["id"] for each in before["columns"]]
    assert [each["items"] for each in after["columns"]] == [each["items"] for each in before["columns"]]
    assert (after["columns"][0]["name"], after["revision"]) == ("Leads", before["revision"] + 1)


def test_what_would_drop_data_is_told_and_needs_force(run: Run, file: Path, samples: None) -> None:
    run("boards", "export", "Support", "-o", str(file))
    text = file.read_text()
    before, after = (
        text.split("\n[[columns]]\n", 1)[0],
        text.split("\n[[columns]]\n", 1)[1].split("\n[[columns]]\n", 1)[1],
    )
    file.write_text(f"{before}\n[[columns]]\n{after}")
    held = shown(run, "Support")["columns"]
    code, out, err = run("boards", "apply", str(file), "--json")
    told = json.loads(out)
    assert (code, told["error"], told["dropped"]["columns"][0]["name"]) == (5, "would_drop", "New")
    assert told["dropped"]["columns"][0]["items"] == held[0]["items"] > 0
    assert err.endswith("New (8 items). Nothing was changed; --force does it.\n")
    assert shown(run, "Support")["columns"] == held
    code, out, err = run("boards", "apply", str(file), "--force", "--dry-run", "--json")
    assert (code, err.count("would drop")) == (0, 1)
    assert json.loads(out) == {"outcome": "changed", "dry_run": True, "dropped": told["dropped"]}
    assert shown(run, "Support")["columns"] == held
    code, out, _ = run("boards", "apply", str(file), "--force", "--json")
    done = json.loads(out)
    assert (code, done["outcome"], done["dry_run"], done["dropped"]) == (0, "changed", False, told["dropped"])
    assert shown(run, "Support")["columns"] == held[1:]


def test_a_forced_change_lists_what_items_have_lost(run: Run, file: Path, samples: None) -> None:
    run("boards", "export", "Support", "-o", str(file))
    file.write_text(re.sub(r'\n\[\[columns\]\]\nid = "[^"]*"\nname = "New"(\n.+)*\n', "\n", file.read_text()))
    code, out, _ = run("boards", "apply", str(file), "--force")
    assert code == 0
    assert [line.split() for line in out.splitlines()[1:]] == [["DROPPED", "NAME", "ITEMS"], ["column", "New", "8"]]


def test_description_and_colour_are_kept_until_they_are_taken_away(run: Run, file: Path, samples: None) -> None:
    run("boards", "export", "Sales", "-o", str(file))
    bare = file.read_text()
    for added, seen in (
        ('description = "All deals"\ncolour = "#00aaff"\n', ("All deals", "#00aaff")),
        ("", ("All deals", "#00aaff")),
        ('description = ""\n', (None, "#00aaff")),
        ('colour = " "\n', (None, None)),
    ):
        file.write_text(bare.replace("allow_delete", f"{added}allow_delete", 1))
        assert run("boards", "apply", str(file))[0] == 0
        board = shown(run, "Sales")
        assert (board["description"], board["colour"]) == seen
    file.write_text(bare.replace("allow_delete", f'colour = "{"x" * 65}"\nallow_delete', 1))
    code, _, err = run("boards", "apply", str(file))
    assert (code, "colour (line 7): must have at most 64 characters" in err) == (7, True), err


@pytest.mark.parametrize(
    ("was", "is_", "key", "said"),
    [
        ("limit = 3", "limit = 0", "columns[1].limit", "columns[1].limit (line 5): must be between 1 and"),
        ("limit = 3", 'limit = "x"', "columns[1].limit", "columns[1].limit (line 5): must be a whole number"),
        ('"score"', '"version"', "fields[1].name", "fields[1].name (line 11): version is a name of the item"),
        ('"Waiting"]', '"open"]', "columns[1].statuses[2].name", "(line 6): appears twice"),
        ('"JOB"', '"job"', "prefix", "prefix (line 2): must be 1 to 10 capital"),
        ('"JOB"', '"DEAL"', "prefix", "prefix (line 2): is the prefix of the board Sales"),
    ],
)
def test_a_mistake_is_told_with_key_and_line_and_nothing_is_made(
    run: Run, file: Path, samples: None, was: str, is_: str, key: str, said: str
) -> None:
    file.write_text(HIRING.replace(was, is_))
    code, out, err = run("boards", "apply", str(file), "--json")
    assert (code, list(json.loads(out)["fields"])) == (7, [key])
    assert said in err
    assert names(run) == ["Sales", "Support"]


def test_a_file_that_cannot_be_read_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bytes.toml").write_bytes(b"\xff")
    (tmp_path / "long.toml").write_bytes(b"#" * (1024 * 1024 + 1))
    for name, said in [
        ("none.toml", "cannot be read: No such file"),
        (".", "cannot be read: Is a directory"),
        ("bytes.toml", "is not UTF-8 text"),
        ("long.toml", "is longer than 1 MiB"),
    ]:
        code, out, err = run("boards", "apply", str(tmp_path / name))
        assert (code, out, said in err) == (2, "", True)
    assert not (tmp_path / "team.db").exists()


def test_a_board_on_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(HIRING.encode())))
    assert run("boards", "apply", "-")[0] == 0
    assert names(run) == ["Hiring"]


def test_a_board_for_people(run: Run, samples: None) -> None:
    code, out, _ = run("boards", "show", "SALES")
    assert code == 0
    assert "Proposal" in out
    assert "deal_value" in out
    assert "duplicates: email, exact, within board: warn" in out
    head, sales, _ = run("boards", "list")[1].splitlines()
    assert head.split() == ["NAME", "PREFIX", "COLUMNS", "ITEMS", "ID"]
    assert sales.split()[:4] == ["Sales", "DEAL", "6", "38"]


@pytest.mark.parametrize("action", ["show", "export"])
def test_a_board_nobody_has(run: Run, samples: None, action: str) -> None:
    assert run("boards", action, "nope") == (
        3,
        "",
        "cardwall: there is no board 'nope'; there are Sales, Support\n",
    )


def test_an_export_that_cannot_be_written_is_told(run: Run, samples: None) -> None:
    code, _, err = run("boards", "export", "Sales", "-o", "/proc/none/x.toml")
    assert (code, err) == (2, "cardwall: /proc/none/x.toml cannot be written: No such file or directory\n")
