"""What a record may be warned of: for each code, in a sentence, what is seen and what whoever acknowledges it does."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from printd.events.signatures import NOT_VOUCHED

WARNINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name_letters": "The name holds more than letters and spaces. Names from before April 2022 may; check and "
        "acknowledge.",
        "name_one_word": "The name is a single word. Names from before April 2022 may be; check and acknowledge.",
        "unknown_religion": "The religion is not one of the known words. Check and acknowledge.",
        "unknown_occupation": "The occupation is not in the list of occupations. It can be printed; check and "
        "acknowledge.",
        "nik_old_regency": "The identity number names a regency that is not in the table; in this part of the country "
        "old numbers keep abolished codes. Check it and acknowledge.",
        "nik_unknown_district": "Digits 5 and 6 of the identity number are no district of today; old numbers keep old "
        "districts. Check it and acknowledge.",
        "nik_date_mismatch": "The birth date differs from the one inside the identity number. Compare with the birth "
        "certificate or family card and acknowledge.",
        "nik_sex_mismatch": "The sex differs from the one inside the identity number. Compare with the family card and "
        "acknowledge.",
        NOT_VOUCHED: "No registry vouches for this record: it came from a folder or by hand. Two people compare it "
        "with the registry.",
        "holder_unknown": "There are live jobs whose records open no more, since the key of their month is gone; one "
        "of them may be this person's. Look for their card among those that are printed and not handed over.",
        "photo_background": "The photo's background is not the colour of the birth year (red odd, blue even). Compare "
        "it with the registry and acknowledge.",
        "photo_few_dots": "The photo has fewer than half the dots of its place on the card each way; the face will be "
        "blurred. Have the registry send it in full size, or look at the card and acknowledge.",
        "photo_grey": "The photo has no colour, and the card's is in colour. Have the registry send the one that was "
        "taken, or compare and acknowledge.",
        "photo_compressed": "The photo was saved so small that blocks will be seen in the face (JPEG quality under "
        "30). Have the registry send it as it was taken, or look at the card and acknowledge.",
    }
)
"""By code. What is said names fields, never what stands in them."""
