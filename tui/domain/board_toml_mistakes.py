"""What the TOML reader says of a mistake, in the words of someone who has never heard of TOML."""

from __future__ import annotations

import re
from tomllib import TOMLDecodeError

_AT_END = "(at end of document)"
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_WORDS = {
    "Invalid value": 'a value is missing or not one; a text stands in quotes, like name = "Sales"',
    "Invalid statement": 'this is neither a line like name = "Sales" nor a head like [[columns]]',
    "Expected '='": "“=” is missing after a name",
    "Expected ']": "a head is not closed; it is written [duplicates], [[columns]] or [[fields]]",
    "Expected newline": "something follows the value; write one name = value a line",
    "Unterminated string": "a quote is not closed",
    "Illegal character": "a quote is not closed",
    "Unclosed array": "a “[” is not closed",
    "Unclosed inline table": "a “{” is not closed",
    "Unescaped": "a backslash in quotes is written twice",
    "Invalid initial": "a name is missing, or begins with a sign that no name has",
    "Cannot ": "a name is there twice",
    "Duplicate inline": "a name is there twice",
}
"""By how the reader's own sentence begins."""


def plainly(error: TOMLDecodeError) -> str:
    """A sentence with the place first: ``Line 3, column 8: a quote is not closed.``"""
    said = str(error)
    what = next((words for begin, words in _WORDS.items() if said.startswith(begin)), "this cannot be read")
    if place := _PLACE.search(said):
        return f"Line {place[1]}, column {place[2]}: {what}."
    return f"At the end: {what}." if said.endswith(_AT_END) else f"{what[0].upper()}{what[1:]}."
