"""One transaction on behalf of one caller: what every rule works on."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection, Integer, Row, Select, bindparam, select, update

from tui.server.blueprint import Blueprint, from_text
from tui.server.ids import NewId
from tui.server.refusals import Missing
from tui.server.tables import boards
from tui.server.text import storable


class BlueprintCache:
    """Parsed blueprints, shared by all transactions of a process; a row's revision says which one holds."""

    def __init__(self, below: BlueprintCache | None = None) -> None:
        self._known: dict[str, Blueprint] = {}
        self._below = below

    def get(self, board_id: str, revision: int) -> Blueprint | None:
        """The blueprint at exactly that revision, if it is known."""
        blueprint = self._known.get(board_id)
        if blueprint is not None and blueprint.revision == revision:
            return blueprint
        return self._below.get(board_id, revision) if self._below is not None else None

    def put(self, blueprint: Blueprint) -> None:
        """Remember a blueprint that was read."""
        self._known[blueprint.id] = blueprint

    def overlay(self) -> BlueprintCache:
        """A cache for one write: what is read there may never be committed, so it must not get in here yet."""
        return BlueprintCache(self)

    def committed(self) -> None:
        """Hand what an overlay has read to the cache below it."""
        if self._below is not None:
            self._below._known.update(self._known)


class Numbers(Struct, frozen=True):
    """What a write drew from the board's row; the first of each run."""

    revision: int
    number: int
    serial: int


class Unit(Struct, frozen=True):
    """A transaction under way: its connection, its time and its caller."""

    connection: Connection
    now: int
    """Milliseconds since the epoch."""
    actor: str | None
    """Who is recorded as having written."""
    ids: NewId
    cache: BlueprintCache

    def new_id(self) -> str:
        """An id for something new."""
        return self.ids(self.now)

    def blueprint(self, board_id: str) -> Blueprint:
        """The board's blueprint. Raises `Missing`."""
        row = self.connection.execute(_ONE, {"at": storable(board_id)}).first()
        return self._parsed(row)

    def lock(self, board_id: str) -> Blueprint:
        """The board's blueprint, with every other write to the board kept out. Raises `Missing`.

        SQLite has locked the whole database already; elsewhere the board's row is the lock.
        """
        row = self.connection.execute(_LOCKED, {"at": storable(board_id)}).first()
        return self._parsed(row)

    def blueprints(self) -> list[Blueprint]:
        """Every board's, oldest board first."""
        return [blueprint for blueprint, _ in self.boards()]

    def boards(self) -> list[tuple[Blueprint, int]]:
        """Every board's blueprint and revision, oldest board first."""
        return [(self._parsed((board_id, known)), now) for board_id, known, now in self.connection.execute(_ALL).all()]

    def draw(self, board_id: str, *, revisions: int = 1, numbers: int = 0, serials: int = 0) -> Numbers:
        """Raise the board's revision (and item number and serial) and return the first drawn of each."""
        drawn = {"at": board_id, "revisions": revisions, "numbers": numbers, "serials": serials}
        revision, number, serial = self.connection.execute(_DRAW, drawn).one()
        return Numbers(revision - revisions + 1, number - numbers, serial - serials)

    def _parsed(self, row: Row[str, int] | tuple[str, int] | None) -> Blueprint:
        if row is None:
            raise Missing("board")
        board_id, revision = row
        known = self.cache.get(board_id, revision)
        return known if known is not None else self._read(board_id)

    def _read(self, board_id: str) -> Blueprint:
        row = self.connection.execute(
            select(
                boards.c.blueprint,
                boards.c.name,
                boards.c.prefix,
                boards.c.blueprint_revision,
                boards.c.fields_revision,
            ).where(boards.c.id == board_id)
        ).one()
        text, name, prefix, revision, fields_revision = row
        blueprint = from_text(
            text, board_id=board_id, name=name, prefix=prefix, revision=revision, fields_revision=fields_revision
        )
        self.cache.put(blueprint)
        return blueprint


# Made once: to make a statement takes longer than SQLite takes to run it.
_HEAD: Select[str, int] = select(boards.c.id, boards.c.blueprint_revision)
_ONE = _HEAD.where(boards.c.id == bindparam("at"))
_LOCKED = _ONE.with_for_update()
_ALL = _HEAD.add_columns(boards.c.revision).order_by(boards.c.created_at, boards.c.id)
_DRAW = (
    update(boards)
    .where(boards.c.id == bindparam("at"))
    .values(
        revision=boards.c.revision + bindparam("revisions", type_=Integer),
        next_number=boards.c.next_number + bindparam("numbers", type_=Integer),
        next_serial=boards.c.next_serial + bindparam("serials", type_=Integer),
    )
    .returning(boards.c.revision, boards.c.next_number, boards.c.next_serial)
)
