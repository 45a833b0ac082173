"""Officials of another office and letters, as papers name them: whoever acts in function answers by name.

What nobody told and no paper says is absent: it is unknown, and papers of ours say so.
"""

from __future__ import annotations

from typing import Literal

from printd.events.base import Part
from printd.events.fields import Day, Text
from printd.events.operators import LegalName, Nip

SealState = Literal["whole", "broken"]


class Letter(Part):
    """A letter or another paper of an office."""

    number: Text
    """Its number, as it stands on it."""

    day: Day
    """Its day."""


class Official(Part):
    """Somebody who acts for an office in function."""

    name: LegalName
    """Their name in full, with titles."""

    nip: Nip | None = None
    """Number of a civil servant, where they have one and it is known."""

    rank: Text | None = None
    """Their rank (*pangkat/golongan*)."""

    position: Text | None = None
    """Their post (*jabatan*)."""

    office: Text | None = None
    """The office for which they act."""

    assignment: Letter | None = None
    """The assignment letter (*surat tugas*) on which they act."""
