"""Operators: the people who work in the shop, each with a key of their own (design section 11)."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import StringConstraints

from printd.events.base import Event, Part
from printd.events.fields import Hash, Text, Told
from printd.words.roles import Role

LegalName = Annotated[
    Text, StringConstraints(min_length=1, max_length=100), Told("legal name", "officials answer by name")
]
Nip = Annotated[str, StringConstraints(pattern=r"^[0-9]{18}$"), Told("NIP", "number of a civil servant, 18 digits")]


class Enrolled(Part):
    """What an enrolment says of a person."""

    name: Text
    """Login name; it stands in the log for ever."""

    role: Role
    """What they may sign."""

    key: str
    """Public half of their key: a verifier key of type 0xff, named after the log and the login name."""

    sealed: Hash
    """Of their sealed key as the shop keeps it: another one that lies in its place opens nothing."""

    legal_name: LegalName
    """Their name in full, as papers carry it."""

    nip: Nip | None = None
    """Number of a civil servant, where they have one."""

    position: Text = ""
    """Their office (*jabatan*), as papers carry it."""

    # Absent in entries of earlier versions: nobody asked.
    rank: Text = ""
    """Their rank (*pangkat/golongan*), as papers carry it; absent in early entries: unknown."""


class OperatorEnrolled(Event):
    """Somebody works in the shop from now on; a supervisor, a second person and they themselves sign, in this order."""

    kind: ClassVar[str] = "operator.enrolled"

    person: Enrolled
    """Who."""


class OperatorRoleSet(Event):
    """Somebody has another role."""

    kind: ClassVar[str] = "operator.role_set"

    name: Text
    """Login name."""

    role: Role
    """What they may sign from now on."""


class OperatorRetired(Event):
    """Somebody works here no more; what they signed stays good, and their name is never used again."""

    kind: ClassVar[str] = "operator.retired"

    name: Text
    """Login name."""


class OperatorKeyRenewed(Event):
    """Somebody has a new key; a supervisor, a second person and, with the new key, they themselves sign."""

    kind: ClassVar[str] = "operator.key_renewed"

    name: Text
    """Login name."""

    key: str
    """Public half of the new key, as at the enrolment."""

    sealed: Hash
    """Of the new key as the shop keeps it sealed."""


class OperatorResealed(Event):
    """Somebody has a new passphrase: their key is the same, sealed anew; they alone sign."""

    kind: ClassVar[str] = "operator.resealed"

    name: Text
    """Login name."""

    sealed: Hash
    """Of their key as the shop keeps it sealed now."""
