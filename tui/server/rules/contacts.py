"""Contacts: the people that items may belong to."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import insert, select

from tui.domain.model import Field
from tui.server.refusals import Fault, Rejected
from tui.server.tables import contacts
from tui.server.text import fault_in
from tui.server.unit import Unit
from tui.server.values import Unfit, cleaner

LONGEST_NAME = 200
_EMAIL = cleaner(Field("email", "E-mail", "email"))
_PHONE = cleaner(Field("phone", "Phone", "phone"))


class Contact(Struct, frozen=True):
    """A person; the moment in milliseconds."""

    id: str
    name: str
    email: str | None
    phone: str | None
    created_at: int


def add(unit: Unit, name: str, email: str | None = None, phone: str | None = None) -> Contact:
    """Make a contact. Raises `Rejected`."""
    faults: list[Fault] = []
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        faults.append(Fault("name", f"must have 1 to {LONGEST_NAME} characters"))
    elif fault := fault_in(name):
        faults.append(Fault("name", fault))
    members: dict[str, str | None] = {}
    for member, clean, value in (("email", _EMAIL, email), ("phone", _PHONE, phone)):
        try:
            cleaned = clean(value)
            members[member] = None if cleaned is None else str(cleaned)
        except Unfit as error:
            faults.append(Fault(member, str(error)))
    if faults:
        raise Rejected(faults)
    contact = Contact(unit.new_id(), name, members["email"], members["phone"], unit.now)
    unit.connection.execute(
        insert(contacts).values(
            id=contact.id, name=name, email=contact.email, phone=contact.phone, created_at=contact.created_at
        )
    )
    return contact


def rows(unit: Unit) -> list[Contact]:
    """Every contact, oldest first."""
    columns = (contacts.c.id, contacts.c.name, contacts.c.email, contacts.c.phone, contacts.c.created_at)
    found = unit.connection.execute(select(*columns).order_by(contacts.c.created_at, contacts.c.id))
    return [Contact(*row) for row in found]
