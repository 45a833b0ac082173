"""A witness that is reached over HTTP (c2sp.org/tlog-witness): two addresses, small requests, short connections.

It listens on this machine alone unless it is told otherwise. A connection lives for some seconds, whatever it brings,
and only so many live at once; nothing of who asks is written down.
"""

from __future__ import annotations

import asyncio
import socket
import time

import uvicorn
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.requests import ClientDisconnect
from uvicorn.protocols.http.h11_impl import H11Protocol

from printd.errors import ConfigError
from printd.ledger.submission import MOST_BYTES
from printd.log import logger
from printd.witness import rules
from printd.witness.kept import Kept
from printd.witness.rules import Answer

CONNECTION_SECONDS = 10.0
"""That a connection lives, from its first byte to its last answer."""

_CONNECTIONS = 64
_ENDING_SECONDS = 3


class _Short(H11Protocol):
    """A connection that ends after some seconds: whoever brings a request byte by byte keeps nobody waiting."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._end = self.loop.call_later(CONNECTION_SECONDS, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end.cancel()
        super().connection_lost(exc)


def create_app(kept: Kept) -> FastAPI:
    """Return what answers for one witness."""
    app = FastAPI(title="printd witness", docs_url=None, redoc_url=None, openapi_url=None)

    @app.post("/add-checkpoint")
    async def add_checkpoint(request: Request) -> Response:
        body = b""
        try:
            async for part in request.stream():
                body += part
                if len(body) > MOST_BYTES:
                    return _response(Answer(413, b"a submission is smaller\n"))
        except ClientDisconnect:
            return _response(Answer(400, b"the request was broken off\n"))

        def answer() -> Answer:
            return rules.now_or_unavailable(lambda: rules.take(kept, body, lambda: int(time.time())))

        return _response(await run_in_threadpool(answer))

    @app.get("/{folder}/checkpoint")
    def checkpoint(folder: str) -> Response:
        def answer() -> Answer:
            note = rules.shown(kept, folder)
            return Answer(404, b"nothing of this log was cosigned here\n") if note is None else Answer(200, note)

        return _response(rules.now_or_unavailable(answer))

    return app


def serve(kept: Kept, host: str, port: int) -> None:
    """Answer until the process is told to end (SIGTERM, SIGINT).

    :param port: 0: a free one, which the first line of the log tells.
    :raises ConfigError: nobody can listen there.
    """
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as taken:
        raise ConfigError(
            f"Nobody can listen at {host} port {port}.",
            why=f"{taken.strerror}.",
            consequence="Nothing is answered.",
            remedy="Name another port, or end what listens there.",
        ) from taken
    config = uvicorn.Config(
        create_app(kept),
        http=_Short,
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=_ENDING_SECONDS,
    )
    logger().info("witness.listens", name=kept.cosigner.name, host=host, port=listener.getsockname()[1])
    with listener:
        uvicorn.Server(config).run(sockets=[listener])


def _response(answer: Answer) -> Response:
    return Response(answer.content, answer.status, {"Content-Type": answer.media_type, "Cache-Control": "no-store"})
