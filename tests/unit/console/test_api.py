"""The control socket: the same acts, the same refusals as without a daemon, for the shop's user alone."""

import json
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from printd import errors
from printd.cli.remedies import sentence
from printd.client import client
from printd.console.control_socket import ControlSocket
from printd.desk.acts import perform
from printd.desk.catalogue import ACTS
from printd.desk.desk import Desk
from printd.errors import ConfigError, PrintdError, Refused
from printd.shop.folder import SOCKET_NAME
from support.intake_help import (
    KNOWN_DISTRICT,
    CommandLine,
    accept,
    deliver,
    document,
    new_shop,
    opened,
    people,
    signer,
    state_of,
)

WAIT = 20.0


@contextmanager
def serving(desk: Desk, path: Path | None = None) -> Iterator[Path]:
    path = path or desk.shop.folder / SOCKET_NAME
    server = ControlSocket(desk, path)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        end = time.monotonic() + WAIT
        while True:
            try:
                with _web(path) as web:
                    assert web.get("/health").json() == {"ready": True, "problems": []}
                break
            except httpx.TransportError:
                if time.monotonic() > end or not thread.is_alive():
                    raise
                time.sleep(0.02)
        yield path
    finally:
        server.stop()
        thread.join(WAIT)
        assert not thread.is_alive()


def _web(path: Path) -> httpx.Client:
    return httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), base_url="http://printd", timeout=WAIT)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with opened(new_shop(tmp_path_factory.mktemp("api") / "shop", KNOWN_DISTRICT)) as desk:
        deliver(desk)
        for person in people()[:3]:
            accept(desk, person)
        yield desk


@pytest.fixture(scope="module")
def web(desk: Desk) -> Iterator[httpx.Client]:
    with serving(desk) as path, _web(path) as web:
        yield web


def test_an_act_answers_with_its_result(desk: Desk, web: httpx.Client) -> None:
    answer = web.post("/acts/blanks.where", json={})
    assert answer.status_code == 200
    assert answer.json() == {"result": perform(desk, "blanks.where", {})}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("blanks.show", {"serial": "KPG0000099"}),
        ("blanks.eat", {}),
        ("blanks.show", {"cereal": "x"}),
        ("blanks.show", {"serial": ["x"]}),
        ("jobs.show", {"job": "zzzz"}),
        ("jobs.show", {"job": "\ud800"}),
        ("records.import", {"parcel": {"document": "YQ"}, "by": signer("ani")}),
        ("records.list", {"limit": 10**40}),
        ("blanks.skip", {"serial": "KPG0000001", "by": signer("ani"), "second": {"name": "budi", "passphrase": "no"}}),
    ],
)
def test_a_refusal_is_a_conflict_with_its_sentences(
    desk: Desk, web: httpx.Client, name: str, arguments: dict[str, Any]
) -> None:
    before = state_of(desk.shop.store)
    answer = web.post(f"/acts/{name}", content=json.dumps(arguments), headers={"Content-Type": "application/json"})
    assert answer.status_code == 409
    with pytest.raises(Refused) as direct:
        perform(desk, name, arguments)
    assert answer.json() == direct.value.to_json()
    assert state_of(desk.shop.store) == before


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b'"x"', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_is_an_error_and_the_server_goes_on(web: httpx.Client, body: bytes) -> None:
    answer = web.post("/acts/blanks.where", content=body, headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500
    assert web.get("/health").status_code == 200


def test_only_acts_and_health_are_there(web: httpx.Client) -> None:
    for path in ("/", "/docs", "/openapi.json", "/acts", "/acts/blanks.where/x", "/../etc/passwd"):
        assert web.get(path).status_code in (404, 405)
    assert web.get("/acts/blanks.where").status_code == 405


def test_the_socket_is_the_shop_s_user_s_alone(desk: Desk, web: httpx.Client) -> None:
    mode = (desk.shop.folder / SOCKET_NAME).stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


def test_the_socket_goes_with_the_server_and_a_left_one_is_replaced(tmp_path: Path) -> None:
    with opened(new_shop(tmp_path / "shop")) as desk:
        path = desk.shop.folder / SOCKET_NAME
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(path))
        assert client.call(desk.shop.folder, "jobs.list", {})["jobs"] == []  # nobody listens: straight to the shop
        with serving(desk):
            assert path.is_socket()
        assert not path.exists()


