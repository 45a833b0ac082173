"""A judge of exported logs by aics-tlog, which knows nothing of printd. What is asked: tests/support/judges.py."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from aics_tlog import checkpoint, note, tiles, tree, verified


def opened(signed: bytes, key: note.VKey, *witnesses: note.VKey) -> checkpoint.CheckpointVerifyResult:
    """Return what a signed checkpoint of the log that the key is named after says, which every witness cosigned."""
    found = checkpoint.verify_checkpoint(
        note.parse_note(signed), key, list(witnesses), len(witnesses), expected_origin=key.name
    )
    if not found.ok:
        raise ValueError(f"checkpoint: {found.error}")
    return found


def judge(asked: dict[str, Any]) -> None:
    """Raise an error unless all that is asked about is good."""
    key, folder = note.parse_vkey(asked["vkey"]), Path(asked["folder"])
    head = opened((folder / "checkpoint").read_bytes(), key, *map(note.parse_vkey, asked["witnesses"]))
    reader = tiles.FileSystemTileReader(folder)
    proved = verified.VerifiedTileReader(reader, head.size, head.root)
    for index in range(asked["first"] // 256, -(-asked["end"] // 256)):
        width = tiles.tile_width_at(head.size, 0, index)
        if proved.read_entry_bundle(index, width) is None:
            raise ValueError(f"bundle {index} is not there")
    if (asked["first"], asked["end"]) == (0, head.size):  # its proofs are made of more tiles than an excerpt has
        verified.audit_tiles(reader, head.size, head.root)
        for index in {0, head.size - 1}:
            proof = tiles.inclusion_proof_from_tiles(proved, index, head.size)
            entry = tiles.read_entry(proved, index, head.size)
            if not tree.verify_leaf_inclusion(entry, index, head.size, proof, head.root):
                raise ValueError(f"inclusion of {index} from the tiles")
    for one in asked["inclusion"]:
        leaf, proof = bytes.fromhex(one["leaf"]), [bytes.fromhex(text) for text in one["proof"]]
        if not tree.verify_inclusion(leaf, one["index"], head.size, proof, head.root):
            raise ValueError(f"inclusion of {one['index']}")
    for one in asked["consistency"]:
        older, proof = opened(one["older"].encode(), key), [bytes.fromhex(text) for text in one["proof"]]
        if not tree.verify_consistency(older.size, head.size, older.root, head.root, proof):
            raise ValueError(f"consistency with {older.size}")


def main() -> None:
    """Judge what stands on each line of standard input."""
    for line in sys.stdin:
        told: dict[str, Any] = {"accepted": True}
        try:
            judge(json.loads(line))
        except (ValueError, OSError) as refused:
            told = {"accepted": False, "why": str(refused)}
        print(json.dumps(told), flush=True)


main()
