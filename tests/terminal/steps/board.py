"""The keys of the board: the cursor, marks, moves, undo, and the way into every dialog."""

from __future__ import annotations

from tests.terminal.steps.places import two_items
from tests.terminal.steps.step import Scene, Step, anywhere, choose, cursor, outside, press, then, write
from tests.terminal.walls import add_items

CURSOR: tuple[Step, ...] = (
    press("cursor.down", "j", cursor("Amber")),
    press("cursor.down", "down", cursor("Lighthouse")),
    press("cursor.up", "k", cursor("Amber")),
    press("cursor.up", "up", cursor("Coral")),
    press("cursor.last", "G", cursor("Maple")),
    press("cursor.first", "g g", cursor("Coral")),
    press("cursor.last", "end", cursor("Maple")),
    press("cursor.first", "home", cursor("Coral")),
    press("cursor.half_down", "ctrl+d", cursor("Violet", "Cedar", "Caldera")),
    press("cursor.half_up", "ctrl+u", cursor("Coral")),
    press("cursor.page_down", "pagedown", cursor("Kestrel", "Maple")),
    press("cursor.page_up", "pageup", cursor("Coral")),
    press("cursor.right", "l", cursor("Copper")),
    press("cursor.right", "right", cursor("Fernhill")),
    press("cursor.left", "h", cursor("Copper")),
    press("cursor.left", "left", cursor("Coral")),
    press("cursor.last_column", "$", cursor("Bluefin")),
    press("cursor.first_column", "0", cursor("Coral")),
    press("cursor.column", "2", cursor("Copper")),
    press("cursor.column", "3", cursor("Fernhill")),
    press("cursor.column", "4", cursor("Highland")),
    press("cursor.column", "5", cursor("Bäckerei")),
    press("cursor.column", "6", cursor("Bluefin")),
    press("cursor.column", "1", cursor("Coral")),
    press("cursor.column", "7", "has 6 columns"),
    then("j", cursor("Amber"), gone="has 6 columns"),
    press("cursor.column", "8", "has 6 columns"),
    then("k", cursor("Coral"), gone="has 6 columns"),
    press("cursor.column", "9", "has 6 columns"),
)

MARKS: tuple[Step, ...] = (
    press("mark.toggle", "x", "1 marked"),
    press("mark.column", "V", "11 marked"),
    press("mark.all", "*", "38 marked"),
    press("app.escape", "escape", gone="marked"),
    then("x", "1 marked"),
    choose("mark.none", "Clear marks", gone="1 marked"),
    then("g g", cursor("Coral")),
)

MOVES: tuple[Step, ...] = (
    press("item.move_right", "L", "DEAL-38 moved to Qualified"),
    press("item.move_left", "H", "DEAL-38 moved to Lead"),
    press("item.move_right", ">", "DEAL-38 moved to Qualified"),
    press("item.move_left", "<", "DEAL-38 moved to Lead"),
    press("history.undo", "u", "Undone: DEAL-38 .* back in Qualified"),
    press("history.undo", "z", "Undone: DEAL-38 .* back in Lead"),
    then("u", "Undone: DEAL-38 .* back in Qualified"),
    press("history.redo", "U", "Redone: DEAL-38 .* back in Lead"),
    then("u", "Undone: DEAL-38 .* back in Qualified"),
    press("history.redo", "Z", "Redone: DEAL-38 .* back in Lead"),
    then("u", "Undone: DEAL-38 .* back in Qualified"),
    press("history.redo", "ctrl+r", "Redone: DEAL-38 .* back in Lead"),
    press("item.move", "m", "move DEAL-38 to"),
    write("3", "DEAL-38 moved to Proposal", gone="move DEAL-38 to"),
    press("item.move", "s", "move DEAL-38 to"),
    write("lea\r", "DEAL-38 moved to Lead", gone="move DEAL-38 to"),
    press("item.delete", "#", "Delete DEAL-38"),
    then("n", gone="Delete DEAL-38"),
    press("item.delete", "delete", "Delete DEAL-38"),
    then("y", "Deleted DEAL-38", gone="Delete DEAL-38"),
    then("u", "Undone: DEAL-38 .*brought back"),
)

OPENS: tuple[Step, ...] = (
    press("item.open", "enter", "y copy key"),
    then("escape", gone="y copy key"),
    press("item.edit", "e", "Edit DEAL-38"),
    then("escape", gone="Edit DEAL-38"),
    press("item.create_form", "c", "New item on Sales"),
    then("escape", gone="New item on Sales"),
    press("item.create_form", "C", "New item on Sales"),
    then("escape", gone="New item on Sales"),
    press("search.open", "ctrl+f", "find: words"),
    then("escape", gone="find: words"),
    press("search.open", "g /", "find: words"),
    then("escape", gone="find: words"),
    press("board.switch", "b", "open a board"),
    then("escape", gone="open a board"),
    press("profile.switch", "g p", "open a profile"),
    then("escape", gone="open a profile"),
    choose("profile.add", "New profile", "what to call the profile"),
    then("escape", gone="what to call the profile"),
    press("board.edit", "B", "Board Sales"),
    then("escape", gone="Board Sales"),
    press("app.palette", ":", "run a command"),
    then("escape", gone="run a command"),
    press("app.palette", "ctrl+p", "run a command"),
    then("escape", gone="run a command"),
    press("app.palette", "ctrl+k", "run a command"),
    then("escape", gone="run a command"),
    choose("board.new", "New board", "What is the board called"),
    then("escape", gone="What is the board called"),
)

VIEW: tuple[Step, ...] = (
    outside("a new card", lambda url: add_items(url, ("Xenon", {}))),
    press("view.refresh", "r", "Lead 14"),
    outside("one more", lambda url: add_items(url, ("Ytterbium", {}))),
    press("view.reload", "R", "Lead 15"),
    press("view.sort", "S", "sort by"),
    write("name\r", "sorted by name, A to Z", gone="sort by"),
    press("view.card_fields", "F4", "what cards show"),
    then("escape", gone="what cards show"),
    then("S", "sort by"),
    write("board", r"│ board *│"),
    then("enter", gone="Enter chooses"),
    then("g g"),
)

FILTER: tuple[Step, ...] = (
    press("filter.edit", "/", "Enter keeps"),
    write("legal", "8 of 40"),
    press("filter.keep", "enter", r"/ legal +8 of 40 +\S+ clears it", gone="Enter keeps"),
    press("filter.next", "n", cursor("Caldera")),
    press("filter.previous", "N", cursor("Amber")),
    press("filter.clear", "F", gone="/ legal"),
    then("/", "Enter keeps"),
    write("legal", "8 of 40"),
    press("filter.drop", "escape", "Lead 13 ", gone="Enter keeps"),
)

SCENES = (
    Scene("the cursor and marks", (*CURSOR, then("j"), *MARKS)),
    Scene("moves and what opens", (*MOVES, *OPENS)),
    Scene("the view", (*VIEW, *anywhere("board", "Coral")), two_items),
    Scene("the filter", (*FILTER, then("/", "Enter keeps"), *anywhere("filter", "Enter keeps", text=True)), two_items),
)
