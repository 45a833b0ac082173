"""Some event of every kind: each field that it must have holds something that it can hold, and no more."""

from __future__ import annotations

import enum
import inspect
import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from printd.events.base import Event, Part
from printd.events.fields import Told
from printd.events.kinds import read
from printd.words.reasons import PRINT_REASONS

_TOLD: dict[str, object] = {
    "place": "store",
    "serial": "K1",
    "serial ranges": [["K1", "K1"]],
    "moment": "2026-11-02T08:00:00Z",
    "day": "2026-11-02",
    "hash": "0" * 64,
    "sealed digest": "0" * 64,
    "chip UID": "04A1B2C3D4E5F6",
    "spoil cause": "jam",
    "hash, or empty text": "",
    "print reason": PRINT_REASONS[0],
}


def sample(kind: type[Event], /, **told: object) -> Event:
    """Return an event of a kind.

    :param told: fields that are to hold something of the test's, by the names that the log gives them.
    """
    return read(kind.kind, {**_part(kind), **told})


def _part(part: type[Part]) -> dict[str, Any]:
    hints = get_type_hints(part, include_extras=True)
    return {
        field.serialization_alias or name: _value(hints[name])
        for name, field in part.model_fields.items()
        if field.is_required()
    }


def _value(hint: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        words = next((one.words for one in inner if isinstance(one, Told)), "")
        if words.startswith("one of "):
            return words.removeprefix("one of ").partition(",")[0]
        return _TOLD[words] if words in _TOLD else _value(inner[0])
    if origin in (Literal, Union, types.UnionType):
        return inner[0] if origin is Literal else _value(inner[0])
    if origin is tuple:
        return [] if inner[-1] is Ellipsis else [_value(one) for one in inner]
    if inspect.isclass(hint) and issubclass(hint, Part):
        return _part(hint)
    if inspect.isclass(hint) and issubclass(hint, enum.Enum):
        return next(iter(hint)).value
    return {} if origin is dict else {str: "x001", int: 1, bool: False}[hint]
