"""From the text of a filter to its tree; the parser library is loaded when a filter first needs more than words."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from tui.domain.query_syntax import Either, Every, Node, Not, Operand, QueryError, Test, Word

if TYPE_CHECKING:
    from lark import Lark, Token, Tree
    from lark.exceptions import UnexpectedInput

LONGEST = 1000
"""Characters of a filter."""
DEEPEST = 40
"""Brackets within brackets: what is built from them calls itself this deep."""

_GRAMMAR = r"""
?start: either
?either: every (_OR every)*
?every: part (_AND? part)*
?part: atom | _NOT atom -> contrary
?atom: _OPEN either _CLOSE | WORD -> word | PHRASE -> phrase | test
test: HEAD value (_COMMA value)*
value: VALUE | PHRASE

HEAD.4: /(?:[^\W\d][\w.-]*|"[^"]+")\s*(?:>=|<=|[:=<>])/
_OR.4: /OR(?![^\s()])/
_AND.4: /AND(?![^\s()])/
_NOT.3: /-(?=[^\s)])/
_COMMA.3: ","
_OPEN.3: "("
_CLOSE.3: ")"
PHRASE.2: /"[^"]*"/
VALUE: /[^\s(),"]+/
WORD: /[^\s()"]+/
%ignore /\s+/
"""

_WORDS_ONLY = re.compile(r'[^():=<>"]*')
_BRACKETS = re.compile(r'"[^"]*"|[()]')
_CURLY = str.maketrans("“”„", '"""')


def read(text: str) -> Node:
    """The tree of a filter that is not blank. Raises QueryError."""
    if len(text) > LONGEST:
        raise QueryError(f"A filter has at most {LONGEST:,} characters.", LONGEST)
    text = text.translate(_CURLY)
    words = text.split()
    if _WORDS_ONLY.fullmatch(text) and not any(word.startswith("-") or word in ("OR", "AND") for word in words):
        return _joined(Every, [Word(word) for word in words])
    if (deep := _too_deep(text)) is not None:
        raise QueryError(f"Brackets go at most {DEEPEST} deep.", deep)
    return _parsed(text)


def warm() -> None:
    """Load the parser, so that the first filter with a field in it does not wait; may run in a thread."""
    _parser()


@cache
def _parser() -> Lark:
    from lark import Lark

    return Lark(_GRAMMAR, parser="lalr", lexer="contextual")


def _parsed(text: str) -> Node:
    from lark.exceptions import UnexpectedInput

    try:
        tree: Tree[Token] = _parser().parse(text)
    except UnexpectedInput as mistake:
        raise _explained(text, mistake) from None
    return _node(tree)


def _node(tree: Tree[Token]) -> Node:
    parts = [child for child in tree.children if not isinstance(child, str)]
    match tree.data:
        case "either":
            return _joined(Either, [_node(part) for part in parts])
        case "every":
            return _joined(Every, [_node(part) for part in parts])
        case "contrary":
            inner = _node(parts[0])
            return inner.part if isinstance(inner, Not) else Not(inner)
        case "test":
            return _test(tree)
        case "phrase":
            return Word(str(tree.children[0]).strip('"'))
        case _:
            (token,) = tree.children
            return Word(str(token), _at(token) if isinstance(token, str) else None)


def _joined(kind: type[Every] | type[Either], parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


def _test(tree: Tree[Token]) -> Test:
    tokens = [child if isinstance(child, str) else child.children[0] for child in tree.children]
    head, *values = [token for token in tokens if isinstance(token, str)]
    op = re.search(r"(?:>=|<=|[:=<>])$", head)
    assert op is not None
    operands = (Operand(str(value).strip('"'), _at(value), value.startswith('"')) for value in values)
    return Test(head[: op.start()].strip().strip('"'), op[0], tuple(operands), _at(head))


def _at(token: str) -> int:
    return getattr(token, "start_pos", None) or 0


def _explained(text: str, mistake: UnexpectedInput) -> QueryError:
    """A sentence for what the parser met where it expected something else."""
    at: int = getattr(mistake, "pos_in_stream", None) or 0
    if getattr(getattr(mistake, "token", None), "type", "") == "$END":
        at = len(text)
    rest, before = text[at:], text[:at].rstrip()
    if rest.startswith('"'):
        return QueryError("This quote is not closed.", at)
    if head := re.search(r'[^\s()"]+\s*[:=<>]$|"\s*[:=<>]+$', before):
        return QueryError(f"A value is missing after {head[0]}", at)
    if before.endswith(",") and not rest.startswith("("):
        return QueryError("A value is missing after the comma.", at)
    if re.search(r"(?:^|[\s(])(?:OR|AND)$", before):
        return QueryError(f"Something is missing after {before[-3:].strip()}.", at)
    if re.match(r"(?:OR|AND)\b", rest):
        return QueryError(f"Something is missing before {rest[:3].strip()}.", at)
    if not rest:
        return QueryError("A bracket is not closed.", _open_bracket(text))
    if before.endswith("("):
        return QueryError("There is nothing between these brackets.", at)
    return QueryError("This bracket closes none." if rest.startswith(")") else "This is not understood.", at)


def _too_deep(text: str) -> int | None:
    """The place of the first bracket that is nested too deep."""
    depth = 0
    for match in _BRACKETS.finditer(text):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth > DEEPEST:
            return match.start()
    return None


def _open_bracket(text: str) -> int:
    """The place of the last bracket that is open at the end."""
    opened = []
    for match in _BRACKETS.finditer(text):
        if match[0] == "(":
            opened.append(match.start())
        elif match[0] == ")" and opened:
            opened.pop()
    return opened[-1] if opened else len(text)
