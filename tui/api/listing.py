"""A long list on its way in: decoded a batch at a time, the loop free between batches."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tui.api.json_list import SLICE, ListDecoder
from tui.api.json_text import loads
from tui.api.problems import Answer, describe_body
from tui.errors import Garbled

LONGEST_LIST = 256 * 1024 * 1024
"""Bytes of a list, all of its pieces together."""
ONE_GO = 512 * 1024
"""Bytes that are decoded at once: a few milliseconds, and a third faster than piece by piece."""
_NEXT = re.compile(r"<([^<>]*)>\s*;[^,<]*\brel=\"?next\"?")


class Listing:
    """The head of an answer, and its list in batches of at most 200 decoded elements."""

    def __init__(self, head: Answer, chunks: AsyncGenerator[bytes], member: str | None) -> None:
        self.head = head
        self._chunks = chunks
        self._member = member
        self._decoder = ListDecoder(member)
        self._rest: dict[str, Any] | None = None

    @property
    def rest(self) -> Mapping[str, Any]:
        """The members beside the list; complete after the last batch."""
        return self._decoder.rest if self._rest is None else self._rest

    @property
    def unchanged(self) -> bool:
        """Whether the server says that nothing has changed, and shows nothing."""
        return self.head.status == 304

    @property
    def next(self) -> dict[str, str] | None:
        """Query parameters of the next page, from the Link header.

        Only the query is taken: a link cannot lead to another host or route.
        """
        match = _NEXT.search(self.head.headers.get("link", ""))
        return dict(parse_qsl(urlsplit(match[1]).query)) if match else None

    async def batches(self) -> AsyncGenerator[list[Any]]:
        """The list's elements. Raises `Garbled` for anything that is not such a list."""
        begun = b""
        try:
            async with aclosing(self._chunks) as chunks:
                async for chunk in chunks:
                    begun = begun or chunk
                    for start in range(0, len(chunk), SLICE):
                        for batch in self._decoder.feed(chunk[start : start + SLICE]):
                            yield batch
                        await asyncio.sleep(0)
            for batch in self._decoder.finish():
                yield batch
        except ValueError as error:
            answer = Answer(self.head.status, self.head.headers, begun)
            raise Garbled(f"{describe_body(answer)} ({error})") from None

    async def all(self) -> list[Any]:
        """Every element: for lists that are pages or known to be short."""
        begun, whole = await self._begin()
        if whole:
            elements = _in_one_go(begun, self._member)
            if elements is not None:
                found, self._rest = elements
                return found
        self._chunks = _resumed(begun, self._chunks)
        async with aclosing(self.batches()) as batches:
            return [element async for batch in batches for element in batch]

    async def _begin(self) -> tuple[bytes, bool]:
        """What comes first, and whether that is everything: not much more than ONE_GO."""
        begun = bytearray()
        async for chunk in self._chunks:
            begun += chunk
            if len(begun) > ONE_GO:
                return bytes(begun), False
        return bytes(begun), True


def _in_one_go(data: bytes, member: str | None) -> tuple[list[Any], dict[str, Any]] | None:
    """The elements and the members beside them; None for anything else, which the piecewise way then names."""
    try:
        value = loads(data)
    except ValueError:
        return None
    rest: dict[str, Any] = {}
    if member is not None and isinstance(value, dict):
        rest = value
        value = rest.pop(member, None)
    return (value, rest) if isinstance(value, list) else None


async def _resumed(begun: bytes, chunks: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    async with aclosing(chunks):
        yield begun
        async for chunk in chunks:
            yield chunk
