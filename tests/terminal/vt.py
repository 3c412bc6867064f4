"""A strict reader of terminal output: bytes in, tokens out, nothing skipped and nothing guessed."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|\x1b\[(?P<private>[<=>?]?)(?P<params>[0-9:;]*)(?P<middle>[ -/]*)(?P<final>[@-~])"
    r"|\x1b\](?P<osc>[^\x00-\x1f\x7f-\x9f]*)(?:\x07|\x1b\\)"
    r"|\x1b(?P<string>[PX^_])(?P<payload>[^\x1b]*)\x1b\\"
    r"|\x1b(?P<escape>[ -/]*[0-OQ-WYZ`-~])"
    r"|(?P<c0>[\x00-\x1a\x1c-\x1f\x7f])"
    r"|(?P<c1>[\x80-\x9f])"
)
_UNFINISHED = re.compile(
    r"\x1b(?:\[[<=>?]?[0-9:;]*[ -/]*|\][^\x00-\x1f\x7f-\x9f]*(?:\x1b)?|[PX^_][^\x1b]*(?:\x1b)?|[ -/]*)\Z"
)


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of output.

    `kind` is text, csi, osc, dcs, apc, pm, sos, esc, c0, c1 or broken (an escape that is no sequence).
    `name` is what identifies a sequence: private mark, intermediates and final byte of a CSI (`?h`, `>q`, `$p`),
    the number of an OSC, the final of an escape. `body` is its parameters, payload or text.
    """

    kind: str
    name: str
    body: str
    source: str
    at: int
    """Characters of output before it."""

    @property
    def numbers(self) -> list[int]:
        """The parameters of a CSI; an empty one is 0."""
        return [int(part or 0) for part in re.split("[;:]", self.body)]


class Reader:
    """Cuts a stream into tokens; a sequence split over two reads is kept until it is whole.

    Bytes that are not UTF-8 come out as lone surrogates U+DC80..U+DCFF inside text tokens.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._rest = ""
        self._at = 0

    def feed(self, data: bytes, *, final: bool = False) -> Iterator[Token]:
        """Yield the tokens that `data` completes; with `final`, an unfinished one too, as broken."""
        text = self._rest + self._decoder.decode(data, final)
        self._rest = ""
        place = 0
        while place < len(text):
            match = _TOKEN.match(text, place)
            if match is None:
                if not final and _UNFINISHED.match(text, place):
                    self._rest = text[place:]
                    break
                yield Token("broken", "", text[place : place + 1], text[place : place + 1], self._at + place)
                place += 1
            else:
                yield _token(match, self._at + place)
                place = match.end()
        self._at += place


_STRINGS = {"P": "dcs", "X": "sos", "^": "pm", "_": "apc"}


def _token(match: re.Match[str], at: int) -> Token:
    source = match.group()
    groups = match.groupdict()
    if groups["final"] is not None:
        return Token("csi", groups["private"] + groups["middle"] + groups["final"], groups["params"], source, at)
    if groups["osc"] is not None:
        number, _, body = groups["osc"].partition(";")
        return Token("osc", number, body, source, at)
    if groups["string"] is not None:
        return Token(_STRINGS[groups["string"]], "", groups["payload"], source, at)
    if groups["escape"] is not None:
        return Token("esc", groups["escape"], "", source, at)
    kind = next(kind for kind in ("text", "c0", "c1") if groups[kind] is not None)
    return Token(kind, "", groups[kind], source, at)


def tokens(data: bytes) -> list[Token]:
    """All tokens of a complete stream."""
    return list(Reader().feed(data, final=True))
