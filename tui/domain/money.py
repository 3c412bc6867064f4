"""Numbers and money: exact, at most 15 digits before the point and 6 after it."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from tui.domain.record import Value
from tui.errors import Invalid

WHOLE_DIGITS = 15
"""Most digits before the point."""
PART_DIGITS = 6
"""Most digits after the point."""
MICRO: int = 10**PART_DIGITS
_LIMIT: int = 10**WHOLE_DIGITS

SYMBOLS = {
    "AUD": "A$", "BRL": "R$", "CAD": "C$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "IDR": "Rp",
    "ILS": "₪", "INR": "₹", "JPY": "¥", "KRW": "₩", "MXN": "MX$", "NGN": "₦", "NZD": "NZ$", "PHP": "₱",
    "PLN": "zł", "SGD": "S$", "THB": "฿", "TRY": "₺", "TWD": "NT$", "UAH": "₴", "USD": "$", "VND": "₫", "ZAR": "R",
}  # fmt: skip
"""Signs of common ISO 4217 codes; any other currency is written by its code."""
_OTHER_SIGNS = {"CNY": ("¥", "元"), "USD": ("US$",), "RUB": ("₽",)}
_SHARED_DOLLAR = {"AUD", "BRL", "CAD", "HKD", "MXN", "NZD", "SGD", "TWD"}
_WHOLE_CURRENCIES = {"JPY", "KRW", "VND", "IDR", "CLP", "ISK", "UGX"}
_SUFFIXES = {"": 0, "k": 3, "m": 6, "mn": 6, "b": 9, "bn": 9}
_STEPS = ("", "k", "M", "B", "T")
_LONGEST = 64
"""Characters of a number that are read at all."""

_GROUPED = r"\d{1,3}(?:(?P<group>[ ,_'’])\d{2,3})(?:(?P=group)\d{2,3})*(?<=\d{3})"
_NUMBER = re.compile(
    rf"(?P<whole>{_GROUPED}|\d*)(?:\.(?P<part>\d*))?\s*(?P<suffix>k|mn?|bn?)?", re.IGNORECASE | re.ASCII
)
_SIGN = re.compile(r"(?P<before>[^\d.]*)(?P<number>[\d.].*?)(?P<after>[^\d\s.]*)", re.ASCII | re.DOTALL)
_TWO_WAYS = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)
"""A point that parts thousands in one country and a fraction in another."""
_HOW = "write it like 15000, 15,000, 15k or 1.2M"


def exact(number: int | Decimal) -> int | Decimal:
    """`number` in its one canonical form: int when integral, else Decimal without trailing zeros."""
    if isinstance(number, int):
        return int(number)
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        return number
    while len(digits) > 1 and digits[-1] == 0 and exponent < 0:
        digits, exponent = digits[:-1], exponent + 1
    if digits == (0,):
        return 0
    return int(number) if 0 <= exponent <= _LONGEST else Decimal((sign, digits, exponent))


def is_storable(value: Value) -> bool:
    """Whether a value is a number that every back end keeps exactly."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return False
    if isinstance(value, Decimal):
        if not value.is_finite() or value.adjusted() >= WHOLE_DIGITS:
            return False
        short = exact(value)
        exponent = short.as_tuple().exponent if isinstance(short, Decimal) else 0
        return isinstance(exponent, int) and exponent >= -PART_DIGITS
    return -_LIMIT < value < _LIMIT


def micros(value: Value) -> int | None:
    """A storable number in millionths, for sums that stay exact; None for anything else."""
    if type(value) is int:
        return value * MICRO if -_LIMIT < value < _LIMIT else None
    return int(value.scaleb(PART_DIGITS)) if isinstance(value, Decimal) and is_storable(value) else None


def from_units(units: int, places: int) -> int | Decimal:
    """`units` x 10^-`places`, exactly, however long."""
    return exact(Decimal(f"{units}E-{places}"))


def parse_number(text: str, currency: str | None = None) -> int | Decimal:
    """The number a person wrote: ``-3``, ``15 000``, ``$15,000``, ``1.2M``. Raises Invalid with a sentence.

    A currency sign is accepted when it is one of `currency`, or when `currency` is None. A comma parts thousands and
    a point a fraction, but ``12.500`` is refused: half of the world means 12,500 by it.
    """
    shown = text.strip()[:40]
    plain = unicodedata.normalize("NFKC", text[: _LONGEST + 1]).strip().replace("\N{MINUS SIGN}", "-")
    if len(text.strip()) > _LONGEST:
        raise Invalid(f"“{shown}…” is too long for a number; {_HOW}.")
    negative, amount = _split_sign(plain, shown, currency)
    match = _NUMBER.fullmatch(amount)
    if match is None or not (match["whole"] or match["part"]):
        if re.fullmatch(r"[\d.]*\d,\d{1,2}", amount, re.ASCII) or re.fullmatch(
            r"\d{1,3}(\.\d{3})+(,\d+)?", amount, re.ASCII
        ):
            raise Invalid(f"“{shown}” has its comma where a point is meant; write {_with_point(amount)}.")
        raise Invalid(f"“{shown}” is not a number; {_HOW}.")
    if _TWO_WAYS.fullmatch(amount):
        whole, part = amount.split(".")
        short = amount.rstrip("0").rstrip(".") if amount.endswith("0") else f"{amount}0"
        raise Invalid(f"“{shown}” can be read in two ways: write {whole}{part} or {short}.")
    whole = re.sub(r"\D", "", match["whole"]) or "0"
    number = Decimal(f"{whole}.{match['part'] or '0'}E{_SUFFIXES[(match['suffix'] or '').lower()]}")
    result = exact(-number if negative else number)
    if not is_storable(result):
        raise Invalid(f"“{shown}” is too long: {WHOLE_DIGITS} digits before the point and {PART_DIGITS} after it fit.")
    return result


