"""The control API: acts of the desk as JSON over HTTP, for the socket that only the shop's user can open."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Body, FastAPI
from fastapi.responses import JSONResponse

from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import PrintdError, StorageError
from printd.log import logger


def create_app(desk: Desk) -> FastAPI:
    """Return the API of one open shop."""
    app = FastAPI(title="printd", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/health")
    def health() -> JSONResponse:
        problems = desk.workshop.problems() if desk.workshop is not None else []
        ready = all(one.stops != "shop" for one in problems)
        told = {"ready": ready, "problems": [one.to_json() for one in problems]}
        return JSONResponse(told, status_code=200 if ready else 503)

    @app.post("/acts/{name}")
    def act(name: str, arguments: Annotated[dict[str, Any], Body()]) -> JSONResponse:
        try:
            return JSONResponse({"result": perform(desk, name, arguments)})
        except StorageError as trouble:
            logger().warning("act.not_possible", act=name, why=trouble.why)
            return JSONResponse(trouble.to_json(), status_code=503)
        except PrintdError as refusal:
            logger().info("act.refused", act=name, error=type(refusal).__name__)
            return JSONResponse(refusal.to_json(), status_code=409)

    return app
