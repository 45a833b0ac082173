"""Where a command finds who acts: the session of its terminal, and the session files of scripts.

A terminal is known as sudo knows it for its tickets (sudoers_timestamp(5): terminal device, session leader and when
that began): another terminal, or the next one on the same device, finds no session. A process without a terminal, as of
a timer, finds none by accident.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from printd.errors import ConfigError

_PROCESSES: Final = Path("/proc")
_MOST_BYTES: Final = 4096
WARNING: Final = "Whoever reads this file signs under this name. Keep it to yourself; delete it when it is not needed."


@dataclass(frozen=True)
class Terminal:
    """A terminal with a person at it.

    :param name: as people call it: ``pts/3``.
    :param identity: of its device, its session leader and when that began; the next one on the device has another.
    """

    name: str
    identity: str


@dataclass(frozen=True)
class AtTerminal:
    """Who is logged in at this terminal, and the token of their session."""

    name: str
    token: str


@dataclass(frozen=True)
class ForScript:
    """Whose key lies in a file for scripts: of the log of this origin, the seed as 64 hexadecimal digits."""

    name: str
    origin: str
    seed: str


def this_terminal() -> Terminal | None:
    """Return the controlling terminal of this process; ``None``: it has none, or the kernel does not tell."""
    own = _process("self")
    if own is None or own.terminal == 0:
        return None
    leader = _process(str(own.session))
    if leader is None:
        return None
    return Terminal(_name_of(own.terminal), f"{own.terminal}-{own.session}-{leader.began}")


def terminal_name() -> str:
    """Return where this process sits, for those who ask who is logged in where; an empty string: nowhere."""
    terminal = this_terminal()
    return "" if terminal is None else terminal.name


def at_terminal(shop: Path) -> AtTerminal | None:
    """Return the session of this terminal in a shop, if somebody logged in at it."""
    path = _path(shop)
    if path is None:
        return None
    try:
        told = json.loads(_read_own(path))
        return AtTerminal(str(told["name"]), str(told["token"]))
    except (OSError, ValueError, KeyError, TypeError):  # another's file, or half of one, is none
        return None


def keep_at_terminal(shop: Path, session: AtTerminal) -> None:
    """Keep the session of this terminal, for the commands that are typed at it.

    :raises ConfigError: there is no terminal, or nothing can be written.
    """
    path = _path(shop)
    if path is None:
        raise ConfigError("There is no terminal here to be logged in at.", remedy="Log in on a terminal.")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _own(os.lstat(path.parent))
        path.unlink(missing_ok=True)
        _write(path, {"name": session.name, "token": session.token})
    except OSError as failed:
        raise _not_kept(path, failed) from failed


def forget_at_terminal(shop: Path) -> None:
    """Forget the session of this terminal."""
    path = _path(shop)
    if path is not None:
        path.unlink(missing_ok=True)


def keep_for_script(path: Path, key: ForScript) -> None:
    """Write a new session file for scripts.

    :raises ConfigError: there is one already, or it cannot be written.
    """
    try:
        _write(path, {"name": key.name, "origin": key.origin, "seed": key.seed, "warning": WARNING})
    except OSError as failed:
        raise _not_kept(path, failed) from failed


def for_scripts(listed: str) -> list[ForScript]:
    """Return the session files that a list names, parted by colons, in its order.

    :raises ConfigError: one of them is none, or can be read by others.
    """
    return [_for_script(Path(one)) for one in listed.split(":") if one]


def _for_script(path: Path) -> ForScript:
    try:
        told = json.loads(_read_own(path))
        return ForScript(str(told["name"]), str(told["origin"]), str(told["seed"]))
    except PermissionError as others:
        raise ConfigError(
            f"The session file {path} is not yours alone.", why=f"{others.strerror}.", remedy=f"chmod 600 {path}"
        ) from others
    except OSError as failed:
        raise ConfigError(f"The session file {path} cannot be read.", why=f"{failed.strerror}.") from failed
    except (ValueError, KeyError, TypeError) as broken:  # its content is not told: it may be a key
        raise ConfigError(f"{path} is no session file for scripts.") from broken


@dataclass(frozen=True)
class _Process:
    """What the kernel tells of a process (proc_pid_stat(5), fields 6, 7 and 22)."""

    session: int
    terminal: int
    began: int


def _process(pid: str) -> _Process | None:
    try:
        fields = (_PROCESSES / pid / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        return _Process(session=int(fields[3]), terminal=int(fields[4]), began=int(fields[19]))
    except (OSError, ValueError, IndexError):
        return None


def _name_of(device: int) -> str:
    for number in (0, 1, 2):
        try:
            if os.fstat(number).st_rdev == device:
                return os.ttyname(number).removeprefix("/dev/")
        except OSError:
            continue
    return f"{os.major(device)}:{os.minor(device)}"


def _path(shop: Path) -> Path | None:
    terminal = this_terminal()
    if terminal is None:
        return None
    whole = shop.resolve()
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(runtime) / "printd" if runtime else whole / "sessions"
    return folder / f"{hashlib.sha256(os.fsencode(whole)).hexdigest()[:16]}-{terminal.identity}"


def _write(path: Path, content: dict[str, str]) -> None:
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with open(number, "w", encoding="utf-8") as file:  # noqa: PTH123 - it is open already
        file.write(json.dumps(content, indent=2) + "\n")


def _read_own(path: Path) -> str:
    """Return what stands in a file that is this user's alone."""
    number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(number, encoding="utf-8") as file:  # noqa: PTH123 - it is open already
        about = os.fstat(number)
        _own(about)
        if not stat.S_ISREG(about.st_mode):
            raise ValueError("no file")
        return file.read(_MOST_BYTES)


def _own(about: os.stat_result) -> None:
    if about.st_uid != os.geteuid():
        raise PermissionError(1, "It belongs to another user")
    if about.st_mode & 0o077:
        raise PermissionError(1, "Others may open it")


def _not_kept(path: Path, failed: OSError) -> ConfigError:
    return ConfigError(
        f"The session cannot be kept in {path}.",
        why=f"{failed.strerror}.",
        remedy="Make room there, or take away what is in its place.",
    )
