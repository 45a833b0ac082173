"""``make fuzz SECONDS=N``: every target under atheris for its share of the time, one after the other.

What was found new is kept beside the virtual environment and is where the next run begins. An input that breaks a
target is written to ``.venv/fuzz/found/`` and shown with the error; exit 1 then. ``ONLY=NAME,NAME`` runs some targets.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

CACHE = Path(__file__).resolve().parents[2] / ".venv" / "fuzz"
SLOWEST = 5  # seconds for one input: more is a finding
MEMORY = 1024  # MiB


def main(arguments: list[str]) -> int:
    """Run the targets, or with a name under ``--target`` one of them in this process, which then ends it."""
    if arguments[:1] == ["--target"]:
        return _fuzz(arguments[1], arguments[2:])
    from fuzz.targets import TARGETS

    names = os.environ["ONLY"].split(",") if os.environ.get("ONLY") else list(TARGETS)
    seconds = max(float(arguments[0] if arguments else 300) / len(names), 1)
    began, total, failed = time.monotonic(), 0, []
    print(f"{'target':18}{'executions':>12}{'a second':>10}{'edges':>8}{'corpus':>8}  result")
    for name in names:
        corpus, found = CACHE / "corpus" / name, CACHE / "found"
        for folder in (corpus, found):
            folder.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(TARGETS[name].seeds):
            (corpus / f"seed-{number}").write_bytes(seed)
        command = [
            sys.executable, "-m", "fuzz.run", "--target", name, f"-max_total_time={seconds:.0f}", f"-timeout={SLOWEST}",
            f"-rss_limit_mb={MEMORY}", "-print_final_stats=1", f"-artifact_prefix={found}/{name}-", "-max_len=4096",
            str(corpus),
        ]  # fmt: skip
        with (CACHE / f"{name}.log").open("w+") as log:
            done = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, timeout=seconds + 120, check=False)
            log.seek(0)
            said = log.read()
        edges = [int(one) for one in re.findall(r"cov: (\d+)", said)]
        executions = int((re.findall(r"number_of_executed_units: (\d+)", said) or ["0"])[0])
        rate = int((re.findall(r"average_exec_per_sec: +(\d+)", said) or ["0"])[0])
        kept = sum(1 for _ in corpus.iterdir())
        good = done.returncode == 0 and executions > 0
        print(f"{name:18}{executions:12,}{rate:10,}{max(edges, default=0):8,}{kept:8,}  {'good' if good else 'FOUND'}",
              flush=True)  # fmt: skip
        total += executions
        if not good:
            failed.append(name)
            print("\n".join(said.splitlines()[-30:]))
    print(f"fuzz: {len(names)} targets, {total:,} executions in {time.monotonic() - began:.0f} s, "
          f"{len(failed)} with findings{': ' if failed else ''}{', '.join(failed)}")  # fmt: skip
    return 1 if failed else 0


def _fuzz(name: str, options: list[str]) -> int:
    import atheris

    with atheris.instrument_imports(include=["drivers", "printd.custody", "printd.ledger", "printd_verify"]):
        from fuzz.targets import TARGETS  # imported for the first time, or nothing would be followed
    atheris.Setup([name, *options], TARGETS[name].run)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
