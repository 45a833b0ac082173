"""What a witness says over HTTP: small answers, in a short time, from the address that is configured and no other."""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass

import httpx

from printd.ledger.submission import MOST_BYTES

SECONDS = 10.0
"""That a request and its answer may take in all."""

_STEP_SECONDS = 5.0


class UnreachableError(Exception):
    """No whole answer came; what the witness did is unknown, and asking again does no harm."""


@dataclass(frozen=True)
class Reply:
    """An answer."""

    status: int
    media_type: str
    content: bytes


class Web:
    """The way to one witness.

    :param address: its submission prefix.
    """

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")
        self._opened: httpx.Client | None = None

    def add_checkpoint(self, body: bytes) -> Reply:
        """Submit a checkpoint.

        :raises UnreachableError: no whole answer came.
        """
        return self._ask("POST", "add-checkpoint", body)

    def checkpoint(self, folder: str) -> Reply:
        """Ask for the last cosigned checkpoint of a log.

        :param folder: name of the log's folder (:func:`printd.ledger.submission.folder_of`).
        :raises UnreachableError: no whole answer came.
        """
        return self._ask("GET", f"{folder}/checkpoint", b"")

    def close(self) -> None:
        """Let go of what is open; the next request opens it anew."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _client(self) -> httpx.Client:
        """Take neither proxies nor passwords of the environment: printd.toml alone says who is asked."""
        if self._opened is None:
            self._opened = httpx.Client(
                verify=ssl.create_default_context(),
                trust_env=False,
                follow_redirects=False,
                timeout=_STEP_SECONDS,
                headers={"User-Agent": "printd", "Accept-Encoding": "identity"},
            )
        return self._opened

    def _ask(self, method: str, path: str, body: bytes) -> Reply:
        deadline = time.monotonic() + SECONDS
        try:
            with self._client().stream(method, f"{self._address}/{path}", content=body or None) as answer:
                content = b""
                for part in answer.iter_raw():
                    content += part
                    if len(content) > MOST_BYTES:
                        raise UnreachableError("its answer is longer than one is")
                    if time.monotonic() > deadline:
                        raise UnreachableError("its answer takes too long")
                return Reply(answer.status_code, answer.headers.get("content-type", ""), content)
        except (httpx.HTTPError, httpx.InvalidURL) as failed:
            raise UnreachableError(type(failed).__name__) from failed
