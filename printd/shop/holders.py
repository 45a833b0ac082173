"""Holders: the pseudonym of a person whose card it is, the same one as long as anything of them is kept.

The salt of a pseudonym lies sealed with each thing that is kept of its person. Whoever brings the next one finds it by
a tag, which a month's key makes of the NIK; so one live job a person stays a rule that the database holds to. With the
last of it the salt is gone: the next card of that person is, in the log, somebody else's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from printd.errors import AlteredError
from printd.remedies import Do
from printd.shop.months import MonthGoneError, Months, owner_of
from printd.shop.vault import Vault, new_salt, seal, unseal
from printd.store import erasing
from printd.store.erasing import Found
from printd.store.rows import Connection


@dataclass(frozen=True)
class Holder:
    """A person in the log.

    :param name: the pseudonym.
    :param salt: with which it is made.
    """

    name: str
    salt: bytes


@dataclass(frozen=True)
class Sealing:
    """A data key for something of a holder, and what its row says of them."""

    key: bytes
    wrapped: bytes
    salt: bytes
    tag: str


@dataclass(frozen=True)
class Shut:
    """A month whose key is not there.

    :param month: name of the key.
    :param kept: how much is sealed with it and opens no more.
    :param live: how many of it are records with a live job.
    """

    month: str
    kept: int
    live: int


class Holders:
    """The holders of one shop."""

    def __init__(self, vault: Vault, months: Months) -> None:
        self._vault = vault
        self._months = months
        self._shut: list[str] | None = None

    def of(self, connection: Connection, nik: str) -> Holder:
        """Return the holder with a NIK: of whom nothing is kept, a new one.

        :raises AlteredError: what is kept of them was altered.
        """
        kept = self._kept(connection, nik)
        salt = self._salt(kept[0]) if kept else new_salt()
        return Holder(self._vault.holder(nik, salt), salt)

    def kept(self, connection: Connection, nik: str) -> list[str]:
        """Return the names of everything that is kept of a person and can be opened."""
        return sorted(one["name"] for one in self._kept(connection, nik))

    def sealing(self, month: str, owner: str, nik: str, holder: Holder) -> Sealing:
        """Return what it takes to seal something of a holder.

        :param month: the office's.
        :param owner: the name that the data key belongs to.
        """
        name = self._months.current(month)
        key, wrapped = self._vault.new_key(owner, name)
        return Sealing(key, wrapped, seal(key, holder.salt, f"salt:{owner}"), self._months.tag(name, nik))

    def unknown(self, connection: Connection) -> int:
        """Return of how many live jobs nobody can tell whose they are: the key of their month was lost.

        While a shop is open it loses none: what a month's end leaves is kept apart.
        """
        if self._shut is None:
            self._shut = [one.month for one in self.shut(connection) if one.live]
        return sum(len(self._lost(month, erasing.live_under(connection, month))) for month in self._shut)

    def shut(self, connection: Connection) -> list[Shut]:
        """Return the months of which something is kept that opens no more, since their key is not there."""
        there = set(self._months.names())
        found = []
        for month in erasing.months_sealed(connection):
            names = [] if month in there else self._lost(month, erasing.of_month(connection, month))
            if names:
                live = self._lost(month, erasing.live_under(connection, month))
                found.append(Shut(month, len(names), len(live)))
        return found

    def _lost(self, month: str, names: Sequence[str]) -> list[str]:
        left = self._months.left(month)
        return [name for name in names if left is None or owner_of(name) not in left.keys]

    def _kept(self, connection: Connection, nik: str) -> list[Found]:
        found: list[Found] = []
        for month in self._months.names():
            found += erasing.of_tag(connection, self._months.tag(month, nik))
        names = [name for month in self._months.left_of() for name in self._months.left_of_person(month, nik)]
        return found + (erasing.of_names(connection, names) if names else [])

    def _salt(self, found: Found) -> bytes:
        owner = owner_of(found["name"])
        try:
            return unseal(self._vault.unwrap(found["wrapped_key"], owner), found["salt"], f"salt:{owner}")
        except (AlteredError, MonthGoneError) as shut:
            altered = AlteredError(
                f"What is sealed as {found['name']} is not what was taken in.",
                why="The salt of its holder's pseudonym cannot be opened.",
                consequence="Nothing of this person is taken in.",
                remedy=("Keep the database as it is and call the auditor; see all of them: ", Do("audit.replay")),
            )
            altered.seal = found["name"]
            raise altered from shut
