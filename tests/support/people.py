"""The people of shops that tests make: the first two, others whom they enrol, and the keys of all of them."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from pydantic import SecretStr

from printd.client.session_files import ForScript, keep_for_script
from printd.demo.staff import PASSPHRASE
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.desk.people import for_script
from printd.desk.proofs import Person
from printd.ledger.signatures import EntrySigner, SigningKey, read_vkey
from printd.people.sealed_key import Owner, SealedKey, WrongSecretError, open_with_passphrase
from printd.shop.config import CONFIG_NAME
from printd.shop.making import Founder
from printd.shop.making import create as create_shop
from printd.store import operators
from printd.store.engine import Store
from printd.words.roles import Role

_SERVER = re.compile(r'\n?\[database\]\nurl = "(postgresql[^"]*)"\n')

OF_INTAKE = "geheim-123"
"""Passphrase of those who take in records."""

FIRST, SECOND = "wayan", "komang"
"""Who sign the first entry of a test's shop: two supervisors."""


def passphrase_of(name: str) -> str:
    """Return somebody's passphrase."""
    return f"{name}-passphrase"


def person(name: str) -> dict[str, str]:
    """Return a person with their passphrase, as an act is asked."""
    return {"name": name, "passphrase": passphrase_of(name)}


def proof(name: str) -> Person:
    """Return a person with their passphrase, as a function of the desk takes them."""
    return Person(name=name, passphrase=SecretStr(passphrase_of(name)))


FIRST_TWO = {"by": person(FIRST), "second": person(SECOND)}
"""As an act is asked that two sign."""

FOUNDERS = (
    Founder(FIRST, Role.SUPERVISOR, SecretStr(passphrase_of(FIRST)), "Wayan Contoh"),
    Founder(SECOND, Role.SUPERVISOR, SecretStr(passphrase_of(SECOND)), "Komang Contoh"),
)


def create(folder: Path, *, origin: str, **more: Any) -> None:
    """Make a practice shop: a copy of one that was made before, with the same keys, where there is one."""
    extra = more.pop("extra", "")
    server = _SERVER.search(extra)
    rest = extra if server is None else extra.replace(server[0], "")
    plain = "database" not in f"{more}{rest}" and all(isinstance(one, bool | str) for one in more.values())
    if folder.exists() or not plain:
        create_of_its_own(folder, origin=origin, extra=extra, **more)
    elif server is None:
        shutil.copytree(_made_before(origin, extra=extra, **more).name, folder)
    else:
        address = sa.make_url(server[1])
        made, template = _made_on(address.set(database="postgres"), origin, rest, **more)
        _copy_database(template, address)
        shutil.copytree(made.name, folder)
        _name_database(folder, template, address)


def copy_of(made: Path, folder: Path, url: str) -> None:
    """Copy a shop that is closed, with the same keys.

    :param url: a database of the same kind as its own, which its copy takes where it is on a server.
    """
    shutil.copytree(made, folder)
    server = _SERVER.search((made / CONFIG_NAME).read_text())
    if server is not None:
        template = sa.make_url(server[1]).database
        _copy_database(f"{template}", sa.make_url(url))
        _name_database(folder, f"{template}", sa.make_url(url))


def _copy_database(template: str, address: sa.URL) -> None:
    """Put a copy in the place of an empty database."""
    _on(address.set(database="postgres"), f"DROP DATABASE {address.database}")
    _on(address.set(database="postgres"), f"CREATE DATABASE {address.database} TEMPLATE {template}")


def _name_database(folder: Path, template: str, address: sa.URL) -> None:
    config = folder / CONFIG_NAME
    config.write_text(config.read_text().replace(f"/{template}?", f"/{address.database}?"))


def create_of_its_own(folder: Path, *, origin: str, **more: Any) -> None:
    """Make a practice shop with keys that no other one has."""
    create_shop(folder, **{"origin": origin, "practice": True, "people": FOUNDERS, **more})


@cache
def _made_on(server: sa.URL, origin: str, extra: str, **more: Any) -> tuple[TemporaryDirectory[str], str]:
    """Make a shop once on a server; return its folder and the name of its database."""
    template = f"made{uuid.uuid4().hex}"
    _on(server, f"CREATE DATABASE {template}")
    url = server.set(database=template).render_as_string(hide_password=False)
    return _made_before(origin, extra=f'{extra}\n[database]\nurl = "{url}"\n', **more), template


def _on(server: sa.URL, statement: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


@cache
def _made_before(origin: str, **more: Any) -> TemporaryDirectory[str]:
    made = TemporaryDirectory(prefix="printd-shop-")
    try:
        create_of_its_own(Path(made.name), origin=origin, **more)
    except BaseException:
        made.cleanup()
        raise
    return made


def enrolment(name: str, role: Role = Role.OPERATOR, passphrase: str = "") -> dict[str, Any]:
    """Return how the first two enrol somebody, as the act is asked.

    :param passphrase: where it is another than tests know by the name.
    """
    who = {"name": name, "role": role, "legal_name": f"{name.title()} Contoh"}
    return {**who, "passphrase": passphrase or passphrase_of(name), **FIRST_TWO}


def enrol(desk: Desk, name: str, role: Role = Role.OPERATOR, passphrase: str = "") -> Person:
    """Have the first two enrol somebody."""
    perform(desk, "operators.enrol", enrolment(name, role, passphrase))
    return Person(name=name, passphrase=SecretStr(passphrase or passphrase_of(name)))


def session_files(desk: Desk, folder: Path, *names: str, passphrase: str = "") -> str:
    """Write session files of people for scripts; return what PRINTD_SESSIONS is set to."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in names:
        by = Person(name=name, passphrase=SecretStr(passphrase or passphrase_of(name)))
        keep_for_script(folder / name, ForScript(**for_script(desk, by)))
    return ":".join(str(folder / name) for name in names)


def key_of(name: str) -> SigningKey:
    """Return the key of somebody whom a test enrols past the desk."""
    return SigningKey(sha256(f"the key of {name} in a test".encode()).digest())


class EverybodysKeys(Mapping[str, EntrySigner]):
    """The keys of all who are in a database: what a test enters past the desk is signed by whom it names."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getitem__(self, name: str) -> EntrySigner:
        with self._store.reading() as connection:
            row, stored = operators.find_operator(connection, name), operators.sealed_key(connection, name)
        return key_of(name) if row is None or stored in (None, name) else _opened(name, row["key"], stored)

    def __iter__(self) -> Iterator[str]:
        with self._store.reading() as connection:
            return iter([row["name"] for row in operators.operators(connection)])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __bool__(self) -> bool:
        return True  # without asking the database


@lru_cache
def _opened(name: str, key: str, stored: str) -> SigningKey:
    named, public = read_vkey(key)
    owner = Owner(name, named.removesuffix(f"/people/{name}"), public)
    sealed = SealedKey.from_body(stored.encode(), allow_cheap=True)
    for passphrase in (passphrase_of(name), PASSPHRASE, OF_INTAKE):
        with suppress(WrongSecretError):
            return open_with_passphrase(sealed, owner, passphrase)
    raise KeyError(name)
