"""How the demo's people know whose card they hold: by the black panel it must carry, drawn again and compared."""

from __future__ import annotations

import zlib

from drivers.evolis.raster import pack_bits
from printd.printing.artwork import Artist
from printd.shop.shop import Shop


class CardReader:
    """Tells the CRC-32 of the black panel of each record's card."""

    def __init__(self, shop: Shop) -> None:
        self._artist = Artist(shop)
        self._known: dict[str, str] = {}

    def __call__(self, record: str) -> str:
        """Return the checksum as eight hexadecimal digits."""
        if record not in self._known:
            black = pack_bits(self._artist.draw(record).front.resin).tobytes()
            self._known[record] = f"{zlib.crc32(black):08x}"
        return self._known[record]
