"""The cekat face: ``/api/crm/boards``.

Values are text both ways, in the forms of `tui.server.value_text`; a write also takes them as numbers, booleans and
lists. Unset fields are absent; null and "" clear. ``values.source`` is an item's source.

Beyond the documented routes' members: ``version`` on every item and in PUT, ``labels`` in lists, ``contact_id`` and
``position`` in PUT, ``position`` in POST. The answer of POST is the item as GET shows it.
"""
