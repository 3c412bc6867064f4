"""Which keys run which command: the defaults of the registry, then the user's `[keys]`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from msgspec import Struct, field

from tui.app import command as registry
from tui.app.command import ANYWHERE, BOARD, Command
from tui.app.keymap_names import ARROWS, chord, latin, shown

Chord = tuple[str, ...]
Overrides = Mapping[str, str | Sequence[str]]
"""Command id to its keys; an empty list takes all keys from a command."""


class Keymap:
    """The keys of every command, place by place, and what was wrong with the user's wishes."""

    def __init__(
        self, commands: Mapping[str, Command], overrides: Overrides | None = None, source: str = "[keys]"
    ) -> None:
        self.commands = commands
        self.problems: list[str] = []
        """Sentences to show at start."""
        self.ascii_only = False
        """Whether keys are shown without signs such as arrows."""
        self._source = source
        self._chords: dict[str, list[Chord]] = {}
        self._tables: dict[str, dict[Chord, Command]] = {}
        wishes = self._wishes(overrides or {})
        for found in commands.values():
            self._chords[found.id] = wishes.get(found.id, [c for key in found.keys if (c := chord(key))])
        self._settle(wishes)

    def keys_of(self, command_id: str) -> tuple[Chord, ...]:
        """The chords that run a command, in the order they were given."""
        return tuple(self._chords.get(command_id, ()))

    def shown_keys(self, command_id: str, most: int = 9) -> str:
        """A command's keys for people: ``u z``; empty when it has none."""
        text = " ".join(shown(keys) for keys in self.keys_of(command_id)[:most])
        return text.translate(ARROWS) if self.ascii_only else text

    def table(self, place: str) -> dict[Chord, Command]:
        """Chord to command, for the keys that work at a place."""
        if place not in self._tables:
            found = registry.at(place, self.commands.values())
            self._tables[place] = {keys: one for one in found for keys in self._chords[one.id]}
        return self._tables[place]

    def _wishes(self, overrides: Overrides) -> dict[str, list[Chord]]:
        wishes: dict[str, list[Chord]] = {}
        for command_id, texts in overrides.items():
            if command_id not in self.commands:
                near = get_close_matches(command_id, self.commands, 1)
                hint = f"; did you mean {near[0]}?" if near else "; `cardwall keymap` lists them."
                self.problems.append(f"{self._source}: there is no command {command_id!r}{hint}")
                continue
            wishes[command_id] = []
            for text in [texts] if isinstance(texts, str) else texts:
                keys = chord(text)
                if keys is None:
                    self.problems.append(f"{self._source}: {command_id}: there is no key {text!r}.")
                else:
                    wishes[command_id].append(keys)
        return wishes

    def _settle(self, wishes: Mapping[str, list[Chord]]) -> None:
        """Give each chord to one command of a place: a user's wish wins over a default, the first over later ones."""
        order = sorted(self.commands.values(), key=lambda one: one.id not in wishes)
        for place in dict.fromkeys(one.place for one in order):
            taken: dict[Chord, Command] = {}
            for one in registry.at(place, order):
                for keys in tuple(self._chords[one.id]):
                    winner = next((taken[t] for t in taken if _collide(t, keys) and taken[t] is not one), None)
                    if winner is None:
                        taken[keys] = one
                        continue
                    self._chords[one.id].remove(keys)
                    self.problems.append(
                        f"{self._source}: {shown(keys)} runs {winner.id} ({winner.title}), so it cannot run {one.id}."
                    )


def _collide(one: Chord, other: Chord) -> bool:
    """Whether two chords cannot both be reached: they are equal, or one begins the other."""
    short = min(len(one), len(other))
    return one[:short] == other[:short]


class KeyReader(Struct):
    """Collects keys into chords; nothing in it waits for a clock."""

    keymap: Keymap
    waiting: list[str] = field(default_factory=list)
    """Keys of a chord that is not complete yet."""

    def read(self, key: str, place: str) -> Command | None:
        """The command that `key` completes; None while a chord is open, and for a key that means nothing."""
        table = self.keymap.table(place)
        found, opens = self._try(key, table)
        if found is None and not opens and (twin := latin(key)):
            found, opens = self._try(twin, table)
            key = twin
        self.waiting = [*self.waiting, key] if opens else []
        return found

    def _try(self, key: str, table: Mapping[Chord, Command]) -> tuple[Command | None, bool]:
        keys = (*self.waiting, key)
        found = table.get(keys)
        return found, found is None and any(chord[: len(keys)] == keys for chord in table)


BEGIN = "<!-- keys: generated by `python -m tui.app.keymap --write README.md` -->"
END = "<!-- end of keys -->"


def key_table(commands: Iterable[Command], keymap: Keymap) -> str:
    """The keys as a Markdown table, group by group, for the README."""
    rows = ["| Keys | What it does | Command |", "|---|---|---|"]
    listed = sorted(commands, key=lambda one: (one.place not in (BOARD, ANYWHERE), one.place))
    for one in listed:
        keys = " ".join(f"`{_in_cell(shown(keys))}`" for keys in keymap.keys_of(one.id))
        where = "" if one.place in (BOARD, ANYWHERE) else f"**{one.place.replace('_', ' ').capitalize()}** "
        rows.append(f"| {where}{keys or '–'} | {_in_cell(one.help)} | `{one.id}` |")
    return "\n".join(rows) + "\n"


def _in_cell(text: str) -> str:
    return text.replace("|", "\\|")


def main(arguments: Sequence[str]) -> int:
    """Print the default key table; `--write FILE` puts it between the file's marks, `--check FILE` compares."""
    commands = registry.load()
    table = key_table(commands.values(), Keymap(commands))
    match arguments:
        case []:
            sys.stdout.write(table)
        case ["--write" | "--check" as verb, name]:
            file = Path(name)
            before, rest = file.read_text("utf-8").split(BEGIN)
            text = f"{before}{BEGIN}\n{table}{END}{rest.split(END)[1]}"
            if verb == "--write":
                file.write_text(text, "utf-8")
            elif text != file.read_text("utf-8"):
                sys.stderr.write(f"the keys in {name} are out of date: python -m tui.app.keymap --write {name}\n")
                return 1
        case _:
            sys.stderr.write("usage: python -m tui.app.keymap [--write FILE | --check FILE]\n")
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
