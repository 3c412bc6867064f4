from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.domain.samples import BOARD, COLUMNS_AND_STRAY, LEAD, QUALIFIED, WON, an_item, field
from tui.domain.arrangement import UNKNOWN, Arrangement, Lens, Place
from tui.domain.arrangement_building import Building, visible_first
from tui.domain.arrangement_totals import Totals
from tui.domain.model import NAME, Board, ColumnId, Item, ItemId, Moment
from tui.domain.order import SortKey, item_key
from tui.domain.record import Value

score = field("score").member

items = st.builds(
    lambda number, column, position, created, name, worth, chance, given_fields: an_item(
        number,
        column_id=column,
        position=position,
        created_at=Moment(created),
        name=name,
        fields={**({"deal_value": worth, "score": worth} if given_fields else {}), "probability": chance},
    ),
    st.integers(0, 12),
    st.sampled_from(COLUMNS_AND_STRAY),
    st.none() | st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from(["a", "B", "ab", "é"]),
    st.none() | st.integers(-5, 5) | st.decimals(-5, 5, places=6) | st.just(Decimal("nan")) | st.just("text"),
    st.none() | st.integers(0, 100) | st.just(Decimal("0.000001")),
    st.booleans(),
)


def _matches(item: Item) -> bool | None:
    worth = item.fields.get("score")
    if "score" not in item.fields:
        return None
    return isinstance(worth, int) and worth > 0


lenses = st.builds(
    Lens,
    st.sampled_from([None, _matches, lambda item: "a" in item.name]),
    st.sampled_from([(), (SortKey(score),), (SortKey(score, descending=True),), (SortKey(NAME), SortKey(score))]),
)


def naive_totals(board: Board, lens: Lens, held: list[Item], column_id: ColumnId) -> Totals:
    """The sums worked out anew with fractions."""

    def number(value: object) -> Fraction | None:
        return Fraction(value) if isinstance(value, int | Decimal) and Decimal(value).is_finite() else None

    def sums(chosen: list[Item]) -> tuple[Fraction, Fraction]:
        total, weighted = Fraction(0), Fraction(0)
        for item in chosen:
            worth, chance = number(item.fields.get("deal_value")), number(item.fields.get("probability"))
            column = board.column(item.column_id)
            if chance is None:
                chance = Fraction(column.probability) if column and column.probability is not None else Fraction(0)
            if worth is not None:
                total += worth
                weighted += worth * chance / 100
        return total, weighted

    shown = [item for item in held if lens.matches is None or lens.matches(item)]
    (total, weighted), (shown_total, shown_weighted) = sums(held), sums(shown)
    return Totals(len(held), len(shown), total, shown_total, weighted, shown_weighted)  # type: ignore[arg-type]  # fractions compare as numbers


def check_against_naive(arrangement: Arrangement, held: dict[str, Item]) -> None:
    """Every answer of `arrangement` is what sorting and summing all items gives."""
    lens = arrangement.lens
    by_column: dict[ColumnId, list[Item]] = {column.id: [] for column in BOARD.columns}
    for item in held.values():
        by_column.setdefault(item.column_id if item.column_id in by_column else UNKNOWN, []).append(item)
    assert list(arrangement.columns) == [column for column in by_column if column != UNKNOWN or by_column[column]]
    for column, inside in by_column.items():
        shown = sorted((i for i in inside if not lens.matches or lens.matches(i)), key=item_key(BOARD, lens.sort))
        expected = [item.id for item in shown]
        assert list(arrangement.ids(column)) == expected
        assert len(arrangement.ids(column)) == len(expected)
        assert arrangement.ids(column)[1:3] == expected[1:3]
        assert [arrangement.ids(column)[row] for row in range(-len(expected), len(expected))] == expected * 2
        assert [arrangement.place(item) for item in shown] == [Place(column, row) for row in range(len(shown))]
        hidden = [item for item in inside if item not in shown]
        assert all(arrangement.place(item) is None for item in hidden)
        assert arrangement.totals(column) == naive_totals(BOARD, lens, inside, column)
        for row, item in enumerate(shown):
            after = [*expected[row + 1 : row + 2], *expected[max(row - 1, 0) : row], None][0]
            assert arrangement.neighbour(item) == after
    assert arrangement.count == len(held)
    assert arrangement.shown == sum(len(arrangement.ids(column)) for column in by_column)
    unknown = [item for item in held.values() if lens.matches and lens.matches(item) is None]
    assert arrangement.unknown == len(unknown)


@given(lenses, st.lists(st.tuples(items, st.booleans()), max_size=25))
def test_adjusting_is_the_same_as_starting_over(lens: Lens, steps: list[tuple[Item, bool]]) -> None:
    arrangement = Arrangement(BOARD, lens)
    held: dict[str, Item] = {}
    for item, is_gone in steps:
        old = held.pop(item.id, None)
        if not is_gone:
            held[item.id] = item
        arrangement.adjust(old, held.get(item.id))
    check_against_naive(arrangement, held)


