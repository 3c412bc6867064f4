"""slate's writes: guarded by a version, or by a second look where a foreign server shows none."""

from __future__ import annotations

from typing import Protocol

from tui.api import guard
from tui.api.backend import Duplicate, DuplicateRefused, VersionConflict
from tui.api.client import Client
from tui.api.json_text import dumps
from tui.api.members import Raw, mapping, number_or_none, objects, text, texts
from tui.api.problems import Answer, Problem, error_for, read_problem
from tui.api.slate_paths import ROOT, item_path
from tui.api.slate_wire import FOREIGN_MEMBERS, create_body, edit_body
from tui.domain.changes import Edits
from tui.domain.model import BoardId, Item, ItemId, field_name
from tui.errors import CardwallError, Garbled, LostAnswer, NotFound, Unsupported

_CONFLICT = frozenset({404, 409, 412})


class Decoded(Protocol):
    """Reads an item by the board it says it is on."""

    async def __call__(self, raw: object, likely: BoardId | None = None) -> Item:
        """`likely`: the board it should be on, where its name alone does not tell. Raises `Garbled`."""
        ...


class Writes:
    """Creates, edits and deletes on one server."""

    def __init__(self, http: Client, decoded: Decoded) -> None:
        self._http = http
        self._decoded = decoded

    async def create(self, draft: Item, *, key: str, ours: bool) -> Item:
        """Make an item; an answer that does not show it is a lost one."""
        if draft.labels and not ours:
            raise Unsupported("this server's API has no labels")
        body = dumps(create_body(draft, ours=ours)).encode()
        answer = await self._http.send("POST", f"{ROOT}/items", body=body, key=key, accept={409})
        if answer.status == 409:
            problem = read_problem(answer)
            if problem.code == "duplicate_item":
                found = await self._duplicates(problem.members)
                raise DuplicateRefused(problem.message or "the board refuses a duplicate of this item", found)
            raise error_for(answer, writing=True, what="the create")
        try:
            raw = mapping(answer.json(), "an item")
            if not ours and "item_id" in raw and not {"name", "stage", "version"} <= raw.keys():
                return await self._read(ItemId(text(raw, "item_id")), draft.board_id)
            return await self._decoded(raw, draft.board_id)
        except CardwallError as error:
            raise LostAnswer(f"the item may have been created, but {error.message}") from None

    async def edit(self, base: Item, edits: Edits, *, key: str, ours: bool) -> Item:
        """Send `edits` with `base`'s version; `VersionConflict` carries the item as it is now."""
        if ours:
            return await self._write(base, edits, key)
        _refuse(edits)
        if base.version is None:
            return await self._guarded(base, edits, key)
        after = await self._write(base, edits, key)
        guard.check_taken(base, after, edits)
        return after

    async def _guarded(self, base: Item, edits: Edits, key: str) -> Item:
        """Send what is still to be changed after a look, for an item whose list shows no version."""

        async def look() -> Item:
            return await guard.looked_at(base, self._read(base.id, base.board_id))

        async def write(now: Item, not_after: float | None) -> Item:
            wanted = guard.left(base, now, edits)
            after = await self._write(now, wanted, key, not_after=not_after if now.version is None else None)
            guard.check_taken(now, after, wanted)
            return after

        return await guard.guarded(self._http, look, write)

    async def _write(self, base: Item, edits: Edits, key: str, *, not_after: float | None = None) -> Item:
        if not edits:
            return base
        body = dumps(edit_body(base, edits)).encode()
        path = item_path(base.id)
        answer = await self._http.send("PATCH", path, body=body, key=key, accept=_CONFLICT, not_after=not_after)
        await self._check(answer, base)
        return await self._shown(answer, base)

    async def delete(self, base: Item, *, key: str) -> None:
        """Remove an item that is still of `base`'s version."""
        params = {} if base.version is None else {"version": str(base.version)}
        answer = await self._http.send("DELETE", item_path(base.id), params=params, key=key, accept=_CONFLICT)
        await self._check(answer, base)

    async def duplicates(self, draft: Item) -> tuple[Duplicate, ...]:
        """What the board's rule finds; nothing is created."""
        body = create_body(draft, ours=True)
        if not draft.is_local:
            body["exclude_item_id"] = draft.id
        path = f"{ROOT}/items/check-duplicates"
        answer = await self._http.send("POST", path, body=dumps(body).encode(), reading=True)
        return await self._duplicates(mapping(answer.json(), "the duplicates"))

    async def _read(self, item_id: ItemId, board_id: BoardId) -> Item:
        answer = await self._http.send("GET", item_path(item_id))
        return await self._decoded(answer.json(), board_id)

    async def _shown(self, answer: Answer, base: Item) -> Item:
        """The item a write's answer shows; read again when it does not. Its version is never guessed.

        What is read again may be somebody else's already, so an answer that shows the item is preferred.
        """
        try:
            raw = answer.json()
        except Garbled:
            raw = None
        try:
            if isinstance(raw, dict) and _is_whole(raw, base):
                return await self._decoded(raw, base.board_id)
            return await self._read(base.id, base.board_id)
        except NotFound:  # a repeated answer may be an old one: asking for it once more would never end
            raise VersionConflict(f"{base.key} has been deleted on the server", None) from None
        except CardwallError as error:
            raise LostAnswer(f"the change was taken, but {error.message}") from None

    async def _check(self, answer: Answer, base: Item) -> None:
        """Raise what a refused write of an existing item means; `theirs` comes along or is read again."""
        if answer.status not in _CONFLICT:
            return
        problem = read_problem(answer)
        refused = error_for(answer, writing=True, what=f"the change of {base.key}")
        if problem.code not in (None, "item_not_found", "version_conflict", "precondition_failed"):
            raise refused
        theirs = await self._theirs(problem, base)
        if theirs is None:
            raise VersionConflict(f"{base.key} has been deleted on the server", None)
        if answer.status == 404 or (theirs.version == base.version and base.version is not None):
            raise refused  # it is there, as it was: something else is missing, or refused
        raise VersionConflict(f"{base.key} was changed by {theirs.updated_by or 'someone'} in the meantime", theirs)

    async def _theirs(self, problem: Problem, base: Item) -> Item | None:
        current = problem.members.get("current")
        if isinstance(current, dict) and "item_id" in current:
            return await self._decoded(current, base.board_id)
        if problem.code == "item_not_found":
            return None
        try:
            return await self._read(base.id, base.board_id)
        except NotFound:
            return None

    async def _duplicates(self, raw: Raw) -> tuple[Duplicate, ...]:
        if "duplicates" not in raw:
            return ()
        found = []
        for entry in objects(raw, "duplicates"):
            if entry.get("item") is None:
                continue  # a key that may not read is only told that there are some
            item = await self._decoded(entry["item"], None)
            score = number_or_none(entry, "score")
            found.append(Duplicate(item, texts(entry, "matched_fields"), 1.0 if score is None else float(score)))
        return tuple(found)


def _is_whole(raw: Raw, base: Item) -> bool:
    """Whether an answer shows the item, with a version where the item has one."""
    least = {"item_id", "version"} if base.version is not None else {"item_id", "name", "stage"}
    return least <= raw.keys()


def _refuse(edits: Edits) -> None:
    """Raise `Unsupported` for what no documented route can write."""
    refused = tuple(m for m in edits if field_name(m) is None and m not in FOREIGN_MEMBERS)
    if refused:
        raise Unsupported(f"this server's API cannot change an item's {guard.names(refused)}")
