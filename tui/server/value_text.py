"""Field values as text and back, without loss; for wire formats and filters that know nothing but text.

A number is its shortest exact form (``25000``, ``0.5``), a date ``2026-11-02``, a checkbox ``true`` or ``false``,
the choices of a multi-select a JSON list (``["apac","emea"]``, because a choice may hold a comma); text is itself.
"""

from __future__ import annotations

import re
from decimal import Decimal

from tui.domain.model import Kind
from tui.server.json_text import NotJson, dumps, loads, number
from tui.server.values import NUMBERS, Value

_NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?", re.ASCII)
_FLAGS = {"true": True, "false": False}


def text_of(value: Value) -> str:
    """A stored value as text; "" when unset."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return dumps(value)
    return number(Decimal(value))


def number_in(text: str) -> Decimal | None:
    """The number that a text is, if it is one."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def choices_in(text: str) -> list[object]:
    """The choices in the text of a multi-select: a JSON list, or one choice by itself."""
    if text.startswith("["):
        try:
            read = loads(text.encode())
        except NotJson:
            return [text]
        if isinstance(read, list):
            return read
    return [text] if text else []


def read_as(kind: Kind, value: object) -> object:
    """The JSON value that a field of that kind takes for `value`; what it cannot be read as stays as it is."""
    if not isinstance(value, str):
        return value
    if kind in NUMBERS:
        read = number_in(value)
        return value if read is None else read
    if kind == "checkbox":
        return _FLAGS.get(value, value)
    return choices_in(value) if kind == "multi_select" else value


def read_like(held: Value, value: object) -> object:
    """`value` in the type of what is held already, where no blueprint says what it should be."""
    if isinstance(held, bool):
        return read_as("checkbox", value)
    if isinstance(held, int | Decimal):
        return read_as("number", value)
    if isinstance(held, tuple) and isinstance(value, str) and value.startswith("["):
        return choices_in(value)
    return value
