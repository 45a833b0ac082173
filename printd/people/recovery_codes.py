"""Recovery codes: 135 random bits for paper, written so that they can be read aloud and typed back.

Crockford's base32 (crockford.com/base32.html): 27 symbols without I, L, O and U, and one that checks them: their value
modulo 37, so that one wrong symbol and two neighbours exchanged are always noticed. In seven groups of four.
"""

from __future__ import annotations

import secrets
from types import MappingProxyType
from typing import Final

_SYMBOLS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES: Final = MappingProxyType(
    {symbol: value for value, symbol in enumerate(_SYMBOLS)}
    | {symbol.lower(): value for value, symbol in enumerate(_SYMBOLS)}
    | {"O": 0, "o": 0, "I": 1, "i": 1, "L": 1, "l": 1}
)
_RANDOM: Final = 27
_GROUP: Final = 4


class MistypedCodeError(ValueError):
    """What was typed is no recovery code at all: too long, too short, or the checking symbol does not fit."""


def new_code() -> str:
    """Make a new code, grouped by hyphens, for the one time that it is shown."""
    while True:
        value = secrets.randbits(5 * _RANDOM)
        if value % 37 < len(_SYMBOLS):  # the five other checking symbols are *~$=U: not for paper, draw again
            break
    symbols = "".join(_SYMBOLS[value >> 5 * place & 31] for place in reversed(range(_RANDOM))) + _SYMBOLS[value % 37]
    return "-".join(symbols[start : start + _GROUP] for start in range(0, len(symbols), _GROUP))


def read_code(typed: str) -> str:
    """Return the 28 symbols of a code, however it was typed.

    Case, spaces and hyphens do not count; O is read as 0, I and L as 1.

    :raises MistypedCodeError: it is no code; it was read or typed wrongly, and no secret was tried.
    """
    symbols = [symbol for symbol in typed if symbol != "-" and not symbol.isspace()]
    values = [_VALUES[symbol] for symbol in symbols if symbol in _VALUES]
    if len(values) != len(symbols) or len(values) != _RANDOM + 1:
        raise MistypedCodeError(f"a recovery code has {_RANDOM + 1} letters and digits")
    whole = 0
    for value in values[:-1]:
        whole = whole << 5 | value
    if whole % 37 != values[-1]:
        raise MistypedCodeError("a letter or digit of the recovery code is wrong")
    return "".join(_SYMBOLS[value] for value in values)
