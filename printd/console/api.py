"""The control socket: acts of the desk as JSON over HTTP, on a Unix socket that only the shop's user can open."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import Body, FastAPI
from fastapi.responses import JSONResponse

from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import PrintdError
from printd.folder import check_socket_path
from printd.log import logger

_ENDING_SECONDS = 3  # that requests under way have to end in


def create_app(desk: Desk) -> FastAPI:
    """Return the API of one open shop."""
    app = FastAPI(title="printd", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/health")
    def health() -> JSONResponse:
        ailments = desk.workshop.ailments() if desk.workshop is not None else []
        ready = all(one.stops != "shop" for one in ailments)
        told = {"ready": ready, "ailments": [one.to_json() for one in ailments]}
        return JSONResponse(told, status_code=200 if ready else 503)

    @app.post("/acts/{name}")
    def act(name: str, arguments: Annotated[dict[str, Any], Body()]) -> JSONResponse:
        try:
            return JSONResponse({"result": perform(desk, name, arguments)})
        except PrintdError as refusal:
            logger().info("act.refused", act=name, error=type(refusal).__name__)
            return JSONResponse(refusal.to_json(), status_code=409)

    return app


class Server:
    """Serves the API until told to stop."""

    def __init__(self, desk: Desk, path: Path) -> None:
        check_socket_path(path)
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(str(path))
        path.chmod(0o600)
        self._socket.listen()  # at once: whoever finds the socket may connect, and is answered when serving begins
        self._path = path
        config = uvicorn.Config(
            create_app(desk),
            log_level="warning",
            lifespan="off",
            access_log=False,
            timeout_graceful_shutdown=_ENDING_SECONDS,
        )
        self._server = uvicorn.Server(config)

    def run(self) -> None:
        """Serve; returns after :meth:`stop`."""
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()
            self.gone()

    def gone(self) -> None:
        """Take the socket's name away: whoever looks for the daemon finds none."""
        self._path.unlink(missing_ok=True)

    def stop(self) -> None:
        """End serving soon."""
        self._server.should_exit = True
