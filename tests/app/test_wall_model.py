from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.app.bridge_wall import WallModel
from tui.domain.model import ColumnId, ItemId


class Lists:
    """Columns of letters."""

    def __init__(self, **columns: str) -> None:
        self.columns = {ColumnId(name): [ItemId(letter) for letter in items] for name, items in columns.items()}

    def ids(self, column_id: ColumnId) -> Sequence[ItemId]:
        return self.columns[column_id]

    def place(self, column_id: ColumnId, item_id: ItemId) -> int | None:
        ids = self.columns[column_id]
        return ids.index(item_id) if item_id in ids else None


def a_model(tall: int = 4, wide: int = 2, **columns: str) -> WallModel:
    lists = Lists(**columns)
    model = WallModel(lists.columns, lists)
    model.resize(wide, tall)
    return model


def change(model: WallModel, column: str, items: str) -> None:
    lists = model.lanes
    assert isinstance(lists, Lists)
    lists.columns[ColumnId(column)] = [ItemId(letter) for letter in items]
    model.settle([ColumnId(column)])


def in_view(model: WallModel) -> str:
    lane = model.lane
    assert lane is not None
    return "".join(model.lanes.ids(lane.column_id)[lane.top : lane.top + model.tall])


def test_the_cursor_starts_on_the_first_card_of_the_first_column() -> None:
    assert a_model(a="pqr", b="s").cursor() == "p"


def test_it_stays_inside_the_board() -> None:
    model = a_model(a="pqr", b="s")
    model.go_by(-5)
    assert model.cursor() == "p"
    model.go_by(99)
    assert model.cursor() == "r"
    model.go_to_column(99)
    assert model.cursor() == "s"
    model.go_to_column(-1)
    assert model.cursor() == "r"


def test_going_back_to_a_column_returns_to_the_card_that_was_left() -> None:
    model = a_model(a="pqrst", b="xy")
    model.go_to(3)
    model.go_to_column(1)
    assert model.cursor() == "y"
    model.go_to_column(0)
    assert model.cursor() == "s"


def test_leaving_the_view_scrolls_by_half_of_it() -> None:
    model = a_model(tall=4, a="abcdefghij")
    model.go_to(3)
    assert in_view(model) == "abcd"
    model.go_by(1)
    assert in_view(model) == "cdef"
    model.go_by(1)
    assert in_view(model) == "cdef"
    model.go_to(0)
    assert in_view(model) == "abcd"


def test_cards_that_come_and_go_above_leave_cursor_and_view_alone() -> None:
    model = a_model(tall=3, a="abcdefghij")
    model.go_to(6)
    seen = in_view(model)
    change(model, "a", "123abcdefghij")
    assert model.cursor() == "g"
    assert in_view(model) == seen
    change(model, "a", "cdefghij")
    assert model.cursor() == "g"
    assert in_view(model) == seen


def test_another_columns_view_holds_on_to_its_first_card() -> None:
    model = a_model(tall=3, a="xy", b="abcdefghij")
    model.go_to_column(1)
    model.go_to(6)
    model.go_to_column(0)
    top = model.columns[1].top_id
    change(model, "b", "123abcdefghij")
    assert model.columns[1].top_id == top


def test_at_the_top_of_a_column_new_cards_are_seen_to_arrive() -> None:
    model = a_model(tall=4, a="abcdef")
    model.go_to(1)
    change(model, "a", "1abcdef")
    assert model.cursor() == "b"
    assert in_view(model) == "1abc"


def test_when_the_card_under_the_cursor_leaves_its_neighbour_takes_over() -> None:
    model = a_model(a="abcd")
    model.go_to(1)
    change(model, "a", "acd")
    assert model.cursor() == "c"
    model.go_to(2)
    change(model, "a", "ac")
    assert model.cursor() == "c"
    change(model, "a", "")
    assert model.cursor() is None
    change(model, "a", "z")
    assert model.cursor() == "z"


def test_panning_keeps_the_cursors_column_in_view() -> None:
    model = a_model(wide=2, a="1", b="2", c="3", d="4")
    model.go_to_column(2)
    assert [lane.column_id for lane in model.shown] == ["b", "c"]
    model.go_to_column(0)
    assert [lane.column_id for lane in model.shown] == ["a", "b"]
    model.go_to_column(3)
    model.resize(9, 4)
    assert len(model.shown) == 4


def test_a_column_that_goes_leaves_the_cursor_on_a_column_there_is() -> None:
    model = a_model(a="1", b="2", c="3")
    model.go_to_column(2)
    model.use_columns([ColumnId("a"), ColumnId("b")])
    assert model.lane is not None
    assert model.lane.column_id == "b"
    model.use_columns([])
    assert model.cursor() is None
    model.go_by(1)
    model.go_to_column(1)


def test_columns_in_another_order_keep_the_cursor_where_it_is() -> None:
    model = a_model(a="12", b="34", c="5")
    model.go_to_column(1)
    model.go_to(1)
    model.use_columns([ColumnId("c"), ColumnId("b"), ColumnId("a")])
    assert model.cursor() == "4"


Step = tuple[str, int]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("by"), st.integers(-9, 9)),
        st.tuples(st.just("to"), st.integers(-3, 30)),
        st.tuples(st.just("column"), st.integers(-1, 3)),
        st.tuples(st.just("tall"), st.integers(0, 9)),
        st.tuples(st.just("insert"), st.integers(0, 25)),
        st.tuples(st.just("delete"), st.integers(0, 25)),
    ),
    max_size=25,
)


@settings(max_examples=150)
@given(STEPS)
def test_whatever_happens_the_cursor_is_on_a_card_in_view_and_only_its_leaving_moves_it(steps: list[Step]) -> None:
    model = a_model(tall=3, wide=1, a="abcdefgh", b="", c="xyz")
    fresh = iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    model.go_to(0)
    for what, number in steps:
        lane = model.lane
        assert lane is not None
        items = "".join(model.lanes.ids(lane.column_id))
        before = model.cursor()
        match what:
            case "by":
                model.go_by(number)
            case "to":
                model.go_to(number)
            case "column":
                model.go_to_column(number)
            case "tall":
                model.resize(1, number)
            case "insert":
                change(model, lane.column_id, items[:number] + next(fresh) + items[number:])
                assert before is None or model.cursor() == before
            case "delete":
                gone = items[number : number + 1]
                change(model, lane.column_id, items.replace(gone, "") if gone else items)
                assert before == gone or model.cursor() == before
        lane = model.lane
        assert lane is not None
        cursor = model.cursor()
        assert (cursor is None) == (not model.lanes.ids(lane.column_id))
        assert cursor is None or cursor in in_view(model)
        assert lane in model.shown
