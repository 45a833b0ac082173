"""Real processes that purge, erase or start a shop and kill themselves with SIGKILL: ``python -m crash.purge_lives``.

A process that has imported everything and has no threads forks a child for each life. Requests and answers are JSON
lines on standard input and output: the shop's folder, what the life does, and the number of the point at which it dies;
how it ended, and the names of the points that it passed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

import structlog

from crash.files import file_events
from crash.points import commits
from printd.books.booking import utc_now
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import Refused
from printd.intake import purge
from printd.shop.shop import Shop
from support.ended import RATNA
from support.intake_help import people, signer
from support.people import EverybodysKeys

LATER = 100
"""Days after which whoever was handed a card is due."""
REFUSED = 3
"""Exit code of a life whose act was refused."""
ANNA = people()[1]


def opened(folder: Path, days: int = 0) -> Desk:
    """Open a shop so many days later."""
    shop = Shop.open(folder)
    shop.books.keys = EverybodysKeys(shop.store)
    shop.books.clock = lambda: utc_now() + timedelta(days=days)
    return Desk(shop)


def begin(desk: Desk) -> object:
    """Do what the daemon does when it begins: finish what an earlier life booked."""
    desk.shop.check_start()
    desk.shop.months.tidy()
    return purge.finish(desk.shop)


def _purge(desk: Desk) -> object:
    return purge.purge(desk.shop)


def _erase(desk: Desk) -> object:
    return perform(desk, "records.erase", {"nik": ANNA.fields["NIK"], "by": RATNA, "second": signer("ani")})


ACTS: Mapping[str, Callable[[Desk], object]] = MappingProxyType({"purge": _purge, "erase": _erase, "begin": begin})


def live(folder: Path, act: str, told: Path, kill: int) -> NoReturn:
    """Open a shop, act, and die on the way at one point; 0: never."""
    code = 1
    try:
        file = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        passed = 0

        def reach(name: str) -> None:
            nonlocal passed
            passed += 1
            os.write(file, f"{name}\n".encode())
            if passed == kill:
                os.kill(os.getpid(), signal.SIGKILL)
                signal.pause()

        later = time.time() + LATER * 24 * 3600
        vars(time)["time"] = lambda: later
        desk = opened(folder, LATER)
        with ExitStack() as watched:
            watched.enter_context(commits(desk.shop.store.engine, reach))
            watched.enter_context(file_events(folder, reach))
            ACTS[act](desk)
        desk.shop.close()
        code = 0
    except Refused:
        code = REFUSED
    finally:
        os._exit(code)


def main() -> None:
    """Fork a life for each request, wait for its end, answer."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    for line in sys.stdin:
        asked = json.loads(line)
        told = Path(asked["told"])
        pid = os.fork()
        if pid == 0:
            live(Path(asked["folder"]), asked["act"], told, asked["kill"])
        _, status = os.waitpid(pid, 0)
        print(
            json.dumps({"ended": os.waitstatus_to_exitcode(status), "points": told.read_text().splitlines()}),
            flush=True,
        )


if __name__ == "__main__":
    main()
