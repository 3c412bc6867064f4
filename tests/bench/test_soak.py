"""The soak sees a wall that holds something else than the server does."""

from __future__ import annotations

from tests.bench.soak import Held, differences

LISTED: Held = {"a": ("Acme", "lead", None, ["x", "y"], 2), "b": ("Globex", "lead", "open", [], 1)}
KEPT: Held = {"a": ("Acme", "lead", None, ["x", "y"], "2"), "b": ("Globex", "lead", "open", [], "1")}


def test_what_is_alike_is_no_difference() -> None:
    assert differences(KEPT, LISTED) == []


def test_every_item_that_differs_is_told() -> None:
    stale = {**KEPT, "a": ("Acme", "lead", None, ["x"], "1")}
    assert [line[:2] for line in differences(stale, LISTED)] == ["a:"]
    assert [line[:2] for line in differences(KEPT, {"a": LISTED["a"]})] == ["b:"]
    assert [line[:2] for line in differences({"b": KEPT["b"]}, LISTED)] == ["a:"]
