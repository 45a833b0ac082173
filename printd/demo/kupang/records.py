"""Records for the scenario: invented people, each with a reason for printing, pulled day by day."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

from printd.demo.kupang.diary import REASONS
from printd.demo.people import all_people
from printd.intake.inbox import Parcel


def parcels(seed: int) -> Iterator[Parcel]:
    """Yield parcels, each drawn when asked for; there are 9,999."""
    chance = random.Random(seed)
    for one in all_people(seed):
        reason = chance.choices(list(REASONS), list(REASONS.values()))[0]
        status = "PRINT_READY_RECORD" if reason == "baru" else "CARD_ISSUED"
        fields = {**one.fields, "reason": reason, "EKTP_STATUS": status}
        yield Parcel(json.dumps(fields).encode(), one.photo_jpeg, one.signature_png)
