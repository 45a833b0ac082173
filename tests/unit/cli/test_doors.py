"""A command loads what it needs and no more: a clerk waits for every import. (``make bench`` measures the time.)"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from printd.cli.nouns import NOUNS
from printd.client.client import listens
from printd.shop.folder import SOCKET_NAME
from support.fixed import ORIGIN
from support.people import create

SECONDS = 60.0
HEAVY = (
    "PIL",
    "alembic",
    "annotated_types",
    "argon2",
    "cryptography",
    "email",
    "fastapi",
    "h11",
    "http",
    "httpx",
    "numpy",
    "pydantic",
    "pydantic_core",
    "reportlab",
    "sqlalchemy",
    "ssl",
    "structlog",
    "usb",
    "uvicorn",
    "watchfiles",
    "rich.console",
    "rich.table",
    "rich.progress",
    "drivers",
    "layouts",
    "printd.books.booking",
    "printd.backup",
    "printd.events",
    "printd.projections",
    "printd.console",
    "printd.daemon",
    "printd.demo",
    "printd.desk",
    "printd.intake",
    "printd.ledger",
    "printd.printing",
    "printd.reports",
    "printd.shop.config",
    "printd.shop.keys",
    "printd.shop.shop",
    "printd.shop.vault",
    "printd.store",
)
LOOKING = """
import json, sys
from printd.cli.app import main
try:
    main()
except SystemExit as left:
    code = left.code
sys.stderr.write(json.dumps([code, sorted(sys.modules)]))
"""


def loaded(*arguments: str) -> set[str]:
    """Return the names of the modules that are loaded when a command has ended well."""
    ran = subprocess.run(
        [sys.executable, "-c", LOOKING, *arguments], capture_output=True, text=True, timeout=SECONDS, check=True
    )
    code, names = json.loads(ran.stderr)
    assert code == 0
    assert ran.stdout
    return set(names)


def heavy(modules: set[str]) -> list[str]:
    return [name for name in HEAVY if name in modules]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A shop whose daemon runs."""
    folder = tmp_path_factory.mktemp("doors") / "shop"
    create(folder, origin=ORIGIN)
    with (folder.parent / "daemon.log").open("wb") as lines:
        daemon = subprocess.Popen([sys.executable, "-m", "printd", "--shop", str(folder), "run"], stderr=lines)
    try:
        end = time.monotonic() + SECONDS
        while not listens(folder / SOCKET_NAME):
            assert daemon.poll() is None, (folder.parent / "daemon.log").read_text()
            assert time.monotonic() < end
            time.sleep(0.05)
        yield folder
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(SECONDS)


def test_help_loads_no_command() -> None:
    modules = loaded("--help")
    assert heavy(modules) == []
    assert {name for name in modules if name.startswith("printd.cli.")} <= {
        f"printd.cli.{name}" for name in ("app", "choices", "columns", "common", "nouns", "output", "remedies")
    }
    assert not modules & {"printd.client.client", "printd.words.states"}


@pytest.mark.parametrize("noun", sorted(set(NOUNS) - {"audit"}))
def test_help_of_a_noun_loads_nothing_of_the_shop(noun: str) -> None:
    """The log is proved without a daemon, by what is loaded for it."""
    assert heavy(loaded(noun, "--help")) == []


@pytest.mark.parametrize(
    "command",
    [
        "jobs list",
        "jobs list --state held --json",
        "records list",
        "printers list",
        "blanks where",
        "blanks reconcile",
        "deliveries list",
        "shifts list",
        "operators list",
        "reports list",
    ],
)
def test_beside_the_daemon_a_command_asks_and_shows(shop: Path, command: str) -> None:
    assert heavy(loaded("--shop", str(shop), *command.split())) == []


def test_what_is_heavy_is_there_to_be_loaded(tmp_path: Path) -> None:
    """Without a daemon the same command does the daemon's work; each name above is one that Python knows."""
    create(tmp_path / "shop", origin=ORIGIN)
    assert {"pydantic", "sqlalchemy", "printd.shop.shop", "printd.desk"} < set(
        heavy(loaded("--shop", str(tmp_path / "shop"), "jobs", "list"))
    )
    known = "import importlib.util, sys; sys.exit(any(importlib.util.find_spec(one) is None for one in sys.argv[1:]))"
    subprocess.run([sys.executable, "-c", known, *HEAVY], check=True, timeout=SECONDS, env=dict(os.environ))
