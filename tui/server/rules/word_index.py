"""The word index: for every word of a board's items, and for its beginnings, the items that hold it.

It is written in the transaction of the item it is about, under the board's lock. What a search looks up:

    word          kept as             found by
    a             a                   "a"
    acme          a  acm  =acme       "a"; "ac", "acm" among the beginnings; "acme", "acme…" among the whole words

so that even one letter reads a row a block, however many words begin with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, TypeAlias

from sqlalchemy import and_, bindparam, delete, insert, select, update

from tui.server.json_text import dumps, loads_stored
from tui.server.rules.places import BLOCK, blocks_of, packed, unpacked
from tui.server.stored import Stored
from tui.server.tables import words
from tui.server.text import words_in
from tui.server.unit import Unit

MOST_WORDS = 1000
"""An item is found by its first so many words."""
LONGEST_WORD = 64
"""Characters of a word that count."""
LONGEST_BEGINNING = 3
_SLICE = 400

Words: TypeAlias = frozenset[str]
Postings: TypeAlias = Mapping[bytes, int]
"""Key in the index to the items that have it, a bit each."""
NO_WORDS: Words = frozenset()


def item_words(key: str, name: str, values: Mapping[str, Any]) -> Words:
    """The words by which an item is found: those of its key, name and values."""
    parts = [key, name]
    for value in values.values():
        if value is None or isinstance(value, bool):
            continue
        if isinstance(value, str):
            parts.append(value)
        elif isinstance(value, tuple | list):
            parts.extend(value)
        else:
            parts.append(dumps(value))
    plain = [part for part in parts if part.isascii()]  # together, and apart from what takes ten times as long
    found = [word for part in parts if not part.isascii() for word in words_in(part)]
    found += words_in("\n".join(plain))
    return frozenset(found if len(found) <= MOST_WORDS else islice(dict.fromkeys(found), MOST_WORDS))


def stored_words(item: Stored) -> Words:
    """The words by which a stored item is found, which are none when it is deleted."""
    if item.deleted_at is not None:
        return NO_WORDS
    return item_words(item.key, item.name, loads_stored(item.fields))


def bounds_of(word: str) -> tuple[bytes, bytes]:
    """The first and last key that a search for `word` looks at; they are the same when one key is enough."""
    key = word[:LONGEST_WORD].encode()
    if len(word) > LONGEST_BEGINNING:
        key = b"=" + key
    elif len(word) != 2:
        return key, key
    return key, key + b"\xff"  # no UTF-8 text has this byte


def postings_of(each: Sequence[Words]) -> Postings:
    """What a run of items has in the index; the first item is the lowest bit."""
    of_words: defaultdict[str, list[int]] = defaultdict(list)
    for place, held in enumerate(each):
        bit = 1 << place
        for word in held:
            of_words[word].append(bit)
    postings: defaultdict[str, int] = defaultdict(int)
    for word, parts in of_words.items():
        bits = sum(parts)  # each bit is there once, so this is "or", without a loop
        postings[word[:1]] |= bits
        postings[word[:LONGEST_BEGINNING]] |= bits
        if len(word) > LONGEST_BEGINNING:
            postings["=" + word[:LONGEST_WORD]] |= bits
    return {key.encode(): bits for key, bits in postings.items()}


def _keys_of(held: Words) -> set[bytes]:
    """What one item has in the index."""
    keys = {word[:1] for word in held} | {word[:LONGEST_BEGINNING] for word in held}
    keys |= {"=" + word[:LONGEST_WORD] for word in held if len(word) > LONGEST_BEGINNING}
    return {key.encode() for key in keys}


def rows_of(board_id: str, postings: Postings, start: int) -> list[tuple[str, bytes, int, bytes]]:
    """Rows of `words` for a run of new items whose first has the serial `start`, in the table's order.

    Right as they are only when their blocks hold nothing yet.
    """
    return [
        (board_id, key, block, packed(bits))
        for key, whole in sorted(postings.items())
        for block, bits in blocks_of(whole, start)
    ]


def add(unit: Unit, board_id: str, postings: Postings, start: int) -> None:
    """Enter a run of items whose first has the serial `start`."""
    _apply(unit, board_id, _by_block(postings, start), {})


def reindex(unit: Unit, board_id: str, edits: Iterable[tuple[int, Words, Words]]) -> None:
    """Bring items up to date; each is a serial with the words it was found by and those it is found by now."""
    added: dict[int, dict[bytes, int]] = {}
    removed: dict[int, dict[bytes, int]] = {}
    for serial, before, after in edits:
        if before == after:
            continue
        block, place = divmod(serial, BLOCK)
        old, new = _keys_of(before), _keys_of(after)
        for keys, into in ((new - old, added), (old - new, removed)):
            held = into.setdefault(block, {})
            for key in keys:
                held[key] = held.get(key, 0) | 1 << place
    _apply(unit, board_id, added, removed)


_Blocks: TypeAlias = Mapping[int, Mapping[bytes, int]]


def _by_block(postings: Postings, start: int) -> _Blocks:
    blocks: dict[int, dict[bytes, int]] = {}
    for key, whole in postings.items():
        for block, bits in blocks_of(whole, start):
            blocks.setdefault(block, {})[key] = bits
    return blocks


def _apply(unit: Unit, board_id: str, added: _Blocks, removed: _Blocks) -> None:
    for block in sorted({*added, *removed}):
        more, less = added.get(block, {}), removed.get(block, {})
        keys = iter(sorted({*more, *less}))
        while part := list(islice(keys, _SLICE)):
            held = _held(unit, board_id, block, part)
            kept = {key: held.get(key, 0) & ~less.get(key, 0) | more.get(key, 0) for key in part}
            _store(unit, board_id, block, held, kept)


def _held(unit: Unit, board_id: str, block: int, keys: list[bytes]) -> dict[bytes, int]:
    rows = unit.connection.execute(_HELD, {"board_id": board_id, "block": block, "keys": keys})
    return {bytes(key): unpacked(places) for key, places in rows}


def _store(unit: Unit, board_id: str, block: int, held: Postings, kept: Postings) -> None:
    same: dict[str, Any] = {"at_board": board_id, "at_block": block}
    new = [
        {"board_id": board_id, "word": key, "block": block, "places": packed(bits)}
        for key, bits in kept.items()
        if bits and key not in held
    ]
    changed = [
        {**same, "at_word": key, "places": packed(bits)}
        for key, bits in kept.items()
        if bits and key in held and bits != held[key]
    ]
    gone = [{**same, "at_word": key} for key, bits in kept.items() if not bits and key in held]
    for statement, rows in ((_INSERT, new), (_UPDATE, changed), (_DELETE, gone)):
        if rows:
            unit.connection.execute(statement, rows)


_AT = and_(
    words.c.board_id == bindparam("at_board"),
    words.c.word == bindparam("at_word"),
    words.c.block == bindparam("at_block"),
)
_INSERT, _UPDATE, _DELETE = insert(words), update(words).where(_AT), delete(words).where(_AT)
_HELD = select(words.c.word, words.c.places).where(
    words.c.board_id == bindparam("board_id"),
    words.c.block == bindparam("block"),
    words.c.word.in_(bindparam("keys", expanding=True)),
)
