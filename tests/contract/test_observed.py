"""Kinds of fields as their values show them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.observed import Observed
from tui.domain.model import Kind


def kind_of(*values: object, name: str = "x", worded: bool = True) -> Kind:
    observed = Observed(worded=worded)
    for value in values:
        observed.see({name: value})
    (field,) = observed.fields()
    return field.kind


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2.50", "-3"], "number"),
        (["1", None, "", "2"], "number"),
        (["1", "n/a", "2"], "text"),
        (["2026-01-01"], "date"),
        (["2026-01-01", "5"], "text"),
        (["true", "false"], "checkbox"),
        (["true", "maybe"], "text"),
        (["a@b.example"], "email"),
        (["a@b.example", "nobody"], "text"),
        (["https://a.example/x"], "url"),
        (["+62 812-3456-789"], "phone"),
        (["081234567"], "phone"),
        (["+6281234567", "6281234567"], "phone"),
        (['["a","b"]'], "multi_select"),
        (['["a",'], "text"),
        (["one", "two\nlines", "three"], "long_text"),
        (["5", "two\nlines"], "long_text"),
        ([None, ""], "text"),
        ([{"a": 1}], "text"),
        (["007"], "text"),
    ],
)
def test_words_show_their_kind(values: list[object], kind: Kind) -> None:
    assert kind_of(*values) == kind


@pytest.mark.parametrize(
    ("values", "kind"), [([5], "number"), ([True], "checkbox"), ([["a"]], "multi_select"), (["5"], "text")]
)
def test_typed_values_are_what_they_are(values: list[object], kind: Kind) -> None:
    assert kind_of(*values, worded=False) == kind


def test_a_name_tells_a_call_from_a_count() -> None:
    assert kind_of("6281234567", name="whatsapp_number") == "phone"
    assert kind_of("6281234567", name="deal_value") == "number"


def test_a_hostile_server_cannot_name_fields_without_end() -> None:
    observed = Observed(worded=True)
    for number in range(2000):
        observed.see({f"f{number}": "x"})
    assert len(observed.fields()) == 500


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["5", "2026-01-01", "a\nb", "true"])
)


@given(st.lists(VALUES, max_size=6), VALUES)
def test_a_text_never_becomes_another_kind_again(values: list[Any], last: Any) -> None:
    if kind_of(*values, "n/a") == "text":
        assert kind_of(*values, "n/a", last) in ("text", "long_text")


@given(st.lists(VALUES, min_size=1, max_size=6))
def test_the_order_of_values_does_not_matter(values: list[Any]) -> None:
    assert kind_of(*values) == kind_of(*reversed(values))
