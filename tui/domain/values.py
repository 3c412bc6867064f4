"""Field kinds: how a value is typed, edited, shown and checked.

Texts that these functions return hold what a server or a person wrote, uncleaned; the drawing makes it visible.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches

from tui.domain import money, sets
from tui.domain.check import check
from tui.domain.dates import parse_date
from tui.domain.model import Field, Kind
from tui.domain.order import compare, sort_key
from tui.domain.record import Value
from tui.domain.text import fold
from tui.errors import Invalid

__all__ = ["check", "compare", "edit_text", "empty", "parse", "show", "show_short", "sort_key"]

YES = ("yes", "y", "true", "on", "1", "x", "✓")
NO = ("no", "n", "false", "off", "0", "-", "✗")


def parse(text: str, field: Field, *, today: date) -> Value:
    """The value a person typed into `field`; an empty text is the empty value.

    Raises Invalid, naming the field, when the text is not of the field's kind or breaks one of its rules.
    """
    try:
        value = _read(text, field, today)
        breach = check(value, field)
    except Invalid as invalid:
        breach = invalid.message
    if breach:
        raise Invalid(f"{field.label or field.name}: {breach}", {field.name: breach})
    return value


def edit_text(value: Value, field: Field) -> str:  # noqa: ARG001 - a kind may come to need its field
    """A value as an editor holds it; parsing it gives the value back."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return sets.join(value)
    if isinstance(value, int | Decimal):
        return money.number_text(value)
    return _day(value) if isinstance(value, date) else value


def show(value: Value, field: Field) -> str:
    """A value for people, whole: ``$15,000``, ``2026-03-14``, ``yes``, ``hot, emea``; empty for the empty value."""
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        if field.kind == "currency":
            return money.show_money(value, field.currency)
        return money.show_number(value) + ("%" if field.weight else "")
    return edit_text(value, field)


def show_short(value: Value, field: Field, room: int = 0) -> str:
    """A value where there is little room: amounts rounded to the digits that fit (``$1.2M``), others as `show`."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and not field.weight:
        currency = field.currency if field.kind == "currency" else None
        fine = money.show_short(value, currency, finer=True)
        return fine if len(fine) <= room else money.show_short(value, currency)
    return show(value, field)


def empty(kind: Kind) -> Value:
    """The value of a field nobody filled in."""
    return () if kind == "multi_select" else None


def _read(text: str, field: Field, today: date) -> Value:
    """The value a text means, not checked against the field's rules."""
    if field.kind in ("text", "long_text"):
        return text or None
    words = text.strip()
    if not words:
        return empty(field.kind)
    match field.kind:
        case "number" | "currency":
            number = words.removesuffix("%") if field.weight else words
            return money.parse_number(number, field.currency if field.kind == "currency" else None)
        case "date":
            return parse_date(words, today)
        case "select":
            return _option(words, field)
        case "multi_select":
            return tuple(sorted({_option(member, field) for member in sets.split(words)}))
        case "checkbox":
            return _yes_or_no(words)
        case _:
            return words


def _option(word: str, field: Field) -> str:
    """The choice a word names, whatever its case."""
    if not field.options or word in field.options:
        return word
    folded = fold(word)
    found = [option for option in field.options if fold(option) == folded]
    if len(found) == 1:
        return found[0]
    close = get_close_matches(folded[:64], {fold(option): option for option in field.options}, n=1)
    hint = next((f" Did you mean {option}?" for option in field.options if close and fold(option) == close[0]), "")
    choices = ", ".join(field.options[:12]) + (", …" if len(field.options) > 12 else "")
    raise Invalid(f"“{word[:40]}” is not a choice; take one of: {choices}.{hint}")


def _yes_or_no(word: str) -> bool:
    folded = fold(word)
    if folded in YES or folded in NO:
        return folded in YES
    raise Invalid(f"“{word[:40]}” is neither yes nor no.")


def _day(value: date) -> str:
    return value.date().isoformat() if isinstance(value, datetime) else value.isoformat()
