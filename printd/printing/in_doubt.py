"""What stands in doubt, in words. It knows no driver, so that whoever only tells it loads none."""

from __future__ import annotations

import json
from typing import Literal, NotRequired, TypedDict

from printd.store.tables.attempts import AttemptRow


class WireLine(TypedDict):
    """One line of a wire as people see it; of a long write also how many bytes it had."""

    way: Literal["out", "in", "wire"]
    text: str
    bytes: NotRequired[int]


def why_in_doubt(attempt: AttemptRow) -> str:
    """Return what stands in doubt, and why, in the words in which printer or wire told it first."""
    found = [text for one in json.loads(attempt["evidence"]) for text in one.get("findings", [])]
    why = f": {found[0].rstrip('.')}" if found else ""
    return f"Blank {attempt['serial']} of job {attempt['job_id'][:8]} is in doubt{why}."
