"""The values of a write: text into what the board's fields take, and the item's source, which stands among them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tui.server.blueprint import Blueprint
from tui.server.refusals import Fault, Misshapen
from tui.server.value_text import read_as, read_like
from tui.server.values import Value

SOURCE = "source"
_NOTHING: Mapping[str, Value] = MappingProxyType({})


def read_values(
    sent: Mapping[str, object], blueprint: Blueprint, held: Mapping[str, Value] = _NOTHING
) -> tuple[dict[str, object], dict[str, str | None]]:
    """(JSON values by field, the source when it was sent). Raises `Misshapen`.

    A value that no field of the board says the type of keeps the type of the one `held` under its name.
    """
    values = {name: _read(name, value, blueprint, held) for name, value in sent.items() if name != SOURCE}
    if SOURCE not in sent:
        return values, {}
    source = sent[SOURCE]
    if source is not None and not isinstance(source, str):
        raise Misshapen([Fault("values.source", "must be text")])
    return values, {SOURCE: source}


def _read(name: str, value: object, blueprint: Blueprint, held: Mapping[str, Value]) -> object:
    field = blueprint.fields.get(name)
    if field is not None:
        return read_as(field.kind, value)
    # "" clears a field of any face here; stored as text it would be shown as set.
    return None if value == "" else read_like(held.get(name), value)
