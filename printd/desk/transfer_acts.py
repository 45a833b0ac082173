"""What the act of a transfer says beside what is shown of it: its carrier, and what a site accounts for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from printd.custody import site_account
from printd.desk import sealing
from printd.desk.desk import Desk
from printd.reports.document import Document
from printd.reports.office import office_of
from printd.reports.transfer import Difference, Followed, transfer_act
from printd.store import discrepancies, transfers
from printd.words import places
from printd.words.moments import office_day, parse
from printd.words.serials import from_json
from printd.words.subjects import Subject

if TYPE_CHECKING:
    from printd.desk.transfers import TransferShown


def act_of(desk: Desk, shown: TransferShown, entry: int) -> Document:
    """Return the act of a transfer: its carrier is named, who carries it signs it.

    :param entry: number of the entry for which it stands; what came after is not in it.
    """
    about = Subject.TRANSFER.of(shown["id"])
    carrier = sealing.look(desk, about, sealing.OfCarrier)["carrier"]
    from_site = places.kind(shown["source"]) is places.Kind.SITE
    account: site_account.Account | None = None
    follows: list[Followed] = []
    with desk.shop.store.reading() as connection:
        differences: list[Difference] = [
            {"kind": one["kind"], "pieces": one["pieces"]}
            for one in discrepancies.discrepancies(connection, subject=about)
        ]
        if from_site:
            ranges = from_json(shown["serials"])
            account = site_account.account(connection, shown["id"], shown["source"], ranges, entry)
            for name in account["transfers"]:
                row = transfers.find_transfer(connection, name)
                if row is not None:
                    day = office_day(parse(row["sent_at"]), desk.shop.zone).isoformat()
                    follows.append({"document": row["document"], "day": day})
    told = {"carrier_name": carrier, "differences": differences, "account": account, "follows": follows}
    return transfer_act({**shown, **told}, office_of(desk.shop))