def number_text(value: int | Decimal) -> str:
    """A number as an editor holds it: plain digits, nothing lost, and with one reading (``12.1250``)."""
    return _one_way(f"{value:f}") if isinstance(value, Decimal) else str(value)


def show_number(value: int | Decimal) -> str:
    """A number with its thousands apart: ``15,000``, ``0.5``."""
    if _is_beyond(value):
        return str(value)
    return _one_way(f"{value:,f}") if isinstance(value, Decimal) else f"{value:,}"


def show_money(value: int | Decimal, currency: str | None) -> str:
    """An amount with its sign or code: ``$15,000``, ``$0.50``, ``-€3``, ``15,000 SEK``."""
    digits = show_number(value)
    whole, point, part = digits.partition(".")
    if point and len(part) == 1 and currency not in _WHOLE_CURRENCIES:
        digits = f"{whole}.{part}0"
    return _with_currency(digits, currency)


def show_short(value: int | Decimal, currency: str | None = None, *, finer: bool = False) -> str:
    """An amount in a few digits, rounded half up: ``$1.2M``, ``$880k``, ``$8.2k``, ``$13k``; if `finer`, ``$12.5k``."""
    if _is_beyond(value):
        return str(value)
    sign, size = ("-", value.copy_abs() if isinstance(value, Decimal) else -value) if value < 0 else ("", value)
    if isinstance(size, Decimal):
        size = int(size * 10 + Decimal("0.5")) if size < 10 else int(size + Decimal("0.5")) * 10
    else:
        size *= 10
    # `size` is in tenths from here, so that rounding is exact and 999,950 becomes 1M, never 1000k.
    digits = ""
    for power, suffix in enumerate(_STEPS):
        unit = 1000**power
        step = 1 if size < (1000 if finer and power else 100) * unit else 10
        tenths = (2 * size + step * unit) // (2 * step * unit) * step
        whole, tenth = divmod(tenths, 10)
        digits = f"{whole:,}{f'.{tenth}' if tenth else ''}{suffix}"
        if whole < 1000:
            break
    return _with_currency(digits if digits == "0" else sign + digits, currency)


def _one_way(digits: str) -> str:
    """Digits with a zero more where they would have two readings."""
    return f"{digits}0" if _TWO_WAYS.fullmatch(digits.removeprefix("-")) else digits


def _is_beyond(value: int | Decimal) -> bool:
    """Whether a number is none of ours: not finite, or of a length nobody reads."""
    return isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) > _LONGEST)


def _with_currency(digits: str, currency: str | None) -> str:
    if currency is None:
        return digits
    symbol = SYMBOLS.get(currency)
    if symbol is None:
        return f"{digits} {currency}"
    return f"-{symbol}{digits[1:]}" if digits.startswith("-") else f"{symbol}{digits}"


def _split_sign(plain: str, shown: str, currency: str | None) -> tuple[bool, str]:
    """Whether an amount is negative, and its digits and suffix without sign and currency."""
    match = _SIGN.fullmatch(plain)
    if match is None:
        raise Invalid(f"“{shown}” is not a number; {_HOW}.")
    before, amount, after = match["before"], match["number"].strip(), match["after"]
    if size := re.match(r"(?:k|mn?|bn?)(?![a-z])", after, re.IGNORECASE):
        amount, after = amount + size[0], after[size.end() :]
    minus = before.count("-") + before.count("+")
    negative = "-" in before
    mark = (before.replace("-", "").replace("+", "").strip() + after.strip()).strip()
    if minus > 1 or (mark and not _is_mark(mark, currency)):
        if minus <= 1 and currency and _is_mark(mark, None):
            raise Invalid(f"“{shown}” is in another currency; this field is in {currency}.")
        raise Invalid(f"“{shown}” is not a number; {_HOW}.")
    return negative, amount


def _is_mark(mark: str, currency: str | None) -> bool:
    """Whether a sign or code stands for `currency`, or for any currency when that is None."""
    if currency is None:
        return mark in _ALL_SIGNS or mark.upper() in SYMBOLS
    signs = {currency, SYMBOLS.get(currency, currency), *_OTHER_SIGNS.get(currency, ())}
    return mark in signs or mark.upper() == currency or (mark == "$" and currency in _SHARED_DOLLAR)


def _with_point(amount: str) -> str:
    return amount.replace(".", "").replace(",", ".")


_ALL_SIGNS = {*SYMBOLS.values(), *(sign for signs in _OTHER_SIGNS.values() for sign in signs)}
