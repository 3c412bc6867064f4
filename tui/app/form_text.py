"""Values as the text a person types into an editor, and back, without changing what was not touched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from tui.domain import values
from tui.domain.model import Field
from tui.domain.record import Value
from tui.domain.text import fold, visible
from tui.errors import Invalid

_SIGNS = {code: chr(0x2400 + code) for code in range(0x20)} | {
    0x7F: "\N{SYMBOL FOR DELETE}",
    0x85: "\N{SYMBOL FOR NEWLINE}",
    0x2028: "\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}",
    0x2029: "\N{PILCROW SIGN}",
}
"""Signs for characters that an editor would take for line ends or drop: one each, so that there is a way back."""
_LINE_SIGNS = {code: sign for code, sign in _SIGNS.items() if chr(code) not in "\n\t"}

NEEDED = "This must be filled in."


class Option(Struct, frozen=True):
    """A choice: what is kept as text, and what is shown."""

    text: str
    label: str


def text_of(value: Value, field: Field) -> str:
    """The text an editor shows for a value."""
    text = values.edit_text(value, field)
    if field.kind == "long_text":
        return text.replace("\r\n", "\n").translate(_LINE_SIGNS)
    return text.translate(_SIGNS)


def value_from(text: str, field: Field, base: Value, today: date) -> Value:
    """What an editor's text means for a field that held `base`. Raises `Invalid` with a sentence."""
    if field.kind == "select":
        text = chosen(text, [Option(option, option) for option in field.options]) or text
    try:
        return values.parse(_with_controls(text, base, field), field, today=today)
    except Invalid as problem:
        raise Invalid(problem.fields.get(field.name, problem.message)) from problem


def chosen(text: str, options: Sequence[Option]) -> str | None:
    """The one option a text means: by its own text, else by its label, else by the only label it begins."""
    if any(option.text == text for option in options):
        return text
    wanted = fold(text.strip())
    if not wanted:
        return None
    same = [option.text for option in options if fold(option.label) == wanted]
    begun = [option.text for option in options if fold(option.label).startswith(wanted)]
    return next((found[0] for found in (same, begun) if len(found) == 1), None)


def pick_from(text: str, options: Sequence[Option], what: str) -> str:
    """The option that `text` means. Raises `Invalid` when it means none or several."""
    found = chosen(text, options)
    if found is not None:
        return found
    if not text.strip():
        raise Invalid(NEEDED)
    begun = [option.label for option in options if fold(option.label).startswith(fold(text.strip()))]
    if len(begun) > 1:
        raise Invalid(f"“{visible(text)}” may be {visible(begun[0])} or {visible(begun[1])}: type more of it.")
    raise Invalid(f"There is no {what} “{visible(text)}”.")


def _with_controls(text: str, base: Value, field: Field) -> str:
    """The text with the control characters and line ends that its base had and an editor cannot hold."""
    if not isinstance(base, str):
        return text
    back = {ord(sign): chr(code) for code, sign in _SIGNS.items() if chr(code) in base and sign not in base}
    text = text.translate(back)
    return text.replace("\n", "\r\n") if field.kind == "long_text" and "\r\n" in base else text
