"""The daemon's part that ends personal data: every hour, by the schedule of the configuration."""

from __future__ import annotations

import threading
from datetime import timedelta

from printd.intake import purge
from printd.log import logger
from printd.remedies import Do, Remedy, plain
from printd.shop.health import Health
from printd.shop.shop import Shop
from printd.store import log
from printd.words.moments import parse

SECONDS = 3600.0
_LONGEST = timedelta(days=31)
"""A shop that booked nothing for longer than this was closed, or its clock is wrong. A purge cannot be taken back."""
_LOOK: Remedy = ("Look at the clock. Where it is right, ask for ", Do("records.purge"), " and start the daemon anew.")
PART = "purge"


class Purging:
    """Purges a shop by schedule.

    :param shop: just opened; nothing of this run is booked yet.
    """

    def __init__(self, shop: Shop, health: Health) -> None:
        self._shop = shop
        self._health = health
        self._log = logger(part=PART)
        with shop.store.reading() as connection:
            last = log.last_at(connection, log.frontier(connection).size)
        self._ahead = last is not None and shop.books.clock() - parse(last) > _LONGEST

    def tidy(self) -> None:
        """Destroy what a crash left half written, before anybody seals anything."""
        try:
            self._shop.months.tidy()
        except OSError as failed:
            self._log.warning("purge.not_tidied", why=failed.strerror)

    def run(self, stop: threading.Event) -> None:
        """Purge now and every hour, until told to stop."""
        while not stop.is_set():
            self.once()
            stop.wait(SECONDS)

    def once(self) -> None:
        """Purge once, and tell the log how much; where the clock may be wrong, only finish what is booked."""
        if self._ahead:
            purge.finish(self._shop)
            self._health.report(
                "erasure",
                "waits",
                f"The clock is more than {_LONGEST.days} days ahead of the last entry. Nothing is erased by schedule "
                f"in this run. {plain(_LOOK)}",
                "nothing",
            )
            return
        done = purge.purge(self._shop)
        if done.counts or done.aside or done.months:
            self._log.info("purge.done", counts=dict(done.counts), aside=done.aside, months=done.months)
        if done.left:
            self._log.info("purge.left", remedy="The next purge takes it out of the files.")
