"""One database, two faces: what is written through one is seen through the other."""

from __future__ import annotations

from tests.server.conftest import FixedClock
from tests.server.crm import Crm, add_contact, data, refused
from tui.server.database import Database


async def test_an_item_of_slate_is_seen_by_cekat(crm: Crm, database: Database) -> None:
    contact = add_contact(database)
    item = await crm.board.add(
        "Acme",
        metadata={"deal_value": 15000.50, "areas": ["emea"], "vip": False, "close": "2026-04-01"},
        labels=["hot"],
        source="web",
        contact_id="c1",
    )
    seen = await crm.get(item["item_id"])
    assert seen == {
        "id": item["item_id"],
        "board_id": crm.board.id,
        "column_id": crm.columns["Lead"],
        "title": "Acme",
        "position": item["position"],
        "values": {
            "deal_value": "15000.5",
            "close": "2026-04-01",
            "areas": '["emea"]',
            "vip": "false",
            "source": "web",
        },
        "contact": contact,
        "labels": ["hot"],
        "created_at": item["created_at"],
        "updated_at": item["updated_at"],
        "version": 1,
        "conversation_ids": [],
        "created_by": {"id": "sam", "name": "sam"},
    }


async def test_an_item_of_cekat_is_seen_by_slate(crm: Crm) -> None:
    values = {"deal_value": "15000.50", "areas": '["emea"]', "vip": "true", "source": "web", "notes": ""}
    item = await crm.add("Globex", column_name="qualified", values=values, labels=["hot"])
    (seen,) = await crm.board.items()
    assert (seen["item_id"], seen["name"], seen["version"]) == (item["id"], "Globex", 1)
    assert (seen["stage"], seen["status"], seen["source"]) == ("Qualified", "Waiting", "web")
    assert (str(seen["deal_value"]), seen["areas"], seen["vip"], seen["notes"]) == ("15000.5", ["emea"], True, None)
    assert (seen["labels"], seen["short_id"]) == (["hot"], "DEAL-1")


async def test_versions_count_over_both(crm: Crm, clock: FixedClock) -> None:
    item = await crm.add()
    clock.now += 60
    one = await crm.board.edit({"item_id": item["id"]}, name="slate's", version=1)
    two = await crm.put(item["id"], title="cekat's", version=one["version"])
    assert two["version"] == 3
    reply = await crm.call("PATCH", f"/v1/ext/items/{item['id']}", {"name": "late", "version": 2})
    assert (reply.status, reply.json()["current"]["name"]) == (409, "cekat's")
    error = refused(await crm("PUT", f"/items/{item['id']}", {"title": "late", "version": 2}), 409, "VERSION_CONFLICT")
    assert error["current"]["title"] == "cekat's"
    tag = (await crm("GET", f"/items/{item['id']}")).headers["etag"]
    assert tag == (await crm.call("GET", f"/v1/ext/items/{item['id']}")).headers["etag"]
    reply = await crm.call("PATCH", f"/v1/ext/items/{item['id']}", {"name": "x"}, headers={"if-match": tag})
    assert reply.json()["version"] == 4


async def test_a_move_keeps_the_status_by_name(crm: Crm) -> None:
    item = await crm.board.add(status_id=crm.board.status("Lead", "Open"))
    await crm.put(item["item_id"], column_name="Qualified")
    (moved,) = await crm.board.items()
    assert (moved["stage"], moved["status"]) == ("Qualified", "Open")


async def test_history_and_feed_hold_the_writes_of_both(crm: Crm) -> None:
    cursor = (await crm.board.changes())["cursor"]
    item = await crm.add(values={"deal_value": "1"})
    await crm.put(item["id"], values={"deal_value": "2"}, column_name="won")
    feed = await crm.board.changes(cursor)
    assert [(each["item_id"], each["version"]) for each in feed["changes"]] == [(item["id"], 2)]
    history = (await crm.call("GET", f"/v1/ext/items/{item['id']}/history")).json()
    assert history[0]["changes"] == {"stage": ["Lead", "Won"], "status": ["Open", None], "deal_value": [1, 2]}


async def test_what_one_deletes_the_other_does_not_find(crm: Crm) -> None:
    one, two = await crm.add(), await crm.add()
    await crm.call("DELETE", f"/v1/ext/items/{one['id']}")
    refused(await crm("PUT", f"/items/{one['id']}", {"title": "x"}), 404, "ITEM_NOT_FOUND")
    data(await crm("DELETE", "/items", {"item_ids": [two["id"]]}))
    reply = await crm.call("PATCH", f"/v1/ext/items/{two['id']}", {"name": "x"})
    assert (reply.status, reply.json()["deleted"]) == (404, True)


async def test_both_refuse_the_same_values(crm: Crm) -> None:
    item = await crm.add()
    for values in ({"email": "x"}, {"close": "2026-13-01"}, {"priority": "none"}, {"nope": "1"}):
        ours = refused(await crm("PUT", f"/items/{item['id']}", {"values": values}), 400, "VALIDATION_ERROR")
        theirs = (await crm.call("PATCH", f"/v1/ext/items/{item['id']}", {"metadata": values})).json()
        assert [each["message"] for each in ours["details"]] == [each["message"] for each in theirs["errors"]]
