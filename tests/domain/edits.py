"""Strategies for items of the sample board and for edits that a person makes to them."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.domain.samples import BOARD, COLUMNS_AND_STRAY, OPEN, VALUES, WAITING, an_item
from tui.domain.changes import Edits, apply_edits, edits_between
from tui.domain.merge import status_after_move
from tui.domain.model import COLUMN, LABELS, NAME, STATUS, Item, Member, field_member, with_value
from tui.domain.record import Value

label_sets = st.sets(st.sampled_from(["hot", "cold", "emea"])).map(lambda labels: tuple(sorted(labels)))
few_lines = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=5).map("\n".join)

STRATEGIES: dict[Member, st.SearchStrategy[Value]] = {
    NAME: st.sampled_from(["Acme", "Globex", "Initech"]),
    COLUMN: st.sampled_from(COLUMNS_AND_STRAY[:3]),
    LABELS: label_sets,
    field_member("notes"): few_lines,
    field_member("deal_value"): st.none() | st.integers(1, 3),
    field_member("regions"): VALUES["regions"],
    field_member("priority"): st.none() | st.sampled_from(["low", "high"]),
}
"""Values with few members, so that two people often write the same; status apart, since it follows the column."""

members = st.sampled_from(list(STRATEGIES))
values = st.fixed_dictionaries({}, optional=STRATEGIES)
"""New values for some members."""


@st.composite
def items(draw: st.DrawFn) -> Item:
    """An item in its first state."""
    fields = {name: draw(STRATEGIES[field_member(name)]) for name in ("notes", "deal_value", "regions", "priority")}
    return an_item(name=draw(STRATEGIES[NAME]), labels=draw(label_sets), fields=fields)


@st.composite
def edited(draw: st.DrawFn, base: Item) -> Edits:
    """What a person changed of `base`."""
    wanted: dict[Member, Value] = dict(draw(values))
    if COLUMN not in wanted and draw(st.booleans()):
        wanted[STATUS] = draw(st.sampled_from([OPEN.id, WAITING.id]))
    return edits_between(base, wanted, BOARD)


def served(base: Item, edits: Edits) -> Item:
    """What a server holds after `edits`: a move that names no status takes one of its column."""
    after = apply_edits(edits, base)
    if COLUMN in edits and STATUS not in edits:
        after = with_value(after, STATUS, status_after_move(BOARD, base, after.column_id))
    return after
