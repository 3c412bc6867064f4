"""Slate's operations, for the OpenAPI document."""

from __future__ import annotations

from tui.server.operations import ALWAYS, IF_MATCH, ONCE, READING, TAG, TEXT, WRITING, FaceTable, Operation, Parameter
from tui.server.slate import answers, bodies
from tui.server.slate.routes import PREFIX

IF_NONE_MATCH = Parameter("If-None-Match", TEXT, "304 while the answer is still the one of this ETag.", "header")
FILTERS = (
    Parameter("pipeline_id", TEXT),
    Parameter("stage_id", TEXT),
    Parameter("status_id", TEXT),
    Parameter("created_after", {"type": "string", "format": "date-time"}, "Strictly later than this second."),
    Parameter("updated_after", {"type": "string", "format": "date-time"}, "Strictly later than this second."),
    Parameter("q", {"type": "string", "maxLength": 500}, "Words that name, key or values hold, at most 10."),
    Parameter("sort", {"enum": ["created_at", "updated_at", "position"]}, "Newest first; position needs a board."),
    Parameter("limit", {"type": "integer", "minimum": 1, "maximum": 500}, "Without it the whole list is sent."),
    Parameter("cursor", TEXT, "From the Link of the page before."),
)
LINK = {"Link": {"schema": TEXT, "description": "The next page, when there is one."}}
ITEM, BOARD = "/items/{item_id}", "/pipelines/{pipeline_id}"
BODY_REFUSALS = (400, 413, 415, 422)
TABLE = FaceTable(
    name="slate",
    prefix=PREFIX,
    keys={"x-api-key": {"type": "apiKey", "in": "header", "name": "x-api-key"}},
    problem=answers.Problem,
    problem_type="application/problem+json",
    always=ALWAYS,
    operations=(
        Operation(
            "GET", "/items", "List items, newest first.", answer=answers.Item, is_list=True, statuses=(200, 304),
            refusals=(400, 422), parameters=(*FILTERS, IF_NONE_MATCH), headers={**TAG, **LINK}, **READING,
        ),
        Operation(
            "POST", "/items", "Make an item.", answer=answers.Item, statuses=(200, 201),
            refusals=(404, 409, *BODY_REFUSALS), body=bodies.CreateBody, parameters=(ONCE,), headers=TAG, **WRITING,
        ),
        Operation(
            "POST", "/items/check-duplicates", "Show the items that a draft would duplicate; makes none.",
            answer=answers.Duplicates, refusals=(404, *BODY_REFUSALS), body=bodies.CheckBody, **READING,
        ),
        Operation(
            "GET", ITEM, "Show an item, by its id or its short_id.", answer=answers.Item, statuses=(200, 304),
            refusals=(400, 404), parameters=(IF_NONE_MATCH,), headers=TAG, **READING,
        ),
        Operation(
            "PATCH", ITEM, "Change what is sent, of an item at the version that is sent.", answer=answers.Item,
            refusals=(404, 409, 412, *BODY_REFUSALS), body=bodies.EditBody, parameters=(IF_MATCH, ONCE), headers=TAG,
            **WRITING,
        ),
        Operation(
            "DELETE", ITEM, "Delete an item; for 30 days it can be restored.", answer=None, statuses=(204,),
            refusals=(400, 404, 409, 412, 413, 422),
            parameters=(
                Parameter("version", {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}), IF_MATCH, ONCE,
            ), **WRITING,
        ),
        Operation(
            "GET", f"{ITEM}/history", "Show an item's versions, newest first.", answer=answers.Entry, is_list=True,
            refusals=(404, 422), parameters=(Parameter("limit", {"type": "integer", "minimum": 1, "maximum": 500}),),
            **READING,
        ),
        Operation(
            "POST", f"{ITEM}/restore", "Bring a deleted item back.", answer=answers.Item,
            refusals=(404, 409, 413, 422), parameters=(ONCE,), headers=TAG, **WRITING,
        ),
        Operation("GET", "/pipelines", "List boards.", answer=answers.Pipeline, is_list=True, **READING),
        Operation(
            "POST", "/pipelines", "Make a board.", answer=answers.Blueprint, statuses=(201,), refusals=BODY_REFUSALS,
            body=bodies.BlueprintBody, parameters=(ONCE,), **WRITING,
        ),
        Operation(
            "GET", f"{BOARD}/stages", "List a board's columns, in its order.", answer=answers.Stage, is_list=True,
            refusals=(404,), **READING,
        ),
        Operation(
            "GET", f"{BOARD}/stages/{{stage_id}}/statuses", "List a column's statuses, in its order.",
            answer=answers.Status, is_list=True, refusals=(404,), **READING,
        ),
        Operation(
            "GET", f"{BOARD}/blueprint", "Show a whole board.", answer=answers.Blueprint, refusals=(404,), **READING
        ),
        Operation(
            "PUT", f"{BOARD}/blueprint", "Give a board a new blueprint, made from the revision that is sent.",
            answer=answers.Blueprint, refusals=(404, 409, *BODY_REFUSALS), body=bodies.BlueprintBody,
            parameters=(ONCE,), **WRITING,
        ),
        Operation(
            "GET", f"{BOARD}/changes", "Show what changed since a cursor; without one, the cursor of now.",
            answer=answers.Changes, refusals=(404, 410, 422), parameters=(Parameter("after", TEXT),), **READING,
        ),
        Operation(
            "GET", "/webhooks/sample/items", "Show a made-up item with a board's real fields.", answer=answers.Item,
            refusals=(404, 422), parameters=(Parameter("pipeline_id", TEXT),), **READING,
        ),
        Operation("GET", "/capabilities", "Show what goes beyond the contract.", None, answers.Capabilities),
    ),
)  # fmt: skip
