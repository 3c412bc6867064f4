"""The keys of the item screen and of the form."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.terminal import programs
from tests.terminal.steps.places import busy_wall, long_item
from tests.terminal.steps.step import Scene, Step, anywhere, choose, cursor, outside, press, then, write
from tests.terminal.walls import change_item

EDITOR = f"{sys.executable} -I -S {Path(programs.__file__).with_name('editor.py')}"
TOP = r"column +Lead"

ITEM: tuple[Step, ...] = (
    then("G", cursor("Wayne")),
    then("enter", "y copy key"),
    press("item_view.down", "j", gone=TOP),
    press("item_view.up", "k", TOP),
    press("item_view.down", "down", gone=TOP),
    press("item_view.up", "up", TOP),
    press("item_view.page_down", "pagedown", gone=TOP),
    press("item_view.page_up", "pageup", TOP),
    press("item_view.page_down", "space", gone=TOP),
    press("item_view.page_up", "ctrl+u", TOP),
    press("item_view.page_down", "ctrl+d", gone=TOP),
    press("item_view.first", "g g", TOP),
    press("item_view.last", "G", "(?m)^ v1 sam"),
    press("item_view.first", "home", TOP),
    press("item_view.last", "end", "(?m)^ v1 sam"),
    outside("a change", lambda url: change_item(url, "Wayne Enterprises", {"phone": "5550133"})),
    press("item_view.reload", "r", "(?m)^ v2 sam"),
    press("item_view.copy", "y", "Copied DEAL-39"),
    press("item_view.edit", "e", "Edit DEAL-39"),
    then("escape", gone="Edit DEAL-39"),
    then("enter", "y copy key"),
    press("item_view.close", "escape", gone="y copy key"),
    then("enter", "y copy key"),
    press("item_view.close", "q", gone="y copy key"),
    then("enter", "y copy key"),
    press("item_view.close", "enter", gone="y copy key"),
    then("enter", "y copy key"),
    *anywhere("item", "y copy key"),
)

FORM: tuple[Step, ...] = (
    then("e", "Edit DEAL-38"),
    write(" typed", "second site typed"),
    press("form.editor", "ctrl+e", "second site edited"),
    press("form.discard", "ctrl+r", "again throws away"),
    then("ctrl+r", gone="second site edited"),
    write(" kept", "second site kept"),
    press("form.close", "escape", gone="Edit DEAL-38"),
    then("e", "Restored from a draft"),
    then("ctrl+u", gone="name +.*second site kept"),
    write("Coral one"),
    press("form.save", "ctrl+s", cursor("Coral one"), gone="Edit DEAL-38"),
    then("e", "Edit DEAL-38"),
    then("ctrl+u", gone="name +Coral one"),
    write("Coral two"),
    press("form.save", "f2", cursor("Coral two"), gone="Edit DEAL-38"),
)

FIELDS: tuple[Step, ...] = (
    then("e", "▸ name"),
    then("tab", "▸ column"),
    then("shift+tab", "▸ name"),
    then("down", "▸ column"),
    then("right", "column +Qualified"),
    then("left", "column +Lead"),
    then("space", "> . Lead"),
    write("prop", "> +Proposal"),
    then("enter", "column +Proposal", gone="> +Proposal"),
    then("up", "▸ name"),
    then("end"),
    then("home"),
    write("Big ", "Big Coral two"),
    then("delete", gone="Big Coral"),
    then("backspace", "Bigoral two"),
    *anywhere("form", "Edit DEAL-38", text=True),
)

SEEN: tuple[Step, ...] = (
    outside("a change", lambda url: change_item(url, "Wayne Enterprises", {"phone": "5550133"})),
    then("G", cursor(r"Wayne.*(\n.*)?●")),
    choose("view.look", "Seen", gone="●"),
)

SCENES = (
    Scene("the item", ITEM, long_item),
    Scene("the form", (*FORM, *FIELDS), env={"EDITOR": EDITOR}),
    Scene("what others changed", SEEN, busy_wall),
)
