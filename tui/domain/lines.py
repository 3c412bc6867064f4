"""Long texts merged by line: what both sides changed in different places is kept from both."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import chain, pairwise

from msgspec import Struct

_PAIRS = 2_500
"""Pairs of lines that may be compared one by one; a larger stretch of repeated lines counts as rewritten."""
_DEPTH = 12


class Hunk(Struct, frozen=True):
    """Base lines `start` to `stop` (excluded) that one side replaced by `lines`."""

    start: int
    stop: int
    lines: tuple[str, ...]


def merge_lines(base: str, mine: str, theirs: str) -> str | None:
    """Both sides' changes in one text, or None when they touch the same lines differently.

    Bounded for hostile texts too: 64 KiB on every side take 5 to 60 ms.
    """
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    merged = _merged(_lines(base), _lines(mine), _lines(theirs), keep_both=False)
    return None if merged is None else "\n".join(merged)


def keep_both(base: str, mine: str, theirs: str) -> str:
    """As `merge_lines`; where both sides touch the same lines, theirs and then mine."""
    merged = _merged(_lines(base), _lines(mine), _lines(theirs), keep_both=True)
    return "\n".join(merged or ())


def line_counts(base: str, other: str) -> tuple[int, int]:
    """How many lines `other` added to and removed from `base`; an empty text has no lines."""
    found = hunks(_lines(base), _lines(other))
    return sum(len(hunk.lines) for hunk in found), sum(hunk.stop - hunk.start for hunk in found)


def hunks(base: Sequence[str], other: Sequence[str]) -> list[Hunk]:
    """What turns the lines of `base` into those of `other`, in order, never touching one another."""
    found = []
    at, other_at = 0, 0
    for start, other_start, size in [*_matches(base, other), (len(base), len(other), 0)]:
        if start > at or other_start > other_at:
            found.append(Hunk(at, start, tuple(other[other_at:other_start])))
        at, other_at = start + size, other_start + size
    return found


def _lines(text: str) -> list[str]:
    # An empty text has no lines, rather than one: clearing a text and adding to its end then merge cleanly.
    return text.split("\n") if text else []


class _Spot(Struct):
    """Base lines that a side changed, or both, and each side's hunks there."""

    start: int
    stop: int
    mine: list[Hunk]
    theirs: list[Hunk]


def _merged(base: list[str], mine: list[str], theirs: list[str], *, keep_both: bool) -> list[str] | None:
    """The lines of all three; None when a spot is changed by both sides differently and both may not be kept."""
    built: list[str] = []
    at = 0
    for spot in _spots(hunks(base, mine), hunks(base, theirs)):
        built += base[at : spot.start]
        at = spot.stop
        versions = [_version(base, spot, side) for side in (spot.theirs, spot.mine) if side]
        if len(versions) == 2 and versions[0] == versions[1]:
            versions.pop()
        if len(versions) == 2 and not keep_both:
            return None
        built += chain.from_iterable(versions)
    return built + base[at:]


def _spots(mine: list[Hunk], theirs: list[Hunk]) -> list[_Spot]:
    """The hunks of both sides in order, those that meet put together."""
    sides = [(hunk, True) for hunk in mine] + [(hunk, False) for hunk in theirs]
    spots: list[_Spot] = []
    for hunk, is_mine in sorted(sides, key=lambda side: (side[0].start, side[0].stop)):
        last = spots[-1] if spots else None
        if last is None or not (hunk.start < last.stop or (hunk.start, hunk.stop) == (last.start, last.stop)):
            last = _Spot(hunk.start, hunk.stop, [], [])
            spots.append(last)
        last.stop = max(last.stop, hunk.stop)
        (last.mine if is_mine else last.theirs).append(hunk)
    return spots


def _version(base: list[str], spot: _Spot, side: list[Hunk]) -> list[str]:
    """What one side made of a spot."""
    built: list[str] = []
    at = spot.start
    for hunk in side:
        built += [*base[at : hunk.start], *hunk.lines]
        at = hunk.stop
    return built + base[at : spot.stop]


def _matches(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int, int]]:
    """Stretches (start in a, start in b, size) that are the same, in order and maximal.

    Lines that occur once on each side are anchors; only what lies between anchors is searched further, so
    the cost stays near that of sorting the lines.
    """
    found: list[tuple[int, int, int]] = []
    todo = [(0, len(a), 0, len(b), 0)]
    while todo:
        a_lo, a_hi, b_lo, b_hi, depth = todo.pop()
        most = min(a_hi - a_lo, b_hi - b_lo)
        head = next((n for n in range(most) if a[a_lo + n] != b[b_lo + n]), most)
        a_lo, b_lo = a_lo + head, b_lo + head
        most -= head
        tail = next((n for n in range(most) if a[a_hi - 1 - n] != b[b_hi - 1 - n]), most)
        a_hi, b_hi = a_hi - tail, b_hi - tail
        found += [(a_lo - head, b_lo - head, head), (a_hi, b_hi, tail)]
        left, right = a[a_lo:a_hi], b[b_lo:b_hi]
        if set(left).isdisjoint(right):
            continue
        anchors = _anchors(left, right) if depth < _DEPTH else []
        if anchors:
            found += [(a_lo + i, b_lo + j, 1) for i, j in anchors]
            for (i, j), (i_next, j_next) in pairwise([(-1, -1), *anchors, (len(left), len(right))]):
                if i + 1 < i_next and j + 1 < j_next:
                    todo.append((a_lo + i + 1, a_lo + i_next, b_lo + j + 1, b_lo + j_next, depth + 1))
        elif len(left) * len(right) <= _PAIRS:
            blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
            found += [(a_lo + i, b_lo + j, size) for i, j, size in blocks]
    return _joined(sorted(found))


def _anchors(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """The longest rising run of lines that occur exactly once in both stretches."""
    left_count, right_count = Counter(left), Counter(right)
    places = {line: at for at, line in enumerate(right) if right_count[line] == 1}
    return _longest_rise(
        [(at, places[line]) for at, line in enumerate(left) if line in places and left_count[line] == 1]
    )


def _longest_rise(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence of `pairs` whose second places rise, by patience sorting."""
    tops: list[int] = []
    piles: list[int] = []
    below: list[int] = []
    for at, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        below.append(piles[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(place)
            piles.append(at)
        else:
            tops[pile], piles[pile] = place, at
    run = []
    at = piles[-1] if piles else -1
    while at >= 0:
        run.append(pairs[at])
        at = below[at]
    return run[::-1]


def _joined(found: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Blocks in order, those that follow one another made one."""
    blocks: list[tuple[int, int, int]] = []
    for start, other, size in found:
        if blocks and (blocks[-1][0] + blocks[-1][2], blocks[-1][1] + blocks[-1][2]) == (start, other):
            blocks[-1] = (blocks[-1][0], blocks[-1][1], blocks[-1][2] + size)
        elif size:
            blocks.append((start, other, size))
    return blocks
