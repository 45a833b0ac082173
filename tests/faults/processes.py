"""Processes for the shop: ``python -m faults.processes`` has everything loaded, and forks each command and daemon.

Each is a process of its own with the command line's real entry point, or performs one act as the command line does.
Unless asked to, none has a privilege: whoever is root here is only the owner of the files there. Requests and answers
are JSON lines on standard input and output.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import pkgutil
import signal
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from printd.cli import founding
from printd.cli.app import main as command_line
from printd.cli.remedies import error_to_json, in_words
from printd.client.client import call
from printd.errors import Booked, PrintdError
from support.people import FOUNDERS

_LOADED = (
    "printd.cli.app",
    "printd.cli",
    "printd.desk",
    "printd.reports",
    "printd.console",
    "printd.daemon",
    "drivers",
    "httpx",
    "uvicorn",
)
_DIE_WITH_PARENT = 1  # linux/prctl.h: PR_SET_PDEATHSIG
_CAPABILITIES = 0x20080522  # linux/capability.h: the header's third version


def drop_privileges() -> None:
    """Be a user like any other: permissions of files hold for root too."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES, 0)
    if ctypes.CDLL(None, use_errno=True).capset(header, (ctypes.c_uint32 * 6)()):
        raise OSError(ctypes.get_errno(), "capset")


def act(shop: str, name: str, arguments: Mapping[str, Any]) -> int:
    """Perform an act as the command line does; print its result or its error as JSON; return the exit code."""
    try:
        told, code = in_words(call(Path(shop), name, arguments)), 0
    except Booked as booked:
        told, code = error_to_json(booked), 0
    except PrintdError as error:
        told, code = error_to_json(error), 1
    print(json.dumps(told))
    return code


def command(arguments: list[str]) -> int:
    """Run ``printd`` with arguments; return the exit code.

    There is no terminal: the first two of a new shop are told here, and what they type is tested elsewhere.
    """
    founding.founders = lambda *_: FOUNDERS
    sys.argv = ["printd", *arguments]
    try:
        command_line()
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    return 0


def child(asked: Mapping[str, Any]) -> NoReturn:
    """Be a process that was asked for."""
    code = 1
    try:
        for stream, path in ((1, asked["out"]), (2, asked["err"])):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(descriptor, stream)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ.update(asked.get("environment", {}))
        os.umask(0o077)
        if not asked["privileged"]:
            drop_privileges()
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)  # a run that was broken off leaves no daemon behind
        code = command(asked["command"]) if "command" in asked else act(asked["shop"], asked["act"], asked["arguments"])
    except BaseException:  # noqa: BLE001 - told as the interpreter tells it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def load() -> None:
    """Import everything that a command may need, while privileges last."""
    for name in _LOADED:
        module = importlib.import_module(name)
        for found in pkgutil.walk_packages(getattr(module, "__path__", []), f"{name}."):
            if not found.name.endswith("__main__") and name.startswith(("printd", "drivers")):
                importlib.import_module(found.name)
    ZoneInfo("Asia/Makassar")


def main() -> None:
    """Fork a process for each request; tell how one ended when asked."""
    load()
    for line in sys.stdin:
        asked = json.loads(line)
        answer: dict[str, Any]
        if "wait" in asked:
            pid, status = os.waitpid(asked["wait"], os.WNOHANG if asked.get("now") else 0)
            answer = {"ended": os.waitstatus_to_exitcode(status) if pid else None}
        else:
            pid = os.fork()
            if pid == 0:
                child(asked)
            answer = {"pid": pid}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
