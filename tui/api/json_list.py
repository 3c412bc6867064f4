"""A JSON list decoded while it arrives, so that no answer, however long, holds the interpreter."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from json import JSONDecodeError
from typing import Any

from tui.api.json_text import decode_at

PAGE = 200
"""Elements handed out at a time; only the last batch is smaller."""
LONGEST = 1024 * 1024
"""Characters of one element, at most."""
SLICE = 64 * 1024
"""Bytes to feed at a time: about a millisecond."""
_SPACE = re.compile(r"[ \t\r\n]*")


class ListDecoder:
    """Decodes one list piece by piece: the whole text, or one member of a top-level object.

    Wrong JSON raises ValueError, from `feed` where it is certain and from `finish` where it may only have been cut off.
    """

    def __init__(self, member: str | None = None) -> None:
        self.rest: dict[str, Any] = {}
        """The object's other members; complete after `finish`."""
        self._member = member
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")("strict")
        self._text = ""
        self._at = 0
        self._enough = 1  # characters to have before the next try: doubles, so that a long element costs linear time
        self._take = self._start
        self._batch: list[Any] = []
        self._found = member is None
        self._ended = False

    def feed(self, data: bytes) -> Iterator[list[Any]]:
        """Full batches of PAGE elements, as far as `data` completes them."""
        self._text = self._text[self._at :] + self._utf8.decode(data)
        self._at = 0
        if len(self._text) >= self._enough:
            yield from self._elements(final=False)

    def finish(self) -> Iterator[list[Any]]:
        """The last elements."""
        self._utf8.decode(b"", final=True)
        yield from self._elements(final=True)
        if not self._ended:
            raise ValueError("the answer ends in the middle")
        if not self._found:
            raise ValueError(f"there is no list {self._member!r}")

    def _elements(self, *, final: bool) -> Iterator[list[Any]]:
        self._enough = 1
        while self._next_mark():
            if self._ended:
                raise ValueError("there is text after the end")
            if not self._take(final):
                self._wait_for_more()
                break
            if len(self._batch) == PAGE:
                yield self._batch
                self._batch = []
        if final and self._batch:
            yield self._batch

    def _wait_for_more(self) -> None:
        incomplete = len(self._text) - self._at
        if incomplete > LONGEST:
            raise ValueError("one element is larger than 1 MB, or not JSON")
        self._enough = 2 * incomplete

    # Each state takes a mark, a name or elements and names the next state. It returns False, with the
    # rest untouched, when the text so far does not hold the next one whole.

    def _start(self, final: bool) -> bool:
        del final
        self._expect("[" if self._member is None else "{")
        self._take = self._first_element if self._member is None else self._first_name
        return True

    def _first_element(self, final: bool) -> bool:
        if self._next_mark() == "]":
            return self._close_list()
        return self._element(final)

    def _element(self, final: bool) -> bool:
        self._adjoining()
        if len(self._batch) == PAGE:
            return True
        start = self._at
        ready, value = self._value(",]", final)
        if not ready:
            self._at = start
            return False
        self._batch.append(value)
        if self._text[self._at] == "]":
            return self._close_list()
        self._at += 1
        self._take = self._element
        return True

    def _adjoining(self) -> None:
        """Take elements as long as a comma, or a comma and a space, parts them: the fast way."""
        text, at, batch = self._text, self._at, self._batch
        try:
            while len(batch) < PAGE:
                value, end = decode_at(text, at)
                if text[end : end + 1] != ",":
                    break
                batch.append(value)
                at = end + 2 if text[end + 1 : end + 2] == " " else end + 1
        except JSONDecodeError:
            pass  # cut off, wrong, or other space: told apart by whoever looks next
        if at != self._at:
            self._at, self._take = at, self._element

    def _close_list(self) -> bool:
        self._at += 1
        if self._member is None:
            self._ended = True
        self._take = self._after_member
        return True

    def _first_name(self, final: bool) -> bool:
        return self._after_member(final) if self._next_mark() == "}" else self._name(final)

    def _name(self, final: bool) -> bool:
        start = self._at
        ready, name = self._value(":", final)
        if ready:
            self._at += 1
            if name == self._member and self._next_mark() == "[":
                self._at += 1
                self._take, self._found = self._first_element, True
                return True
            ready, value = self._value(",}", final)
        if not ready:
            self._at = start
            return False
        self.rest[name] = value
        self._take = self._after_member
        return True

    def _after_member(self, final: bool) -> bool:
        del final
        if self._next_mark() == "}":
            self._at += 1
            self._ended = True
        else:
            self._expect(",")
            self._take = self._name
        return True

    def _value(self, closers: str, final: bool) -> tuple[bool, Any]:
        """A value and whether it is whole: only the mark behind it says that a number does not go on."""
        self._next_mark()
        try:
            value, self._at = decode_at(self._text, self._at)
        except JSONDecodeError:
            if final:
                raise
            return False, None
        mark = self._next_mark()
        if mark and mark in closers:
            return True, value
        if final:
            raise ValueError(f"{mark!r} where one of {closers} belongs")
        return False, None

    def _expect(self, wanted: str) -> None:
        mark = self._next_mark()
        if mark != wanted:
            raise ValueError(f"{mark!r} where {wanted} belongs")
        self._at += 1

    def _next_mark(self) -> str:
        """The next character that is not space, or nothing; `_at` is then on it."""
        space = _SPACE.match(self._text, self._at)
        self._at = space.end() if space else self._at
        return self._text[self._at : self._at + 1]
