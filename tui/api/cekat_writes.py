"""cekat's writes: guarded by a version where the server is ours, by a second look at the item elsewhere.

A second look leaves a short time in which someone may still come between; nothing in the contract can close it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from immutables import Map

from tui.api import guard
from tui.api.address import segment
from tui.api.backend import VersionConflict
from tui.api.cekat_envelope import data_of
from tui.api.cekat_wire import ItemCodec, can_set, item_id_of, shows
from tui.api.client import Client
from tui.api.json_text import dumps
from tui.api.members import Raw, mapping, texts
from tui.api.problems import Answer, Problem, error_for, read_problem
from tui.domain.changes import Edits, Set
from tui.domain.model import COLUMN, POSITION, STATUS, BoardId, Item
from tui.errors import CardwallError, Garbled, Invalid, LostAnswer, NotFound, Unsupported

_CONFLICT = frozenset({404, 409, 412})
_ENOUGH = ("title", "column_id", "values", "created_at")
"""What an answer to a create must show to stand for the item."""


class Writes:
    """Creates, edits and deletes on one server."""

    def __init__(
        self,
        http: Client,
        root: str,
        codec: Callable[[BoardId], Awaitable[ItemCodec]],
        learned: Callable[[Item], Item],
    ) -> None:
        """`learned` is told every item that was seen whole."""
        self._http = http
        self._root = root
        self._codec = codec
        self._learned = learned

    async def create(self, draft: Item, *, key: str) -> Item:
        """Make an item; once it has an id it is there, however little else the answer says."""
        if draft.status_id is not None:
            raise Unsupported("this server's API has no statuses")
        codec = await self._codec(draft.board_id)
        body = dumps(codec.create_body(draft)).encode()
        answer = await self._http.send("POST", self._items(draft), body=body, key=key)
        try:
            raw = mapping(data_of(answer), "an item")
            item_id = item_id_of(raw)
        except Garbled as error:
            raise LostAnswer(f"the item may have been created, but {error.message}") from None
        try:
            if all(name in raw for name in _ENOUGH) and (not draft.labels or "labels" in raw):
                return self._learned(codec.item(raw))
            return self._learned(codec.item(await self._read(draft.board_id, item_id)))
        except CardwallError:
            # It is made, and the next look at the list will show it: only its id must not be lost.
            return codec.named(draft, item_id)

    async def edit(self, base: Item, edits: Edits, *, key: str) -> Item:
        """Send what is still to be changed; `VersionConflict` carries the item as it is now."""
        codec = await self._codec(base.board_id)
        edits = _writable(edits, ours=codec.ours)
        if codec.ours and base.version is not None:
            return await self._put(codec, base, edits, {}, key=key)

        async def write(seen: tuple[Item, Raw], not_after: float | None) -> Item:
            now, held = seen
            wanted = guard.left(base, now, edits)
            return await self._put(codec, now, wanted, held, key=key, not_after=not_after) if wanted else now

        return await guard.guarded(self._http, lambda: self._looked_at(codec, base), write)

    async def _put(
        self, codec: ItemCodec, base: Item, edits: Edits, held: Raw, *, key: str, not_after: float | None = None
    ) -> Item:
        body = dumps(codec.edit_body(base, edits, held)).encode()
        path = self._item(base)
        answer = await self._http.send("PUT", path, body=body, key=key, accept=_CONFLICT, not_after=not_after)
        await self._check(codec, answer, base)
        after = await self._shown(codec, answer, base, edits)
        guard.check_taken(base, after, edits)
        return after

    async def delete(self, base: Item, *, key: str) -> None:
        """Remove one item by the bulk route. Being gone already is what was wanted, and is told as a conflict."""
        codec = await self._codec(base.board_id)

        async def write(seen: tuple[Item, Raw], not_after: float | None) -> Answer:
            now, _ = seen
            same = now.version == base.version if codec.ours and base.version is not None else guard.alike(base, now)
            if not same:
                raise VersionConflict(f"{base.key} was changed in the meantime", now)
            if codec.ours:
                not_after = None  # what is sent again under its key after a lost answer must not be looked into anew
            body, path = dumps({"item_ids": [base.id]}).encode(), self._items(base)
            return await self._http.send("DELETE", path, body=body, key=key, accept=_CONFLICT, not_after=not_after)

        answer = await guard.guarded(self._http, lambda: self._looked_at(codec, base), write)
        await self._check(codec, answer, base)
        if answer.status == 204 or not answer.body:
            return
        try:
            raw = mapping(data_of(answer), "the deletion")
            listed = base.id in texts(raw, "item_ids") if "item_ids" in raw else raw.get("deleted") != 0
        except Garbled as error:
            raise LostAnswer(f"{base.key} may have been deleted, but {error.message}") from None
        if not listed:
            raise Invalid(f"{base.key}: the server said yes, but did not delete it")

    async def _looked_at(self, codec: ItemCodec, base: Item) -> tuple[Item, Raw]:
        """The item as it is now, with its values as the server writes them."""

        async def look() -> tuple[Item, Raw]:
            raw = await self._read(base.board_id, base.id)
            return self._learned(codec.item(raw)), codec.values(raw)

        return await guard.looked_at(base, look())

    async def _read(self, board_id: BoardId, item_id: str) -> Raw:
        answer = await self._http.send("GET", f"{self._root}/{segment(board_id)}/items/{segment(item_id)}")
        return mapping(data_of(answer), "an item")

    async def _shown(self, codec: ItemCodec, answer: Answer, before: Item, edits: Edits) -> Item:
        """The item after an update: what its answer shows of it, read again when it omits what was set."""
        try:
            raw = mapping(data_of(answer), "an item")
        except Garbled:
            raw = {}
        try:
            if raw.get("id") == before.id and shows(raw, edits) and (not codec.ours or "version" in raw):
                return codec.answered(before, raw, edits)
            return self._learned(codec.item(await self._read(before.board_id, before.id)))
        except NotFound:  # a repeated answer may be an old one: asking for it once more would never end
            raise VersionConflict(f"{before.key} has been deleted on the server", None) from None
        except CardwallError as error:
            raise LostAnswer(f"the change was taken, but {error.message}") from None

    async def _check(self, codec: ItemCodec, answer: Answer, base: Item) -> None:
        """Raise what a refused write of an existing item means."""
        if answer.status not in _CONFLICT:
            return
        problem = read_problem(answer)
        refused = error_for(answer, writing=True, what=f"the change of {base.key}")
        if problem.code not in (None, "item_not_found", "version_conflict", "not_found", "conflict"):
            raise refused
        theirs = await self._theirs(codec, problem, base)
        if theirs is None:
            raise VersionConflict(f"{base.key} has been deleted on the server", None)
        if answer.status == 404 or (theirs.version == base.version and (codec.ours or guard.alike(base, theirs))):
            raise refused  # it is there, as it was: something else is missing, or refused
        raise VersionConflict(f"{base.key} was changed by someone in the meantime", theirs)

    async def _theirs(self, codec: ItemCodec, problem: Problem, base: Item) -> Item | None:
        current = problem.members.get("current")
        if isinstance(current, dict) and "column_id" in current:
            return self._learned(codec.item(current))
        if problem.code == "item_not_found":
            return None
        try:
            return self._learned(codec.item(await self._read(base.board_id, base.id)))
        except NotFound:
            return None

    def _items(self, item: Item) -> str:
        return f"{self._root}/{segment(item.board_id)}/items"

    def _item(self, item: Item) -> str:
        return f"{self._items(item)}/{segment(item.id)}"


def _writable(edits: Edits, *, ours: bool) -> Edits:
    """`edits` without what is none of this contract's business: a status taken away that is none, and a move's place.

    Raises `Unsupported` for what the contract cannot write.
    """
    kept = Map({m: e for m, e in edits.items() if not (m == STATUS and isinstance(e, Set) and e.mine is None)})
    if not ours and COLUMN in kept and POSITION in kept:
        kept = kept.delete(POSITION)  # a move that is undone goes where the server puts it
    unknown = tuple(member for member in kept if not can_set(member, ours=ours))
    if unknown:
        raise Unsupported(f"this server's API cannot change an item's {guard.names(unknown)}")
    return kept
