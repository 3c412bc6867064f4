"""The keys of a conflict, of a question, and of a change that was refused."""

from __future__ import annotations

from tests.terminal.steps.places import STARK, WAYNE, two_items
from tests.terminal.steps.step import Scene, Step, anywhere, choose, cursor, outside, press, then, write
from tests.terminal.walls import allow_delete, change_item, delete_item

THEIRS = {"contact_name": "Alfred", "email": "t@x.io", "phone": "5550133", "notes": "theirs"}
OTHERS = {"contact_name": "Selina", "email": "s@x.io", "phone": "5550144", "notes": "others"}


def fields(contact: str, email: str, phone: str, notes: str) -> tuple[Step, ...]:
    """The form of the item under the cursor, with four fields written over."""
    return (
        then("e", "▸ name"),
        then("tab tab tab tab", "▸ Contact"),
        then("ctrl+u"),
        write(contact, contact),
        then("tab", "▸ E-mail"),
        then("ctrl+u"),
        write(email, email),
        then("tab", "▸ Phone"),
        then("ctrl+u"),
        write(phone, phone),
        then("tab tab tab tab tab tab", "▸ Notes"),
        write(f"{notes} ", f"{notes} "),
    )


CONFLICT: tuple[Step, ...] = (
    then("G", cursor("Stark")),
    *fields("Pepper", "m@x.io", "5550122", "mine"),
    outside("another's change", lambda url: change_item(url, STARK, THEIRS)),
    then("ctrl+s", "4 CONFLICTS"),
    press("conflict.down", "j", "▸ E-mail"),
    press("conflict.down", "down", "▸ Phone"),
    press("conflict.up", "k", "▸ E-mail"),
    press("conflict.up", "up", "▸ Contact"),
    press("conflict.next", "n", "▸ E-mail"),
    press("conflict.previous", "N", "▸ Contact"),
    press("conflict.base", "1", r"\[1 base Lucius\]"),
    press("conflict.mine", "2", r"\[2 mine m@x.io\]"),
    press("conflict.theirs", "3", r"\[3 theirs 5550133\]"),
    press("conflict.both", "b", r"\[b both"),
    press("conflict.undo", "u", gone=r"\[b both"),
    then("tab tab tab tab tab", "▸ Contact"),
    press("conflict.mine", "m", r"\[2 mine Pepper\]"),
    press("conflict.theirs", "t", r"\[3 theirs theirs\]"),
    press("conflict.all_mine", "M", r"\[2 mine 5550122\]"),
    press("conflict.all_theirs", "T", r"\[3 theirs Alfred\]"),
    press("conflict.type", "e", "take what you typed"),
    then("escape", gone="take what you typed"),
    press("conflict.close", "escape", gone="Edit DEAL-40"),
    press("conflict.settle", "g c", "4 CONFLICTS"),
    then("M", "ALL SETTLED"),
    press("conflict.save", "ctrl+s", "saved DEAL-40", gone="ALL SETTLED"),
    *fields("Happy", "h@x.io", "5550155", "again"),
    outside("another's change", lambda url: change_item(url, STARK, OTHERS)),
    then("ctrl+s", "4 CONFLICTS"),
    then("T", "ALL SETTLED"),
    press("conflict.save", "f2", "saved DEAL-40", gone="ALL SETTLED"),
    *fields("Obadiah", "o@x.io", "5550166", "third"),
    outside("another's change", lambda url: change_item(url, STARK, THEIRS)),
    then("ctrl+s", "4 CONFLICTS"),
    *anywhere("conflict", "4 CONFLICTS"),
)

LOST = "deleted on the server while you changed it"
SPARED = "You deleted DEAL-39"

QUESTION: tuple[Step, ...] = (
    then("G", cursor("Stark")),
    *fields("Pepper", "m@x.io", "5550122", "mine"),
    outside("another's delete", lambda url: delete_item(url, STARK)),
    then("ctrl+s", LOST),
    press("question.recreate", "r", cursor("Stark"), gone=LOST),
    then("k", cursor("Wayne")),
    outside("another's change", lambda url: change_item(url, WAYNE, {"phone": "5550133"})),
    then("#", "Delete DEAL-39"),
    then("y", "DEAL-39 not deleted"),
    then("g c", SPARED),
    press("question.close", "escape", gone=SPARED),
    then("g c", SPARED),
    press("question.keep", "k", "kept: the item stays", gone=SPARED),
    outside("another's change", lambda url: change_item(url, WAYNE, {"phone": "5550144"})),
    then("#", "Delete DEAL-39"),
    then("y", "DEAL-39 not deleted"),
    then("g c", SPARED),
    *anywhere("question", SPARED),
    press("question.drop", "d", gone="Wayne|DEAL-39"),
)

REFUSED: tuple[Step, ...] = (
    then("G", cursor("Stark")),
    outside("a rule", lambda url: allow_delete(url, allow=False)),
    then("#", "Delete DEAL-40"),
    then("y", "DEAL-40 not deleted"),
    then("k", gone="DEAL-40 not deleted"),
    then("G", cursor("Stark")),
    outside("no rule", lambda url: allow_delete(url, allow=True)),
    choose("item.retry", "Send again", gone="Stark"),
)

WAITS = "Needs you: 1"
ASKED = "Drop this change"

OUTBOX: tuple[Step, ...] = (
    then("G", cursor("Stark")),
    outside("a rule", lambda url: allow_delete(url, allow=False)),
    then("#", "Delete DEAL-40"),
    then("y", "DEAL-40 not deleted"),
    then("k", gone="DEAL-40 not deleted"),
    press("outbox.open", "g q", WAITS),
    press("outbox.drop", "ctrl+x", ASKED),
    then("n", gone=ASKED),
    press("outbox.drop", "delete", ASKED),
    then("n", gone=ASKED),
    press("outbox.settle", "ctrl+e", "Not saved"),
    write("zz", "zz"),
    then("escape", gone="Edit DEAL-40"),
    choose("draft.list", "Drafts", "zz"),
    then("escape", gone="zz"),
    then("g q", WAITS),
    outside("no rule", lambda url: allow_delete(url, allow=True)),
    press("outbox.retry", "ctrl+r", "Nothing waits any more", gone=WAITS),
    *anywhere("outbox", "Nothing waits any more", text=True),
    then("escape", gone="Nothing waits any more"),
    then("L", "moved to Qualified"),
    press("history.open", "g h", "what you did"),
)

SCENES = (
    Scene("a conflict", CONFLICT, two_items),
    Scene("a question", QUESTION, two_items),
    Scene("a refusal", REFUSED, two_items),
    Scene("what waits", OUTBOX, two_items),
)
