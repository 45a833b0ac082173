"""How the demo's people know whose card they hold: by the black panel it must carry, drawn again and compared."""

from __future__ import annotations

import zlib

from drivers.evolis.raster import pack_bits
from printd.errors import PrintdError
from printd.printing.artwork import Artist
from printd.shop.shop import Shop
from printd.store import records


class CardReader:
    """Tells the CRC-32 of the black panel of each record's card."""

    def __init__(self, shop: Shop) -> None:
        self._store = shop.store
        self._artist = Artist(shop)
        self._known: dict[str, str] = {}

    def __call__(self, record: str) -> str:
        """Return the checksum as eight hexadecimal digits."""
        if record not in self._known:
            with self._store.reading() as connection:
                secret = records.record_secret_of(connection, record)
            if secret is None:
                raise PrintdError(f"Record {record[:8]} has no content.")
            black = pack_bits(self._artist.draw(secret).front.resin).tobytes()
            self._known[record] = f"{zlib.crc32(black):08x}"
        return self._known[record]
