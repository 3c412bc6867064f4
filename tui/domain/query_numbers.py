"""Numbers in a filter, whose commas may part thousands or values."""

from __future__ import annotations

import re

from msgspec.structs import replace

from tui.domain.query_syntax import Operand, Test

_FIRST = re.compile(r"[^\d.]*\d{1,3}", re.ASCII)
_GROUP = re.compile(r"\d{3}", re.ASCII)
_LAST = re.compile(r"\d{3}(?:\.\d*)?[^\d.]*", re.ASCII)


def with_thousands(test: Test) -> Test:
    """`test` with ``20,000`` read as one number: groups of three digits with nothing between them but commas."""
    operands = test.operands
    if len(operands) < 2 or any(operand.quoted for operand in operands):
        return test
    first, *groups, last = operands
    is_one = (
        _FIRST.fullmatch(first.text) and all(_GROUP.fullmatch(o.text) for o in groups) and _LAST.fullmatch(last.text)
    )
    if not is_one or not all(map(_touch, operands, operands[1:])):
        return test
    return replace(test, operands=(Operand(",".join(o.text for o in operands), first.at),))


def _touch(one: Operand, other: Operand) -> bool:
    return other.at == one.at + len(one.text) + 1
