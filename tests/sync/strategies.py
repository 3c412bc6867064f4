"""Everything the files of a client can hold, strange strings and all."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st
from immutables import Map

from tui.domain.changes import Change, Create, Delete, Delta, Edit, Edits, Move, Restore, Set
from tui.domain.model import (
    Board,
    BoardId,
    Column,
    ColumnId,
    Contact,
    DuplicateRule,
    Field,
    Item,
    ItemId,
    Member,
    Moment,
    Status,
    StatusId,
)
from tui.domain.record import Record, Value
from tui.sync.events import Draft
from tui.sync.outbox import Pending, PendingId, Request

texts = st.text(st.characters(codec=None), max_size=12)
"""Lone surrogates, control characters and line separators too."""
moments = st.integers(0, 2**40).map(Moment)
values: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    texts,
    st.integers(),
    st.booleans(),
    st.dates(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.lists(texts, max_size=3).map(tuple),
)
records = st.dictionaries(texts, values, max_size=4).map(Record)
items = st.builds(
    Item,
    id=texts.map(ItemId),
    key=texts,
    name=texts,
    board_id=texts.map(BoardId),
    column_id=texts.map(ColumnId),
    status_id=st.none() | texts.map(StatusId),
    fields=records,
    labels=st.lists(texts, max_size=3).map(tuple),
    contact=st.none() | st.builds(Contact, texts, st.none() | texts, st.none() | texts, st.none() | texts),
    source=st.none() | texts,
    version=st.none() | st.integers(0, 2**60),
    position=st.none() | st.integers(),
    created_at=moments,
    updated_at=moments,
    updated_by=st.none() | texts,
)
strings = st.lists(texts, max_size=3).map(tuple)
edits: st.SearchStrategy[Edits] = st.dictionaries(
    texts.map(Member), st.builds(Set, values, values) | st.builds(Delta, strings, strings), max_size=3
).map(Map)
changes: st.SearchStrategy[Change] = st.one_of(
    st.builds(Create, items),
    st.builds(Edit, texts.map(ItemId), edits),
    st.builds(Move, texts.map(ItemId), edits),
    st.builds(Delete, texts.map(ItemId), items),
    st.builds(Restore, texts.map(ItemId), items),
)
pendings = st.builds(
    Pending,
    id=texts.map(PendingId),
    seq=st.integers(-5, 2**40),
    change=changes,
    made_at=moments,
    phase=st.sampled_from(["queued", "sealed", "refused"]),
    request=st.none() | st.builds(Request, texts, items, edits),
    problem=st.none() | texts,
    problems=st.dictionaries(texts, texts, max_size=2).map(Map),
    attempts=st.integers(0, 9),
    undoes=st.none() | texts.map(PendingId),
)
drafts = st.builds(Draft, items, st.dictionaries(texts.map(Member), texts, max_size=3).map(Map), moments)
numbers = st.none() | st.decimals(allow_nan=False, allow_infinity=False) | st.just(Decimal("0.50"))
columns = st.builds(
    Column,
    id=texts.map(ColumnId),
    name=texts,
    colour=st.none() | texts,
    limit=st.none() | st.integers(0, 99),
    probability=numbers,
    closed=st.sampled_from([None, "won", "lost", "done"]),
    statuses=st.lists(st.builds(Status, texts.map(StatusId), texts), max_size=2).map(tuple),
)
fields = st.builds(Field, name=texts, label=texts, options=strings, min=numbers, max=numbers, pattern=st.none() | texts)
boards = st.builds(
    Board,
    id=texts.map(BoardId),
    name=texts,
    columns=st.lists(columns, max_size=3).map(tuple),
    fields=st.lists(fields, max_size=3).map(tuple),
    duplicates=st.builds(DuplicateRule, fields=strings, mode=st.sampled_from(["exact", "fuzzy"])),
    prefix=texts,
    allow_delete=st.booleans(),
    revision=st.none() | st.integers(0, 99),
)
