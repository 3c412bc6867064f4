"""Cekat's operations, for the OpenAPI document."""

from __future__ import annotations

from tui.server.cekat import answers, bodies
from tui.server.cekat.routes import PREFIX
from tui.server.operations import ALWAYS, IF_MATCH, ONCE, READING, TAG, TEXT, WRITING, FaceTable, Operation, Parameter

WINDOW = (
    Parameter("limit", {"type": "integer", "minimum": 1, "default": 50}, "More than 500 is 500."),
    Parameter("offset", {"type": "integer", "minimum": 0, "maximum": 2**53, "default": 0}),
)
FILTERS = (
    Parameter("column_id", TEXT),
    Parameter("search", {"type": "string", "maxLength": 500}, "Words that title, key or values hold, at most 10."),
)
BOARD = "/boards/{board_id}"
ITEMS, COLUMNS = f"{BOARD}/items", f"{BOARD}/columns"
BODY_REFUSALS = (400, 404, 413, 415)
TABLE = FaceTable(
    name="cekat",
    prefix=PREFIX,
    keys={
        "bearer": {"type": "http", "scheme": "bearer"},
        "api_key": {"type": "apiKey", "in": "header", "name": "api_key"},
    },
    problem=answers.Problem,
    problem_type="application/json",
    always=ALWAYS,
    operations=(
        Operation(
            "GET", "/boards", "List boards, oldest first.", answer=answers.Listed[answers.BoardSummary],
            refusals=(400,), parameters=WINDOW, **READING,
        ),
        Operation("GET", BOARD, "Show a board.", answer=answers.Done[answers.Board], refusals=(404,), **READING),
        Operation(
            "POST", f"{COLUMNS}/by-name", "Find a column by its name, case ignored.",
            answer=answers.Done[answers.ColumnFound], refusals=BODY_REFUSALS, body=bodies.ColumnName, **READING,
        ),
        Operation(
            "GET", f"{COLUMNS}/{{column_id}}", "Show a column.", answer=answers.Done[answers.Column],
            refusals=(404,), **READING,
        ),
        Operation(
            "GET", ITEMS, "List a board's items, in order of columns and places.",
            answer=answers.Listed[answers.ItemListed], refusals=(400, 404), parameters=(*FILTERS, *WINDOW), **READING,
        ),
        Operation(
            "POST", ITEMS, "Make an item, in the first column unless one is named.",
            answer=answers.Done[answers.Item], statuses=(200, 201), refusals=(409, *BODY_REFUSALS),
            body=bodies.CreateItem, parameters=(ONCE,), headers=TAG, **WRITING,
        ),
        Operation(
            "DELETE", ITEMS, "Delete items: all that are named, or none.", answer=answers.Done[answers.Deleted],
            refusals=BODY_REFUSALS, body=bodies.DeleteItems, parameters=(ONCE,), **WRITING,
        ),
        Operation(
            "POST", f"{ITEMS}/search", "Find items by text, columns, times and values.",
            answer=answers.Searched[answers.ItemFound], refusals=BODY_REFUSALS, body=bodies.SearchItems, **READING,
        ),
        Operation(
            "GET", f"{ITEMS}/{{item_id}}", "Show an item.", answer=answers.Done[answers.Item], refusals=(404,),
            headers=TAG, **READING,
        ),
        Operation(
            "PUT", f"{ITEMS}/{{item_id}}", "Change what is sent, of an item at the version that is sent.",
            answer=answers.Done[answers.ItemUpdated], refusals=(409, 412, *BODY_REFUSALS), body=bodies.UpdateItem,
            parameters=(IF_MATCH, ONCE), headers=TAG, **WRITING,
        ),
    ),
)  # fmt: skip
