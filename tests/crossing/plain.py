"""What the JSON of a document says, as plain text: sentences with their values put in, codes as codes."""

from __future__ import annotations

from typing import Any


def plain(value: Any) -> Any:
    """Return a cell: a figure, nothing, or the text that it is before any language."""
    if not isinstance(value, dict):
        return value
    match value:
        case {"message": str(message), "values": values}:
            return message.format(**{key: plain(one) for key, one in values.items()})
        case {"code": code, "of": _}:
            return code
        case {"listed": items}:
            return ", ".join(str(plain(one)) for one in items)
        case {"serials": pairs, "limit": _}:
            return ", ".join(low if low == high else f"{low}..{high}" for low, high in pairs)
    (only,) = value.values()
    return only
