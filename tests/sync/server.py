"""An items server in memory, right in every answer: versions, keys, deletions, the feed. Faults are the line's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from msgspec.structs import replace

from tests.sync.samples import SALES, SUPPORT
from tui.api.backend import Changes, FeedExpired, VersionConflict
from tui.domain.changes import Edits, apply_edits
from tui.domain.merge import status_after_move
from tui.domain.model import COLUMN, STATUS, Board, BoardId, Item, ItemId, Member, Moment, value_of
from tui.domain.record import Value
from tui.errors import CardwallError, NotFound

MEMBERS = tuple(
    Member(m) for m in ("name", "column", "status", "labels", "field.value", "field.notes", "field.regions")
)


@dataclass(frozen=True)
class Write:
    """One write that changed something."""

    author: str
    key: str
    item_id: ItemId
    kind: str
    version: int
    changes: dict[Member, tuple[Value, Value]]


@dataclass
class Server:
    """Two boards, their items, and everything that was ever written."""

    feed_page: int = 3
    boards: dict[BoardId, Board] = field(default_factory=lambda: {SALES.id: SALES, SUPPORT.id: SUPPORT})
    items: dict[ItemId, Item] = field(default_factory=dict)
    dead: dict[ItemId, Item] = field(default_factory=dict)
    revision: int = 0
    written_at: dict[ItemId, int] = field(default_factory=dict)
    floor: int = 0
    """Cursors below it are no longer known."""
    answers: dict[tuple[str, str], Item | CardwallError | None] = field(default_factory=dict)
    writes: list[Write] = field(default_factory=list)
    audit: Callable[[Write], None] = lambda write: None

    def put(self, *items: Item) -> None:
        """Items that were there from the beginning."""
        for item in items:
            self.items[item.id] = item
            self._stamp(item.id)

    def search(self, board_id: BoardId, text: str, limit: int) -> tuple[Item, ...]:
        """Items of a board whose name holds a text."""
        found = [item for item in self.items.values() if item.board_id == board_id and text in item.name.lower()]
        return tuple(found[:limit])

    def once(self, author: str, key: str, act: Callable[[], Item | None]) -> Item | None:
        """One meaning, one key: a repeated request gets the first answer again."""
        if (author, key) not in self.answers:
            try:
                self.answers[author, key] = act()
            except CardwallError as refusal:
                self.answers[author, key] = refusal
        answer = self.answers[author, key]
        if isinstance(answer, CardwallError):
            raise answer
        return answer

    def create(self, author: str, key: str, draft: Item) -> Item:
        board = self.boards[draft.board_id]
        number = len(self.items) + len(self.dead) + 1
        column = board.column(draft.column_id)
        if column is None:
            raise NotFound("there is no such column")
        status = draft.status_id if column.status(draft.status_id) else None
        item = replace(
            draft,
            id=ItemId(f"s{number}"),
            key=f"{board.prefix}-{number}",
            name=draft.name.strip(),
            status_id=status or (column.statuses[0].id if column.statuses else None),
            version=1,
            created_at=Moment(2_000 + number),
            updated_by=author,
        )
        self.items[item.id] = item
        return self._wrote(author, key, "create", None, item)

    def edit(self, author: str, key: str, base: Item, edits: Edits) -> Item:
        old = self._held(base.id)
        self._check(old, base)
        new = apply_edits(edits, old)
        board = self.boards[old.board_id]
        if COLUMN in edits and STATUS not in edits:
            new = replace(new, status_id=status_after_move(board, old, new.column_id))
        new = replace(new, name=new.name.strip(), labels=tuple(sorted(new.labels)))
        if new == old:
            return old
        new = replace(new, version=(old.version or 0) + 1, updated_by=author, updated_at=Moment(old.updated_at + 1))
        self.items[old.id] = new
        return self._wrote(author, key, "edit", old, new)

    def delete(self, author: str, key: str, base: Item) -> None:
        old = self._held(base.id)
        self._check(old, base)
        self.dead[old.id] = self.items.pop(old.id)
        self._wrote(author, key, "delete", old, old)

    def restore(self, author: str, key: str, item_id: ItemId) -> Item:
        if item_id in self.items:
            return self.items[item_id]
        if item_id not in self.dead:
            raise NotFound("there is no such item")
        old = self.dead.pop(item_id)
        new = replace(old, version=(old.version or 0) + 1, updated_by=author)
        self.items[item_id] = new
        return self._wrote(author, key, "restore", old, new)

    def item(self, item_id: ItemId) -> Item:
        return self._held(item_id)

    def feed(self, board_id: BoardId, after: str) -> Changes:
        if int(after) < self.floor:
            raise FeedExpired("the cursor is too old")
        news = sorted((at, item_id) for item_id, at in self.written_at.items() if at > int(after))
        news = [(at, item_id) for at, item_id in news if self._any(item_id).board_id == board_id]
        page, more = news[: self.feed_page], len(news) > self.feed_page
        return Changes(
            items=tuple(self.items[item_id] for _, item_id in page if item_id in self.items),
            deleted=tuple(item_id for _, item_id in page if item_id in self.dead),
            cursor=str(page[-1][0] if more else self.revision),
            more=more,
            blueprint=self.boards[board_id].revision,
        )

    def page(self, board_id: BoardId, before: tuple[Moment, ItemId] | None, size: int = 3) -> list[Item]:
        """The next items of a list, newest first, after the last one shown."""
        found = sorted(
            ((i.created_at, i.id) for i in self.items.values() if i.board_id == board_id),
            reverse=True,
        )
        return [self.items[mark[1]] for mark in found if before is None or mark < before][:size]

    def ever_created(self) -> Iterator[str | None]:
        """What every item was created from."""
        return (item.source for item in (*self.items.values(), *self.dead.values()))

    def _held(self, item_id: ItemId) -> Item:
        if item_id not in self.items:
            raise NotFound("there is no such item")
        return self.items[item_id]

    def _any(self, item_id: ItemId) -> Item:
        return self.items.get(item_id) or self.dead[item_id]

    def _check(self, old: Item, base: Item) -> None:
        if base.version is not None and base.version != old.version:
            raise VersionConflict("someone was first", old)

    def _stamp(self, item_id: ItemId) -> None:
        self.revision += 1
        self.written_at[item_id] = self.revision

    def _wrote(self, author: str, key: str, kind: str, old: Item | None, new: Item) -> Item:
        self._stamp(new.id)
        changes = {}
        if old is not None:
            changes = {m: (value_of(old, m), value_of(new, m)) for m in MEMBERS if value_of(old, m) != value_of(new, m)}
        write = Write(author, key, new.id, kind, new.version or 0, changes)
        self.writes.append(write)
        self.audit(write)
        return new
