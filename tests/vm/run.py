"""``make vm-test``: the USB suite inside a virtual machine with a real kernel, usbfs, usblp, usb-storage and udev.

The simulated printers of ``guest_printers.py`` are processes of this machine, which the guest attaches over USB/IP and
the network. The tests marked ``usbfs`` of the USB wires and of every driver run on printers in the guest's own process.
One summary line at the end; exit 0 when every test passed. ``SUITE=printers|wires`` runs one half.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from vm.boot import MissingError, Parts, ended_after, find_tools, running, unpack

REPOSITORY = Path(__file__).resolve().parents[2]
SECONDS = 1500.0  # the whole of it takes a third on two idle cores
HOST = "10.0.2.2"  # this machine's loopback address, as the guest sees it
SUITES = {
    "printers": ["--noconftest", "tests/vm/guest_printers.py"],
    "wires": ["-m", "usbfs", *(f"tests/contract/test_{name}.py" for name in (
        "usb_wires", "drivers_usb", "evolis_driver", "magicard_driver", "zebra_driver", "matica_driver",
    ))],
}  # fmt: skip
STORAGE = {
    "printers": "",
    # The disk driver's own questions to a Matica, which are no disk's, would stand in the simulator's complaints.
    "wires": "delay_use=120",
}
NOT_HERE = (
    # What the simulator thinks that the kernel has bound; here the kernel is asked, by guest_printers.py.
    "test_drivers_usb.py::test_the_kernels_driver_gets_the_printer_back[usbfs]",
    # USB/IP has no field for the bytes that a transfer moved before it was taken back (RET_UNLINK, 48 bytes).
    "test_drivers_usb.py::test_a_printer_that_takes_no_more_tells_how_much_it_took[usbfs]",
    "test_usb_wires.py::test_a_busy_printer_takes_part_of_a_write_and_then_nothing[umock]",
    # A reply in single bytes takes an emulated machine longer than the driver waits for one.
    "test_magicard_driver.py::test_a_card_is_printed_and_proved[libusb-quirks1",
)
PRINTERS = {
    "evolis": ["evolis", "--serial", "10000777001"],
    "twin": ["evolis", "--serial", "10000777002"],
    "magicard": ["magicard", "--serial", "4A0021"],
    "zebra": ["zebra", "--ribbon", "k:500", "--serial", "P330i-7"],
    "matica": ["matica", "--serial", "M86-0001"],
    "evolis-pulled": ["evolis", "--serial", "10000777003"],
    "matica-pulled": ["matica", "--serial", "M86-0002"],
    "evolis-cut": ["evolis", "--serial", "10000777004", "--fault", "cable_out@payload=m"],
    "magicard-cut": ["magicard", "--serial", "4A0022", "--fault", "cable_out@payload=m"],
    "zebra-cut": ["zebra", "--ribbon", "k:500", "--serial", "P330i-8", "--fault", "cable_out@payload=k"],
    "matica-cut": ["matica", "--serial", "M86-0003", "--fault", "cable_out@payload=m"],
}


def main() -> int:
    """Run it; return the exit status."""
    began = time.monotonic()
    try:
        find_tools()
        parts = unpack(REPOSITORY / ".venv" / "vm")
    except MissingError as missing:
        print(f"vm-test cannot run: {missing}", file=sys.stderr)
        return 1
    print(f"vm-test: unpacked after {time.monotonic() - began:.0f} s", flush=True)
    suites = [os.environ["SUITE"]] if os.environ.get("SUITE") else list(SUITES)
    good = True
    for suite in suites:
        with tempfile.TemporaryDirectory(prefix="printd-vm-") as folder, contextlib.ExitStack() as stack:
            shared = Path(folder)
            places = stack.enter_context(printers(shared)) if suite == "printers" else {}
            (shared / "places.json").write_text(json.dumps(places))
            good &= boot(suite, parts, shared)
    print(f"vm-test: {'passed' if good else 'FAILED'}, {time.monotonic() - began:.0f} s in all")
    return 0 if good else 1


def boot(suite: str, parts: Parts, shared: Path) -> bool:
    """Boot the guest, let it run a suite, and tell; return whether all is well."""
    arguments = [*SUITES[suite], "-p", "no:cacheprovider", "-v", "--color=no", "--timeout=600",
                 "--junit-xml=/mnt/result.xml", "-o", "junit_family=xunit1",
                 *(f"--deselect=tests/contract/{name}" for name in NOT_HERE)]  # fmt: skip
    environment = {"REPOSITORY": str(REPOSITORY), "PYTHON": str(REPOSITORY / ".venv/bin/python"),
                   "ARGUMENTS": " ".join(arguments), "STORAGE": STORAGE[suite], "PRINTD_VM": "1",
                   "CI": "true"}  # fmt: skip
    text = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in environment.items())
    (shared / "environment").write_text(text)
    (shared / "inside.sh").write_bytes((Path(__file__).parent / "inside.sh").read_bytes())
    began = time.monotonic()
    with running(parts, shared, shared / "qemu.log") as machine, ended_after(machine, SECONDS) as late:
        assert machine.stdout is not None
        for line in machine.stdout:
            print(line.replace("\r", ""), end="", flush=True)
        machine.wait()
    seconds = time.monotonic() - began
    if late.is_set():
        print(f"vm-test: the guest was ended after {SECONDS:.0f} s")
        return False
    if not (shared / "exit").exists():
        print(f"vm-test: the guest told no result. QEMU said: {(shared / 'qemu.log').read_text().strip() or 'nothing'}")
        return False
    result = ET.parse(shared / "result.xml").getroot().find("testsuite")
    assert result is not None
    count = {name: int(result.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
    print(
        f"vm-test {suite}: {count['tests']} tests, {count['failures'] + count['errors']} failed, "
        f"{count['skipped']} skipped, {seconds:.0f} s with the boot"
    )
    return (shared / "exit").read_text().strip() == "0" and count["tests"] > 0


@contextlib.contextmanager
def printers(shared: Path) -> Iterator[dict[str, dict[str, object]]]:
    """Start the simulated printers of this machine; give where each is and what it has."""
    with contextlib.ExitStack() as stack:
        places: dict[str, dict[str, object]] = {}
        for name, arguments in PRINTERS.items():
            truth = shared / f"{name}.jsonl"
            command = [sys.executable, "-m", "hardware_mocks", *arguments, "--wire", "usbip", "--speed", "20",
                       "--truth", str(truth), "--hopper", ",".join(f"{name}-{n}" for n in range(1, 9))]  # fmt: skip
            process = stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            )
            stack.callback(process.terminate)
            assert process.stdout is not None
            said = json.loads(process.stdout.readline())
            places[name] = {"host": HOST, "port": said["address"]["port"], "serial": said["serial"],
                            "truth": f"/mnt/{truth.name}"}  # fmt: skip
        yield places


if __name__ == "__main__":
    sys.exit(main())