@given(lenses, st.lists(items, max_size=20), st.lists(st.tuples(st.integers(1, 5), items, st.booleans()), max_size=15))
def test_building_in_slices_is_the_same_as_starting_over(
    lens: Lens, start: list[Item], steps: list[tuple[int, Item, bool]]
) -> None:
    held: dict[str, Item] = {item.id: item for item in start}
    building = Building(BOARD, lens, [*held.values()])
    for count, item, is_gone in steps:
        building.step(count)
        old = held.pop(item.id, None)
        if not is_gone:
            held[item.id] = item
        building.adjust(old, held.get(item.id))
        now = held.get(item.id)
        shown = now is not None and (lens.matches is None or bool(lens.matches(now)))
        assert (building.arrangement.place(item) is not None) == (shown and now == item)
    while not building.step(3):
        assert not building.arrangement.complete
    assert building.arrangement.complete
    check_against_naive(building.arrangement, held)


@given(st.lists(items, max_size=20), st.lists(items, max_size=5))
def test_what_is_fed_twice_counts_once(start: list[Item], first: list[Item]) -> None:
    held: dict[str, Item] = {item.id: item for item in [*start, *first]}
    again = [held[item.id] for item in first]
    building = Building(BOARD, Lens(), [*again, *held.values(), *again])
    assert building.step(1000)
    check_against_naive(building.arrangement, held)


def test_a_slice_ends_at_its_deadline() -> None:
    ticks = iter(range(100))
    building = Building(BOARD, Lens(), [an_item(number) for number in range(1000)])
    assert not building.step_until(3, lambda: next(ticks))
    assert 0 < building.arrangement.count < 1000
    assert building.step_until(10**9, lambda: 0)
    assert building.arrangement.count == 1000


def test_a_filter_that_looks_elsewhere_is_asked_again() -> None:
    marked: set[str] = set()
    arrangement = Arrangement(BOARD, Lens(lambda item: item.id in marked))
    item = an_item(1, fields={"deal_value": 5})
    arrangement.adjust(None, item)
    assert arrangement.place(item) is None
    marked.add(item.id)
    arrangement.adjust(item, item)
    assert arrangement.place(item) == Place(LEAD.id, 0)
    marked.clear()
    arrangement.adjust(item, item)
    assert arrangement.place(item) is None
    assert arrangement.totals(LEAD.id).shown_sum == 0
    assert arrangement.totals(LEAD.id).sum == 5


def test_the_neighbour_is_the_same_before_and_after_leaving() -> None:
    held = [an_item(number, position=number) for number in range(4)]
    arrangement = Arrangement(BOARD)
    for item in held:
        arrangement.adjust(None, item)
    before = [arrangement.neighbour(item) for item in held]
    assert before == ["i-1", "i-2", "i-3", "i-2"]
    arrangement.adjust(held[3], replace(held[3], column_id=WON.id))
    assert arrangement.neighbour(held[3]) == "i-2"
    arrangement.adjust(held[1], None)
    assert arrangement.neighbour(held[1]) == "i-2"


def test_sums_are_exact_and_weighted_by_item_then_column() -> None:
    arrangement = Arrangement(BOARD)
    worths: list[tuple[Value, Value]] = [(Decimal("0.1"), None), (Decimal("0.2"), 50), (10, 0)]
    for number, (worth, chance) in enumerate(worths):
        arrangement.adjust(None, an_item(number, fields={"deal_value": worth, "probability": chance}))
    totals = arrangement.totals(LEAD.id)
    assert totals.sum == Decimal("10.3")
    assert totals.weighted == Decimal("0.1125")
    assert arrangement.totals(QUALIFIED.id) == Totals(0, 0, 0, 0, 0, 0)


def test_a_board_without_values_has_no_sums() -> None:
    bare = replace(BOARD, fields=())
    arrangement = Arrangement(bare)
    arrangement.adjust(None, an_item(1))
    assert arrangement.totals(LEAD.id) == Totals(1, 1, None, None, None, None)


def test_weighting_needs_a_probability() -> None:
    unweighted = replace(BOARD, fields=tuple(f for f in BOARD.fields if not f.weight))
    arrangement = Arrangement(unweighted)
    assert arrangement.totals(LEAD.id).weighted == 0
    assert arrangement.totals(WON.id).weighted is None


def test_what_is_on_the_screen_is_fed_first() -> None:
    held = {
        ItemId(f"i-{n}"): an_item(n, position=n, column_id=c.id)
        for n, c in enumerate([LEAD, WON, LEAD, WON, QUALIFIED])
    }
    before = Arrangement(BOARD, Lens())
    for item in held.values():
        before.adjust(None, item)
    fed = visible_first(before, [WON.id, LEAD.id], held.get, held.values())
    assert [item.id for item in fed] == ["i-1", "i-0", "i-3", "i-2", "i-0", "i-1", "i-2", "i-3", "i-4"]


def test_items_of_a_column_nobody_knows_are_kept_in_sight() -> None:
    arrangement = Arrangement(BOARD)
    stray = an_item(1, column_id=ColumnId("gone"))
    assert UNKNOWN not in arrangement.columns
    arrangement.adjust(None, stray)
    assert arrangement.columns[-1] == UNKNOWN
    assert arrangement.place(stray) == Place(UNKNOWN, 0)
    arrangement.adjust(stray, replace(stray, column_id=LEAD.id))
    assert UNKNOWN not in arrangement.columns
