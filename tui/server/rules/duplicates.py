"""Items that resemble a draft, by their board's rule: any one field that matches is enough."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import SequenceMatcher
from hashlib import sha256

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, insert, or_, select, update

from tui.server.blueprint import Blueprint
from tui.server.json_text import dumps, loads_stored
from tui.server.refusals import Match
from tui.server.rules.contents import Content, Draft, Values, values_of
from tui.server.rules.live import slices
from tui.server.stored import COLUMNS, fetch
from tui.server.tables import boards, items, matches
from tui.server.text import fold
from tui.server.unit import Unit
from tui.server.values import Unfit

SIMILAR = 0.85
"""Least ratio of a fuzzy match."""
MOST_MATCHES = 20
_MOST_CANDIDATES = 500
_LONGEST_COMPARED = 300


def find(unit: Unit, blueprint: Blueprint, content: Content, exclude: str | None = None) -> tuple[Match, ...]:
    """The items that match, best first, at most 20; empty values match nothing."""
    found: dict[str, dict[str, float]] = {}
    for field, folded in folded_values(content, blueprint.board.duplicates.fields):
        for item_id, score in _candidates(unit, blueprint, field, folded):
            if item_id != exclude:
                found.setdefault(item_id, {})[field] = score
    best = sorted(found, key=lambda item_id: (-max(found[item_id].values()), item_id))[:MOST_MATCHES]
    if not best:
        return ()
    stored = {item.id: item for item in fetch(unit.connection, select(*COLUMNS).where(items.c.id.in_(best)))}
    known = {each.id: each for each in unit.blueprints()}
    return tuple(
        Match(stored[i], known[stored[i].board_id], tuple(found[i]), max(found[i].values()))
        for i in best
        if i in stored
    )


def resembling(unit: Unit, board_id: str, draft: Draft, exclude: str | None) -> tuple[Blueprint, tuple[Match, ...]]:
    """The items that resemble a draft that need not be complete; a value its field cannot take matches nothing."""
    blueprint = unit.blueprint(board_id)
    values: Values = {}
    for name in blueprint.board.duplicates.fields:
        if name in blueprint.cleaners:
            with suppress(Unfit):
                values[name] = blueprint.cleaners[name](draft.values.get(name))
    content = Content(draft.name, "", None, values, (), None, None)
    return blueprint, find(unit, blueprint, content, exclude)


def folded_values(content: Content, fields: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(field, folded value) of the fields that are not empty."""
    for field in fields:
        value = content.name if field == "name" else content.values.get(field)
        if value is None or value is False:
            continue
        if isinstance(value, tuple):
            value = " ".join(value)
        folded = " ".join(fold(value if isinstance(value, str) else dumps(value)).split())
        if len(folded) > _LONGEST_COMPARED:  # an index entry has its limits; the hash keeps "exact" exact
            folded = folded[:_LONGEST_COMPARED] + sha256(folded.encode()).hexdigest()
        if folded:
            yield field, folded


def _candidates(unit: Unit, blueprint: Blueprint, field: str, folded: str) -> Iterator[tuple[str, float]]:
    rule = blueprint.board.duplicates
    where = [matches.c.field == field]
    if rule.scope == "board":
        where.append(matches.c.board_id == blueprint.id)
    if rule.mode == "exact":
        rows = unit.connection.execute(
            select(matches.c.item_id).where(*where, matches.c.folded == folded).limit(MOST_MATCHES + 1)
        )
        yield from ((item_id, 1.0) for (item_id,) in rows)
        return
    where += [_comparable(folded)]
    statement = select(matches.c.item_id, matches.c.folded).where(*where).limit(_MOST_CANDIDATES)
    comparison = SequenceMatcher(autojunk=False)
    comparison.set_seq2(folded)
    for item_id, other in unit.connection.execute(statement):
        comparison.set_seq1(other)
        if comparison.real_quick_ratio() >= SIMILAR and comparison.quick_ratio() >= SIMILAR:
            score = comparison.ratio()
            if score >= SIMILAR:
                yield item_id, round(score, 3)


def _comparable(folded: str) -> ColumnElement[bool]:
    """What SQL can rule out: texts of quite another length, or that share none of a few pieces."""
    length = len(folded)
    piece = 3 if length >= 8 else 2
    starts = sorted({round(step * max(length - piece, 0) / 7) for step in range(8)})
    shared = [matches.c.folded.contains(folded[start : start + piece], autoescape=True) for start in starts]
    # A ratio of at least SIMILAR bounds the lengths: 2m/(m+n) with m the shorter one.
    shortest, longest = int(length * SIMILAR / (2 - SIMILAR)), int(length * (2 - SIMILAR) / SIMILAR) + 1
    return and_(func.length(matches.c.folded).between(shortest, longest), or_(*shared))


def matched_fields(unit: Unit, board_id: str) -> tuple[str, ...]:
    """The fields of a board whose folded values are kept."""
    text = unit.connection.scalar(_MATCHED, {"at": board_id})
    return tuple(loads_stored(text)) if text else ()


_MATCHED = select(boards.c.matched).where(boards.c.id == bindparam("at"))
_DELETE = delete(matches).where(matches.c.item_id == bindparam("at"))
_INSERT = insert(matches)


def rows_of(board_id: str, item_id: str, content: Content, fields: Sequence[str]) -> list[dict[str, str]]:
    """What `matches` keeps of an item."""
    return [
        {"item_id": item_id, "field": field, "board_id": board_id, "folded": folded}
        for field, folded in folded_values(content, fields)
    ]


def keep(
    unit: Unit,
    board_id: str,
    item_id: str,
    content: Content | None,
    *,
    new: bool = False,
    changed: Collection[str] | None = None,
) -> None:
    """Bring the folded values of an item up to date; None when it is deleted. `changed` are the fields that differ."""
    fields = matched_fields(unit, board_id)
    if not fields or (changed is not None and not set(changed) & set(fields)):
        return
    if not new:
        unit.connection.execute(_DELETE, {"at": item_id})
    rows = rows_of(board_id, item_id, content, fields) if content is not None else []
    if rows:
        unit.connection.execute(_INSERT, rows)


def rules_changed(unit: Unit) -> None:
    """Keep the values that today's rules look at: each board's own fields, and those of rules over all boards."""
    blueprints = unit.blueprints()
    everywhere = {
        name for each in blueprints if each.board.duplicates.scope == "all" for name in each.board.duplicates.fields
    }
    for blueprint in blueprints:
        names = everywhere | set(blueprint.board.duplicates.fields)
        fields = tuple(name for name in ("name", *blueprint.fields) if name in names)
        if fields != matched_fields(unit, blueprint.id):
            unit.connection.execute(update(boards).where(boards.c.id == blueprint.id).values(matched=dumps(fields)))
            _rebuild(unit, blueprint, fields)


def _rebuild(unit: Unit, blueprint: Blueprint, fields: Sequence[str]) -> None:
    unit.connection.execute(delete(matches).where(matches.c.board_id == blueprint.id))
    if not fields:
        return
    for rows in slices(unit, blueprint.id, items.c.id, items.c.name, items.c.fields):
        kept = [row for each in rows for row in rows_of(blueprint.id, each.id, _glimpse(each, blueprint), fields)]
        if kept:
            unit.connection.execute(insert(matches), kept)


def _glimpse(row: object, blueprint: Blueprint) -> Content:
    stored: Mapping[str, str] = row._mapping  # type: ignore[attr-defined]  # a SQLAlchemy Row
    return Content(stored["name"], "", None, values_of(stored["fields"], blueprint), (), None, None)
