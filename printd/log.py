"""Events of the daemon: one fixed action name, details as fields; no personal data of a card holder."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, cast

import structlog


def configure(stream: TextIO | None = None, *, json_lines: bool | None = None) -> None:
    """Send events to ``stream`` (standard error): lines for people on a terminal, JSON otherwise."""
    out = stream if stream is not None else sys.stderr
    as_json = (not out.isatty()) if json_lines is None else json_lines
    renderer: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=out),
    )


@contextmanager
def into(path: Path) -> Iterator[None]:
    """Send events to a file, one JSON object a line, as long as this lasts."""
    before = structlog.get_config()
    with path.open("a", encoding="utf-8") as lines:
        configure(lines, json_lines=True)
        try:
            yield
        finally:
            structlog.configure(**before)


def logger(**fields: object) -> structlog.typing.FilteringBoundLogger:
    """Return a logger with these fields bound."""
    return cast(structlog.typing.FilteringBoundLogger, structlog.get_logger(**fields))
