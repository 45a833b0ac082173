"""Reaching the shop: through the daemon's socket while it runs, on the shop itself otherwise."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from printd import errors
from printd.errors import PrintdError, Refused, ShopBusyError
from printd.exchange import BrokenOffError, post
from printd.folder import SOCKET_NAME

_SECONDS = 120.0
_STARTING_SECONDS = 5.0
_OK, _CONFLICT = 200, 409


def call(folder: Path, name: str, arguments: Mapping[str, Any], seconds: float = _SECONDS) -> Any:
    """Perform one act on the shop in a folder.

    :param arguments: plain data.
    :param seconds: how long the daemon may take for it.
    :raises PrintdError: the act's refusal, or a shop that cannot be opened.
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
    path = folder / SOCKET_NAME
    if listens(path):
        try:
            return _over_socket(path, name, arguments, seconds)
        except OSError:
            pass  # it ended just now
    return _alone(folder, name, arguments)


def listens(path: Path) -> bool:
    """Tell whether a daemon listens at a socket; one that was killed leaves a socket that nobody listens on."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knock:
        knock.settimeout(_STARTING_SECONDS)
        try:
            knock.connect(str(path))
        except OSError:
            return False
    return True


def _alone(folder: Path, name: str, arguments: Mapping[str, Any]) -> Any:
    """Do without a daemon what it would do; everything that takes is loaded only now."""
    from printd.desk.acts import perform
    from printd.desk.desk import Desk
    from printd.shop import Shop, locked

    with locked(folder):
        shop = Shop.open(folder)
        try:
            shop.check_start()
            result = perform(Desk(shop), name, arguments)
            shop.sign()
            return result
        finally:
            shop.close()


def _over_socket(path: Path, name: str, arguments: Mapping[str, Any], seconds: float) -> Any:
    try:
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
    if status != _CONFLICT:
        raise PrintdError(
            f"The daemon failed at {name} (status {status}).",
            consequence="Whether the act was booked is unknown.",
            remedy="See the daemon's own lines for why; look at the books before you repeat it.",
        )
    kind = getattr(errors, body.get("error", ""), Refused)
    raise kind(body["what"], why=body["why"], consequence=body["consequence"], remedy=body["remedy"])
