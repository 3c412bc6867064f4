"""Bodies that no route of any face may choke on."""

from __future__ import annotations

from hypothesis import strategies as st

MALFORMED = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"x"',
    b'{"name":"a","name":"b"}',
    b'{"metadata":{"x":1,"x":2}}',
    b"\xff\xfe",
    b'{"a":NaN}',
    b'{"a":Infinity}',
    b"[" * 100_000,
    b'{"a":' * 5_000,
    b"\xef\xbb\xbf{}",
    b'{"a":1}x',
    b'{"a":"\xed\xa0\x80"}',
]
"""What is not one JSON object, or says a member twice."""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
