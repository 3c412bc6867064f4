"""A long list on its way in: decoded a batch at a time, the loop free between batches."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tui.api.json_list import SLICE, ListDecoder
from tui.api.problems import Answer, describe_body
from tui.errors import Garbled

LONGEST_LIST = 256 * 1024 * 1024
"""Bytes of a list, all of its pieces together."""
_NEXT = re.compile(r"<([^<>]*)>\s*;[^,<]*\brel=\"?next\"?")


class Listing:
    """The head of an answer, and its list in batches of at most 200 decoded elements."""

    def __init__(self, head: Answer, chunks: AsyncGenerator[bytes], member: str | None) -> None:
        self.head = head
        self._chunks = chunks
        self._decoder = ListDecoder(member)

    @property
    def rest(self) -> Mapping[str, Any]:
        """The members beside the list; complete after the last batch."""
        return self._decoder.rest

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
        async with aclosing(self.batches()) as batches:
            return [element async for batch in batches for element in batch]
