"""The encoder command is foreign: every way it can end ends, and nothing that it says gets further than its code."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from printd.printing.encoding import Result, run

ENOUGH = 30.0


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


@pytest.mark.parametrize(
    ("code", "result"),
    [(0, Result.ENCODED), (65, Result.CHIP_FAILED), (75, Result.AGAIN), (1, Result.BROKEN), (255, Result.BROKEN)],
)
def test_exit_codes(code: int, result: Result) -> None:
    ran = run(python(f"raise SystemExit({code})"), {}, ENOUGH)
    assert ran.result is result
    assert f"ended with {code}" in ran.sentence


@pytest.mark.parametrize("command", [["/nonexistent/encode"], ["/etc/passwd"], ["/bin/true", "a\0b"], [""]])
def test_what_cannot_be_started_is_broken(command: list[str]) -> None:
    ran = run(command, {}, ENOUGH)
    assert ran.result is Result.BROKEN
    assert "cannot be started" in ran.sentence


def test_time_ends_the_whole_process_group(tmp_path: Path) -> None:
    """The program and its child both ignore being asked, and the child holds the output open."""
    child = tmp_path / "child"
    program = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"child = os.fork() or (open({str(child)!r}, 'w').write(str(os.getpid())), time.sleep(600))\n"
        "time.sleep(600)\n"
    )
    ran = run(python(program), {}, 1.0)
    assert ran.result is Result.BROKEN
    assert "killed after 1 s" in ran.sentence
    _gone(int(child.read_text()))


def test_a_child_that_holds_the_output_open_does_not_outlive_its_parent(tmp_path: Path) -> None:
    child = tmp_path / "child"
    program = (
        "import os, time\n"
        f"if os.fork() == 0: open({str(child)!r}, 'w').write(str(os.getpid())); time.sleep(600)\n"
        f"while not os.path.exists({str(child)!r}) or not os.path.getsize({str(child)!r}): time.sleep(0.01)\n"
    )
    assert run(python(program), {}, ENOUGH).result is Result.ENCODED
    _gone(int(child.read_text()))


def _gone(process: int) -> None:
    deadline = time.monotonic() + ENOUGH
    while Path(f"/proc/{process}").exists():
        status = Path(f"/proc/{process}/status")
        try:
            if "State:\tZ" in status.read_text():  # dead, and whoever adopted it has not looked yet
                return
        except OSError:
            return
        assert time.monotonic() < deadline, "it lives on"
        time.sleep(0.02)


def test_a_flood_of_output_is_read_and_forgotten() -> None:
    program = "import sys\nfor _ in range(300): sys.stdout.write('x' * 65536)\nprint()\nprint('apdu-6a82 rest')\n"
    assert run(python(program), {}, ENOUGH).sentence == "The encoder command ended with 0, encoded (apdu-6a82)."


@pytest.mark.parametrize("said", ["SITI AMINAH", "", "Siti", "x" * 33, "6a82: failed", "\xe9t\xe9", "a_b"])
def test_only_a_code_of_what_it_says_is_kept(said: str) -> None:
    ran = run(python(f"print({said!a})"), {"PYTHONIOENCODING": "utf-8"}, ENOUGH)
    assert ran.sentence == "The encoder command ended with 0, encoded."


def test_our_own_variables_are_not_its_business(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRINTD_SESSIONS", "/secret")
    monkeypatch.setenv("OFFICE", "kupang")
    names = "'-'.join(sorted(n.lower().replace('_', '-') for n in os.environ if n in ('OFFICE',) or 'PRINTD' in n))"
    ran = run(python(f"import os; print({names})"), {"PRINTD_SERIAL": "A1"}, ENOUGH)
    assert "(office-printd-serial)" in ran.sentence


def test_descriptors_do_not_leak() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        run(["/bin/true"], {}, ENOUGH)
        run(["/nonexistent"], {}, ENOUGH)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
