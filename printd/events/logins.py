"""Logins that failed."""

from __future__ import annotations

from typing import ClassVar

from printd.events.base import Event
from printd.events.fields import Whole


class LoginFailed(Event):
    """Wrong passphrases, PINs and recovery codes were given; booked by itself, at most once a minute and at a stop."""

    kind: ClassVar[str] = "login.failed"

    names: dict[str, Whole]
    """How often under each name that is somebody's here, since the last entry of this kind."""

    unknown: Whole
    """How often under names that are nobody's; they are kept nowhere, for what is typed may be a passphrase."""
