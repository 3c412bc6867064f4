from __future__ import annotations

import subprocess
import sys

import pytest

from tui.app import command as registry
from tui.app.command import Command
from tui.app.context import Context
from tui.app.keymap import Keymap, KeyReader, key_table
from tui.app.keymap_names import canonical, chord, latin, pressed, shown


def a_command(command_id: str, *keys: str, place: str = "board") -> Command:
    def nothing(_: Context) -> None:
        """Nothing."""

    return Command(command_id, keys, command_id, "Test", nothing, None, "", place, hidden=False, help="Nothing.")


def commands(*made: Command) -> dict[str, Command]:
    return {one.id: one for one in made}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("L", "L"),
        (">", ">"),
        ("greater_than_sign", ">"),
        ("dollar_sign", "$"),
        ("slash", "/"),
        ("shift+l", "L"),
        ("Ctrl+D", "ctrl+d"),
        ("ctrl-d", "ctrl+d"),
        ("esc", "escape"),
        ("PgDn", "pagedown"),
        (" ", "space"),
        ("+", "+"),
        ("F2", "f2"),
        ("hyper+x", None),
        ("entr", None),
        ("\x1b", None),
    ],
)
def test_a_key_has_one_name_however_it_is_written(written: str, name: str | None) -> None:
    assert canonical(written) == name


def test_chords_are_written_apart_or_together() -> None:
    assert chord("g g") == chord("gg") == ("g", "g")
    assert chord("g entr") is None


def test_the_terminals_name_of_a_character_is_the_character() -> None:
    assert pressed("greater_than_sign", ">") == ">"
    assert pressed("upper_l", "L") == "L"
    assert pressed("space", " ") == "space"
    assert pressed("ctrl+d", "\x04") == "ctrl+d"
    assert pressed("enter", "\r") == "enter"


def test_keys_are_shown_as_people_write_them() -> None:
    assert [shown(keys) for keys in [("g", "g"), ("ctrl+d",), ("escape",), ("f2",), ("$",)]] == [
        "gg",
        "Ctrl-d",
        "Esc",
        "F2",
        "$",
    ]


def test_the_defaults_clash_nowhere_and_name_real_keys() -> None:
    found = registry.load()
    assert Keymap(found).problems == []
    for one in found.values():
        assert all(chord(keys) for keys in one.keys), one.id


def test_a_user_may_give_a_command_several_other_keys_or_none() -> None:
    keymap = Keymap(commands(a_command("a", "x"), a_command("b", "y")), {"a": ["q", "ctrl+w"], "b": []})
    assert keymap.keys_of("a") == (("q",), ("ctrl+w",))
    assert keymap.keys_of("b") == ()
    assert keymap.problems == []


def test_an_unknown_command_is_reported_with_the_nearest_name() -> None:
    keymap = Keymap(commands(a_command("item.move_right", "L")), {"item.move_rihgt": "x"}, "config.toml, [keys]")
    assert keymap.problems == [
        "config.toml, [keys]: there is no command 'item.move_rihgt'; did you mean item.move_right?"
    ]


def test_an_unknown_key_is_reported_and_the_others_work() -> None:
    keymap = Keymap(commands(a_command("a", "x")), {"a": ["entr", "y"]})
    assert keymap.keys_of("a") == (("y",),)
    assert keymap.problems == ["[keys]: a: there is no key 'entr'."]


def test_a_users_key_wins_over_a_default_and_the_loss_is_told() -> None:
    keymap = Keymap(commands(a_command("a", "x"), a_command("b", "y")), {"b": ["x"]})
    assert keymap.table("board")[("x",)].id == "b"
    assert keymap.keys_of("a") == ()
    assert len(keymap.problems) == 1
    assert "x runs b" in keymap.problems[0]


def test_a_key_that_begins_a_chord_would_hide_it_so_only_one_stays() -> None:
    keymap = Keymap(commands(a_command("a", "g g"), a_command("b", "y")), {"b": "g"})
    assert ("g", "g") not in keymap.table("board")
    assert len(keymap.problems) == 1


def test_one_key_may_mean_different_things_in_different_places() -> None:
    keymap = Keymap(commands(a_command("a", "x"), a_command("b", "x", place="form")))
    assert keymap.problems == []
    assert keymap.table("board")[("x",)].id == "a"
    assert keymap.table("form")[("x",)].id == "b"


def test_a_key_that_works_anywhere_cannot_be_taken_by_a_place() -> None:
    keymap = Keymap(commands(a_command("a", "x", place="anywhere"), a_command("b", "x", place="form")))
    assert len(keymap.problems) == 1


def read(reader: KeyReader, *keys: str) -> list[str]:
    return [found.id for key in keys if (found := reader.read(key, "board"))]


def test_a_chord_needs_all_its_keys_and_nothing_ticks() -> None:
    reader = KeyReader(Keymap(commands(a_command("a", "g g"), a_command("b", "j"))))
    assert read(reader, "g") == []
    assert reader.waiting == ["g"]
    assert read(reader, "g", "j") == ["a", "b"]


def test_a_key_that_does_not_go_on_with_a_chord_ends_it() -> None:
    reader = KeyReader(Keymap(commands(a_command("a", "g g"), a_command("b", "j"))))
    assert read(reader, "g", "j", "j", "g", "escape", "g", "g") == ["b", "a"]


def test_cyrillic_and_greek_layouts_reach_the_same_keys() -> None:
    reader = KeyReader(Keymap(commands(a_command("a", "g g"), a_command("b", "j"), a_command("c", "L"))))
    assert read(reader, "о", "п", "п", "Д") == ["b", "a", "c"]
    assert read(reader, "ξ", "γ", "γ", "Λ") == ["b", "a", "c"]
    assert latin("j") is None


def test_a_users_own_cyrillic_key_comes_first() -> None:
    reader = KeyReader(Keymap(commands(a_command("a", "j"), a_command("b", "x")), {"b": "о"}))
    assert read(reader, "о") == ["b"]


def test_the_table_lists_every_command_and_is_printed_by_the_module() -> None:
    found = registry.load()
    table = key_table(found.values(), Keymap(found))
    assert all(f"`{command_id}`" in table for command_id in found)
    assert all(row.count("|") - row.count("\\|") == 4 for row in table.splitlines())
    done = subprocess.run([sys.executable, "-m", "tui.app.keymap"], capture_output=True, text=True, check=True)
    assert done.stdout == table


def test_the_table_names_places_in_words() -> None:
    found = commands(a_command("a", "x", place="board_editor"))
    assert "| **Board editor** `x` |" in key_table(found.values(), Keymap(found))


def test_two_commands_of_one_id_are_refused() -> None:
    registry.load()
    with pytest.raises(ValueError, match="two commands"):
        registry.command("app.help", title="x", group="y")(lambda _: None)
