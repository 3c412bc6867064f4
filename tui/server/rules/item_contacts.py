"""The people items belong to."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from tui.server.stored import Contact, Stored
from tui.server.tables import contacts
from tui.server.unit import Unit


def known(unit: Unit, ids: Iterable[str]) -> dict[str | None, Contact]:
    """The contacts of those ids that exist."""
    wanted = set(ids)
    if not wanted:
        return {}
    columns = (contacts.c[name] for name in Contact._fields)
    rows = unit.connection.execute(select(*columns).where(contacts.c.id.in_(wanted)))
    return {row.id: Contact(*row) for row in rows}


def of_items(unit: Unit, items: Iterable[Stored]) -> dict[str | None, Contact]:
    """The contacts of some items, by their ids; None is nobody's."""
    return known(unit, (item.contact_id for item in items if item.contact_id is not None))
