"""A judge of heads and proofs by metamorphic-log, knowing nothing of printd. What is asked: tests/support/judges.py.

It reads no tiles, and does not hold a log's name against that of its key.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import metamorphic_log as judges


def judge(asked: dict[str, Any]) -> None:
    """Raise an error unless all that is asked about is good."""
    head, keys = (Path(asked["folder"]) / "checkpoint").read_text(encoding="utf-8"), [asked["vkey"]]
    judges.checkpoint_verify(head, keys)
    for one in asked["inclusion"]:
        leaf, proof = bytes.fromhex(one["leaf"]), [bytes.fromhex(text) for text in one["proof"]]
        judges.checkpoint_verify_inclusion(head, keys, one["index"], leaf, proof)
    for one in asked["consistency"]:
        proof = [bytes.fromhex(text) for text in one["proof"]]
        judges.checkpoint_verify_consistency(one["older"], head, keys, proof)


def main() -> None:
    """Judge what stands on each line of standard input."""
    for line in sys.stdin:
        told: dict[str, Any] = {"accepted": True}
        try:
            judge(json.loads(line))
        except (judges.VerifyError, ValueError, OSError) as refused:
            told = {"accepted": False, "why": str(refused) or repr(refused)}
        print(json.dumps(told), flush=True)


main()
