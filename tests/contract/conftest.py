"""Simulated printers on wires for contract tests; the helpers are described in ``hardware_mocks.pytest_wires``."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest

from contract.manners import Clock
from contract.presses import NewDesk, desk_on
from hardware_mocks.pytest_wires import (
    PlugUsb,
    Setup,
    UsbPrinter,
    usb_inprocess_printer,
    usb_socket_printer,
    usb_umock_printer,
)
from hardware_mocks.wires import vicc
from hardware_mocks.wires.umock import UmockBus, UnavailableError
from hardware_mocks.wires.vhci import VhciBus
from printd.demo.kupang import play
from printd.ledger.notes import Verifier
from printd.shop.shop import Shop
from support.exported import export
from support.once import once


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The scenario's summary, a fortieth of its size; its shop stays where it says, and nobody writes into it."""

    def played(folder: Path) -> dict[str, Any]:
        return dict(play.play(folder, scale=40, show=lambda step, day, days: None))

    summary: dict[str, Any] = once(tmp_path_factory, "kupang", played)
    return summary


@pytest.fixture(scope="session")
def exported(told: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log of the scenario, as `audit export` writes it."""

    def written(folder: Path) -> str:
        shop = Shop.open(Path(told["shop"]))
        try:
            return str(export(shop, folder))
        finally:
            shop.close()

    return Path(once(tmp_path_factory, "kupang-exported", written))


@pytest.fixture(scope="session")
def key(told: dict[str, Any]) -> Verifier:
    """The log's key, as an auditor has it from elsewhere."""
    return Verifier.from_vkey((Path(told["shop"]) / "keys" / "log.vkey").read_text().strip())


@pytest.fixture(scope="session")
def umock_bus() -> UmockBus | VhciBus:
    """The USB bus under the real libusb; one for the whole run, because libusb hears only the first.

    In the virtual machine of tests/vm it is the kernel's.
    """
    if os.environ.get("PRINTD_VM"):
        return VhciBus()
    try:
        return UmockBus()
    except UnavailableError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"real libusb not testable: {error}")
        pytest.skip(str(error))


@pytest.fixture(params=["inprocess", "socket", pytest.param("umock", marks=pytest.mark.usbfs)])
def plug_usb(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PlugUsb]:
    """Plug a simulated printer in, on each kind of USB wire in turn."""
    with ExitStack() as stack:

        def plug(setup: Setup | None = None, *, bind_usblp: bool = True) -> UsbPrinter:
            made: AbstractContextManager[UsbPrinter]
            if request.param == "inprocess":
                made = usb_inprocess_printer(setup, bind_usblp=bind_usblp)
            elif request.param == "socket":
                made = usb_socket_printer(tmp_path / "bus", setup, bind_usblp=bind_usblp)
            else:
                made = usb_umock_printer(request.getfixturevalue("umock_bus"), setup, bind_usblp=bind_usblp)
            return stack.enter_context(made)

        yield plug


@pytest.fixture(scope="session")
def one_pcscd() -> Iterator[vicc.Pcscd]:
    """A real pcscd with a virtual reader, one for the whole run of this process."""
    try:
        import smartcard.scard  # noqa: F401 - an extra, looked for only where it is needed

        with vicc.pcscd() as daemon:
            yield daemon
    except (ImportError, vicc.UnavailableError) as error:
        message = f"a real pcscd is not testable: {error}; make packages tells what is missing"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture
def cards(one_pcscd: vicc.Pcscd) -> Iterator[vicc.Pcscd]:
    """The real pcscd, running, its reader empty."""
    yield one_pcscd
    for slot in one_pcscd.slots:
        slot.remove()
    if not one_pcscd.running:
        one_pcscd.start()


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The drivers' clock, which does not wait for what cannot come."""
    with Clock().at_work() as made:
        yield made


@pytest.fixture
def new_desk(request: pytest.FixtureRequest, clock: Clock) -> NewDesk:
    """Put any family's simulated printer on any of its wires."""
    return lambda name, wire, **more: desk_on(
        name, wire, clock, request.getfixturevalue("umock_bus") if wire == "usbfs" else None, **more
    )
