"""What a machine says of itself, in the words that a printer shows. Pure."""

from __future__ import annotations

from typing import assert_never

from drivers.printer import State, Status


def is_ready(status: Status) -> bool:
    """Tell whether a card may be started, as far as the machine knows: nothing blocks, and its state is known."""
    if status.blocking:
        return False
    match status.state:
        case State.IDLE | State.PROCESSING:
            return True
        case State.STOPPED | State.UNKNOWN:
            return False
        case _:
            assert_never(status.state)


def reasons(status: Status) -> tuple[str, ...]:
    """Return every reason with its severity, as IPP writes them (RFC 8011 section 5.4.12).

    Of a machine that stops and says no reason it is the state itself.
    """
    said = tuple(f"{one.reason}-{one.severity}" for one in status.conditions)
    return said or (() if is_ready(status) else (str(status.state),))
