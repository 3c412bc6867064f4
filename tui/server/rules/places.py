"""Sets of items as the word index keeps them: serials in blocks, each block a number with a bit an item.

A serial's block is its quotient by `BLOCK`, its bit the remainder. Packed, a block of few bits is their places, two
bytes each; any other is the bits themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import pack, unpack

BLOCK = 2048
_WHOLE = BLOCK // 8
_FEW = 24


def packed(bits: int) -> bytes:
    """A block as it is stored."""
    count = bits.bit_count()
    if count == 1:
        return (bits.bit_length() - 1).to_bytes(2, "little")
    if count > _FEW:
        return bits.to_bytes(_WHOLE, "little")
    return pack(f"<{count}H", *places_of(bits))


def unpacked(places: bytes) -> int:
    """The block that `packed` stored."""
    if len(places) == 2:
        return 1 << int.from_bytes(places, "little")
    if len(places) == _WHOLE:
        return int.from_bytes(places, "little")
    bits = 0
    for place in unpack(f"<{len(places) // 2}H", places):
        bits |= 1 << place
    return bits


def places_of(bits: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def blocks_of(bits: int, start: int) -> Iterator[tuple[int, int]]:
    """(block, bits) of a run of serials whose first one is `start`."""
    block, shift = divmod(start, BLOCK)
    bits <<= shift
    while bits:
        part = bits & (1 << BLOCK) - 1
        if part:
            yield block, part
        bits >>= BLOCK
        block += 1