def test_a_path_too_long_for_a_socket_is_said_before_anything_starts(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / ("x" * 120) / SOCKET_NAME
    with pytest.raises(ConfigError) as refused:
        ControlSocket(desk, path)
    assert "shorter" in sentence(refused.value.remedy)


def test_acts_at_the_same_time_are_all_booked_once(tmp_path: Path) -> None:
    with opened(new_shop(tmp_path / "shop", KNOWN_DISTRICT)) as desk:
        deliver(desk)
        jobs = [accept(desk, person).job for person in people()[:12]]
        start = threading.Barrier(8)

        def work(worker: int) -> tuple[int, int]:
            done = conflicts = 0
            start.wait(WAIT)
            for job in jobs:
                try:
                    client.call(desk.shop.folder, "jobs.hold", {"job": job, "by": signer("ani")})
                    done += 1
                except Refused:
                    conflicts += 1
            return done, conflicts

        with serving(desk), ThreadPoolExecutor(8) as pool:
            results = list(pool.map(work, range(8)))
        assert sum(done for done, _ in results) == len(jobs)
        assert sum(conflicts for _, conflicts in results) == 7 * len(jobs)
        assert {row["state"] for row in perform(desk, "jobs.list", {})["jobs"]} == {"held"}


@pytest.fixture
def ways(tmp_path: Path) -> Iterator[list[Callable[[str, dict[str, Any]], Any]]]:
    """The same shop twice: behind its daemon's socket and without a daemon."""
    served, alone = new_shop(tmp_path / "served"), new_shop(tmp_path / "alone")
    for folder in (served, alone):
        with opened(folder) as desk:
            deliver(desk)
    with opened(served) as desk, serving(desk):
        yield [partial(client.call, folder) for folder in (served, alone)]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("blanks.show", {"serial": "KPG0000099"}),
        ("blanks.show", {"serial": "\udcff"}),
        ("blanks.show", {"cereal": "x"}),
        ("deliveries.receive", {"delivery": "D-1", "by": signer("ani"), "second": {"name": "budi", "passphrase": "x"}}),
        ("records.import", {"parcel": {"document": "e30="}, "by": signer("ani")}),
        ("records.import", {"parcel": {"document": "e30="}, "by": signer("nobody")}),
        ("printers.discover", {"x": 1}),
    ],
)
def test_with_and_without_a_daemon_a_refusal_reads_the_same(
    ways: list[Callable[[str, dict[str, Any]], Any]], name: str, arguments: dict[str, Any]
) -> None:
    told: list[PrintdError] = []
    for way in ways:
        with pytest.raises(PrintdError) as refused:
            way(name, arguments)
        told.append(refused.value)
    assert type(told[0]) is type(told[1])
    assert told[0].to_json() == told[1].to_json()
    assert str(told[0]) == str(told[1])


@pytest.mark.parametrize("name", ["blanks.where", "deliveries.list", "jobs.list", "records.list", "operators.list"])
def test_with_and_without_a_daemon_a_list_is_the_same(
    ways: list[Callable[[str, dict[str, Any]], Any]], name: str
) -> None:
    def timeless(value: Any) -> Any:
        if isinstance(value, list):
            return [timeless(one) for one in value]
        if isinstance(value, dict):
            return {key: timeless(one) for key, one in value.items() if not key.endswith("_at")}
        return value

    served, alone = (timeless(way(name, {})) for way in ways)
    assert served == alone


def test_every_kind_of_refusal_survives_the_way_through_the_socket() -> None:
    kinds = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, PrintdError)]
    assert {"Refused", "ParcelRefused", "IntegrityError"} <= {one.__name__ for one in kinds}
    for kind in kinds:
        assert getattr(errors, kind("x").to_json()["error"]) is kind


def test_every_act_is_reachable_by_its_name(web: httpx.Client) -> None:
    for name in ACTS:
        answer = web.post(f"/acts/{name}", json={"nonsense": 1})
        assert answer.status_code == 409
        assert "nonsense" in answer.json()["why"]


def test_the_command_line_shows_the_same_through_the_socket(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = new_shop(tmp_path / "shop")
    cli = CommandLine(folder, capsys, monkeypatch)
    (tmp_path / "r.json").write_bytes(document(people()[0], NIK="5371990000000001"))
    commands = (
        ["blanks", "show", "KPG0000099"],
        ["records", "import", str(tmp_path / "r.json"), "--by", "ani"],
        ["operators", "list", "--json"],
        ["deliveries", "show", "D-7", "--json"],
    )
    alone = [cli(*command) for command in commands]
    with capture_logs(), opened(folder) as desk, serving(desk):
        assert [cli(*command) for command in commands] == alone
