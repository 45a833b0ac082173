"""Reaching the shop: through the daemon's socket while it runs, on the shop itself otherwise."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from printd import errors
from printd.client.exchange import BrokenOffError, post
from printd.errors import PrintdError, ShopBusyError, StorageError
from printd.shop.folder import SOCKET_NAME

_SECONDS = 120.0
_STARTING_SECONDS = 5.0
_OK = 200
_TOLD = (409, 503)  # refusals, and what the shop's disk or database does not allow now


class _NobodyListensError(Exception):
    """The daemon is not there: never was, or ended just now."""


def call(folder: Path, name: str, arguments: Mapping[str, Any], seconds: float = _SECONDS) -> Any:
    """Perform one act on the shop in a folder.

    :param arguments: plain data.
    :param seconds: how long the daemon may take for it.
    :raises PrintdError: the act's refusal, or a shop that cannot be opened.
    :raises Booked: it is booked, and its answer cannot be told.
    """
    deadline = time.monotonic() + _STARTING_SECONDS
    while True:
        try:
            return _once(folder, name, arguments, seconds)
        except ShopBusyError:  # a daemon that starts holds the shop before it listens, and another command is soon done
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _once(folder: Path, name: str, arguments: Mapping[str, Any], seconds: float) -> Any:
    try:
        return _over_socket(folder / SOCKET_NAME, name, arguments, seconds)
    except _NobodyListensError:
        return _alone(folder, name, arguments)


def listens(path: Path) -> bool:
    """Tell whether a daemon listens at a socket; one that was killed leaves a socket that nobody listens on.

    :raises StorageError: this user may not open it.
    """
    try:
        with _reached(path), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knock:
            knock.settimeout(_STARTING_SECONDS)
            knock.connect(str(path))
    except _NobodyListensError:
        return False
    return True


@contextmanager
def _reached(path: Path) -> Iterator[None]:
    """Tell why a socket could not be connected to."""
    try:
        yield
    except PermissionError as shut:
        raise StorageError(
            "The daemon of this shop cannot be reached.",
            why=f"This user may not open its socket {path}.",
            consequence="Nothing was booked.",
            remedy="Work as the shop's user. Where you are it, give the socket its mode back: chmod 600",
        ) from shut
    except OSError as nobody:
        raise _NobodyListensError from nobody


def _alone(folder: Path, name: str, arguments: Mapping[str, Any]) -> Any:
    """Perform an act without a daemon; what that needs is loaded only now."""
    from printd.books.booking import noting_commits
    from printd.desk.acts import perform
    from printd.desk.desk import Desk
    from printd.desk.owed import Owed, follow, with_owed
    from printd.shop import configured
    from printd.shop.lock import locked
    from printd.shop.shop import Shop
    from printd.store.trouble import NOTHING_BOOKED

    with ExitStack() as held:
        try:
            held.enter_context(locked(folder))
            shop = Shop.open(folder)
            held.callback(shop.close)
            shop.check_start()
        except PrintdError as early:
            early.consequence = early.consequence or NOTHING_BOOKED
            raise
        owed: list[Owed] = []
        desk = Desk(shop)
        with noting_commits() as booked:
            if shop.books.barred is None:
                configured.enter(shop)
            try:
                result = perform(desk, name, arguments)
            finally:
                with suppress(PrintdError):  # the answer is the act's own
                    desk.logins.enter_failures(shop.books)
        if booked:
            follow(
                owed,
                "The checkpoint over it is not signed and kept yet.",
                "The next act that is booked, or the daemon, makes it up by itself.",
                shop.sign,
            )
        return with_owed(result, owed)


def _over_socket(path: Path, name: str, arguments: Mapping[str, Any], seconds: float) -> Any:
    try:
        with _reached(path):
            status, content = post(path, f"/acts/{name}", json.dumps(dict(arguments)).encode("ascii"), seconds)
    except BrokenOffError as broken:
        raise PrintdError(
            "The daemon did not answer.",
            why=f"{broken}.",
            consequence="Whether the act was booked is unknown.",
            remedy="Look at the books before you repeat it.",
        ) from broken
    try:
        body = json.loads(content)
    except ValueError:
        body = {}
    if status == _OK:
        return body["result"]
    if status not in _TOLD:
        raise PrintdError(
            f"The daemon failed at {name} (status {status}).",
            consequence="Whether the act was booked is unknown.",
            remedy="See the daemon's own lines for why; look at the books before you repeat it.",
        )
    raise errors.from_json(body)
