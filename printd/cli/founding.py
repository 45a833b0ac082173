"""The first two people of a new shop: what they are asked, and what they are told."""

from __future__ import annotations

from typing import TypedDict

from pydantic import SecretStr

from printd.cli.choices import ROLES
from printd.cli.common import asked, new_passphrase
from printd.cli.operators import show_recovery_code
from printd.cli.output import err, out
from printd.errors import Refused
from printd.people import passphrases
from printd.shop.making import Founder
from printd.words.roles import Role


class Made(TypedDict):
    """A shop that was just made, with the recovery code of each of its first two people."""

    shop: str
    origin: str
    practice: bool
    recovery_codes: dict[str, str]


def founders(first: str, second: str) -> tuple[Founder, Founder]:
    """Return the first two people, each asked for what is not given, and for a passphrase.

    :raises Refused: a role is none, or a passphrase is too short.
    :raises ConfigError: there is no terminal to ask on.
    """
    err.print("The first two people sign that the shop begins; one of them is a supervisor.")
    return _founder("first", first, Role.SUPERVISOR), _founder("second", second, Role.OPERATOR)


def _founder(which: str, name: str, usual: Role) -> Founder:
    name = name or asked(f"Login name of the {which}, short and for ever")
    legal_name = asked(f"Legal name of {name}, as papers carry it")
    role = asked(f"Role of {name} ({', '.join(ROLES)})", usual)
    if role not in ROLES:
        raise Refused(
            f"{role[:40]!r} is no role.", consequence="Nothing was made.", remedy=f"Known are: {', '.join(ROLES)}."
        )
    nip = asked(f"NIP of {name}, 18 digits; empty for none", "")
    position = asked(f"Office (jabatan) of {name}, as papers carry it; empty for none", "")
    rank = asked(f"Rank (pangkat/golongan) of {name}, as papers carry it; empty for none", "")
    passphrase = new_passphrase(name)
    passphrases.check(passphrase)
    return Founder(name, Role(role), SecretStr(passphrase), legal_name, nip or None, position, rank)


def show_made(made: Made) -> None:
    """Say that the shop is ready, and show the two recovery codes."""
    kind = "practice shop" if made["practice"] else "shop"
    out.print(f"The {kind} {made['shop']} is ready. Back up its keys folder now, apart from the database.")
    for name, code in made["recovery_codes"].items():
        show_recovery_code(name, code)
    names = list(made["recovery_codes"])
    out.print(
        f"Next: start the daemon (printd run), log in (printd login {names[0]}), and enrol whoever else works here: "
        f"printd operators enrol NAME --legal-name 'NAME IN FULL' --with {names[1]}"
    )
