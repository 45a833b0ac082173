"""The disk that the suite lets fail is whole again afterwards, whoever still holds the failed one."""

from __future__ import annotations

import subprocess

from faults.ground import Grounds


def test_a_disk_that_failed_is_whole_again_though_another_namespace_holds_it(grounds: Grounds) -> None:
    disk = grounds("ext4").disk
    kept = disk.root / "kept"
    kept.write_text("kept")
    apart = ["unshare", "--mount", "sh", "-c", "echo apart; read end"]
    with subprocess.Popen(apart, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        try:
            assert holder.stdout.readline() == "apart\n"
            disk.read_only(by_force=True)
            disk.repair()
            assert kept.read_text() == "kept"
            kept.unlink()
        finally:
            holder.stdin.close()
            holder.wait(10)
