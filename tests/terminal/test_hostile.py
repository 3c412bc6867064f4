"""Every screen on items that attack the terminal: nothing raw reaches it, nothing is interpreted, nothing crashes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.terminal.scan import scan
from tests.terminal.terminal import Terminal
from tests.terminal.walls import add_items, database_of, look_often, wall

CLIPBOARD = "\x1b]52;c;ZXZpbA==\x07"
CLEAR = "\x1b[2J\x1b[H"
C1 = "\x9b31m\x9d0;owned\x9c\x90q\x9c"
BIDI = "\u202egnp.exe\u202c\u2066x\u2069\u200b\u200f\ufeff"
MARKUP = "[bold red]x[/] [/] [/b] [link=http://e.example] [@click=app.quit]a[/] [$x] [#123456]"
WIDE = "東京\U0001f469\u200d\U0001f4bb e" + "\u0301" * 40
SHIFT = "\x0e\x0f\x08\x08\x08\x7f\x05\u2028\u2029\u0085"

CARDS = (
    f"Esc{CLIPBOARD}{CLEAR}end", f"Cee{C1}end", f"Bid{BIDI}end", f"Mkp{MARKUP}end", f"Wyd{WIDE}end", f"Shi{SHIFT}end",
)  # fmt: skip
"""Short enough for a card to show all of it."""
HOSTILE = {"controls": f"Ctl{SHIFT}{C1}{CLIPBOARD}{CLEAR}end", "looks": f"Lks{BIDI}{WIDE}{MARKUP}end"}
VALUES = {"contact_name": f"{MARKUP}{CLIPBOARD}{C1}", "notes": f"{BIDI}\n{CLEAR}\n{WIDE}\n{SHIFT}"}


def clean(terminal: Terminal) -> None:
    assert [str(violation) for violation in scan(terminal.raw)] == []
    assert terminal.exit_status is None
    assert "Traceback" not in terminal.text


@pytest.mark.parametrize("name", HOSTILE)
def test_no_screen_lets_an_item_speak_to_the_terminal(own_home: Path, name: str) -> None:
    look_often(own_home)
    database = database_of(own_home)
    word = HOSTILE[name][:3]
    add_items(database, *((card, VALUES) for card in (*CARDS, HOSTILE[name], f"{HOSTILE[name]} again")))
    with wall(columns=140, rows=50) as terminal:
        terminal.wait_for("synced")
        terminal.press("G", "k")
        terminal.wait_for(re.compile(f"┃(DEAL-\\d+ )?{word}"))
        for keys, shown, leave in SCREENS:
            terminal.press(*keys)
            terminal.wait_for(shown)
            terminal.wait_quiet()
            clean(terminal)
            terminal.press(*leave)
            terminal.wait_gone(shown)
        terminal.type(f"/{word}")
        terminal.wait_for(re.compile(r"2 of \d+ "))
        terminal.press("enter", "ctrl+f")
        terminal.type(word)
        terminal.wait_for("2 found")
        terminal.wait_quiet()
        clean(terminal)
        terminal.press("escape")
        terminal.wait_gone("2 found")
        terminal.press("L")
        terminal.wait_quiet()
        terminal.press("u")
        terminal.wait_for("Undone")
        clean(terminal)


SCREENS = [
    (("enter",), "History", ("escape",)),
    (("e",), "▸ name", ("escape",)),
    (("m",), "move DEAL", ("escape",)),
    (("#",), "Delete DEAL", ("N",)),
    ((":",), "run a command", ("escape",)),
    (("?",), "Move the cursor", ("escape",)),
    (("f4",), "what cards show", ("escape",)),
    (("x",), "1 marked", ("escape",)),
]


def test_a_conflict_over_hostile_values_is_drawn_as_text(own_home: Path) -> None:
    look_often(own_home)
    database = database_of(own_home)
    add_items(database, ("Wayne", {"contact_name": "plain"}))
    with wall() as one, wall() as two:
        for terminal, text in ((one, f"one {MARKUP}"), (two, f"two {MARKUP}")):
            terminal.wait_for("synced")
            terminal.press("G")
            terminal.wait_for(re.compile(r"┃(DEAL-\d+ )?Wayne"))
            terminal.press("e")
            terminal.wait_for("▸ name")
            terminal.press(*["tab"] * 4)
            terminal.wait_for(re.compile("▸ Contact"))
            terminal.press("ctrl+u")
            terminal.paste(text)
            terminal.wait_for("[bold red]")
        one.press("ctrl+s")
        one.wait_for(re.compile(r"H/L move|saved DEAL-\d+"))  # the sentence stays until the next key
        two.press("ctrl+s")
        two.wait_for("1 CONFLICT")
        two.wait_for(re.compile(r"mine two \[bold"))
        clean(one)
        clean(two)
