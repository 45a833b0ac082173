"""A process that holds more than 1024 files and sockets still prints: a shop has many printers and many clients."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import hardware_mocks

# In a process of its own, because of its limit of descriptors and of what it leaves open.
_OFFICE = """
import os, resource, socket, sys, threading

hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2048) if hard > 0 else 2048, hard))
while os.open(os.devnull, os.O_RDONLY) < 1100:
    pass

from drivers import open_printer
from drivers.cups.wires import Server
from drivers.deadline import Deadline
from drivers.printer import Station
from hardware_mocks.pytest_wires import Setup, pty_printer, tcp_printer

def soon():
    return Deadline.after(20)

def use(uri):
    printer = open_printer(uri, model="primacy", deadline=soon())
    print(printer.identify(soon()).serial_number, printer.status(soon()).state.value)
    printer.feed(Station.PRINT, soon())
    printer.eject(soon())
    printer.close()

def serve(listener):
    wire = listener.accept()[0]
    for _ in range(2):
        while b"ask" not in wire.recv(4096):
            pass
        wire.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Type: application/ipp\\r\\nContent-Length: 4\\r\\n\\r\\ntold")

if sys.argv[1] == "serial":
    with pty_printer(Setup(hopper=["A-1"])) as sim:
        use(f"serial:{sim.path}")
elif sys.argv[1] == "tcp":
    with tcp_printer(Setup(hopper=["A-1"])) as sim:
        use(f"tcp://{sim.host}:{sim.port}")
else:
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
    server = Server(f"cups://127.0.0.1:{listener.getsockname()[1]}/card")
    print([server.post("/", b"ask", soon()) for _ in range(2)], server.connections)
"""


@pytest.mark.parametrize(
    ("wire", "told"),
    [("serial", "10000123456 idle"), ("tcp", "10000123456 idle"), ("cups", "[b'told', b'told'] 1")],
)
def test_a_line_is_used_above_descriptor_1023(wire: str, told: str) -> None:
    assert hardware_mocks.__file__ is not None
    places = [Path(__file__).parents[2], Path(hardware_mocks.__file__).parents[1]]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, places))}
    done = subprocess.run(
        [sys.executable, "-c", _OFFICE, wire], capture_output=True, text=True, timeout=60, env=environment, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, told), done.stderr
