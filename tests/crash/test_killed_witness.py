"""SIGKILL of a witness at each step between a submission and its answer: what was given out is kept, always.

strace ends the process on entering a system call, so that call is not made: the next start finds what the disk has.
"""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from crash.power_cut import need_strace
from printd.ledger.cosigner import cosignatures
from printd.ledger.notes import Verifier
from printd.witness.kept import Kept
from support.other_logs import MemoryLog
from support.witnesses import WAIT, Served, served

LOG, FORK = MemoryLog(), MemoryLog(changed=7)

STEPS: dict[str, tuple[str, int]] = {
    "before what is kept is on the disk": ("fsync:signal=KILL:when=1", 100),
    "before it stands in its place": ("rename:signal=KILL:when=1", 100),
    "before its place is on the disk": ("fsync:signal=KILL:when=2", 200),
    "between what is kept and the answer": ("sendto:signal=KILL:when=1", 200),
}
"""By the moment: what strace does, and the size that the next start finds (what a rename did is there after a kill)."""


def post(there: Served, body: bytes) -> httpx.Response:
    with httpx.Client(base_url=there.url, trust_env=False, timeout=WAIT) as web:
        return web.post("/add-checkpoint", content=body)


@pytest.mark.parametrize("moment", STEPS)
def test_a_killed_witness_cosigns_one_history(tmp_path: Path, moment: str) -> None:
    need_strace()
    folder = tmp_path / "witness"
    with served(folder, LOG.vkey) as there:
        assert post(there, LOG.request(0, 100)).status_code == 200
    what, found = STEPS[moment]
    strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"inject={what}"]
    with served(folder, under=strace) as there:
        with pytest.raises(httpx.TransportError):
            post(there, LOG.request(100, 200))
        there.process.wait(WAIT)
    kept = Kept.open(folder)
    assert kept is not None
    last = kept.last(LOG.signer.verifier)
    assert last is not None
    assert last.checkpoint.size == found
    assert cosignatures(last.note, [kept.cosigner.verifier])
    with served(folder) as there:
        key = Verifier.from_vkey(there.vkey)
        if found == 200:
            assert post(there, FORK.request(100, 200)).status_code == 409, (
                "another history, as if nothing had been kept"
            )
            assert post(there, FORK.request(200, 200)).status_code == 422
            assert post(there, LOG.request(100, 200)).text == "200\n", "the log learns what was kept"
        again = post(there, LOG.request(found, 200))
        assert again.status_code == 200
        assert cosignatures(LOG.note(200) + again.content, [key])
        assert post(there, FORK.request(200, 300)).status_code == 422
        assert post(there, LOG.request(200, 300)).status_code == 200
