"""Blanks, counts, closings, samples and the forms of entries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from spoilt.cases import Case, Spoil, inside
from spoilt.insider import Insider, Value

_TWO: Final = ("siti", "budi")


def _moved(serials: list[list[str]], source: str, target: str, why: str) -> Spoil:
    data = {"serials": serials, "from": source, "to": target, "why": why}
    return lambda log: log.say("blanks.moved", data, *_TWO)


def _delivery(log: Insider, first: str, last: str, **more: Any) -> None:
    """Bring one more delivery: announced and received as the last one was."""
    data = log.entries[log.find("delivery.announced", -1)]["data"]
    told = {**data, "delivery": "D9", "cartons": [], "serials": [[first, last]], **more}
    log.say("delivery.announced", told, "siti")
    received = {"delivery": told["delivery"], "serials": [[first, last]], "counted": 1, "discrepancies": []}
    log.say("delivery.received", received, *_TWO)


def _year(log: Insider, **by: int) -> None:
    """Change figures of a request's year."""
    year = log.data(log.find("request.made"))["year"]
    for name, number in by.items():
        year[name] += number


def _act(change: Callable[[Value], object]) -> Spoil:
    """Change the act of the last closing."""
    return lambda log: change(log.data(log.find("shift.closed", -1))["act"])


def _shift(act: Value, **by: int) -> None:
    """Change figures of what the shift had in hand."""
    for name, number in by.items():
        act["work"][0][name] += number


def _stock(**by: int) -> Spoil:
    """Change figures of the last closing, in its act and in what it says is left."""

    def change(act: Value) -> None:
        for name, number in by.items():
            act["stock"][0][name] += number
        act["closing"]["WNI"] += by.get("closing", 0)

    return _act(change)


def _place(log: Insider, **by: int) -> int:
    """Change what the last closing says of the hopper; return the number of its entry."""
    seq = log.find("shift.closed", -1)
    act = log.data(seq)["act"]
    row = next(one for one in act["places"] if one["place"] == "hopper:p1")
    for name, number in by.items():
        row[name] += number
    return seq


def _count(log: Insider, number: int, by: int) -> int:
    """Change a count of the hopper; return the number of its entry."""
    seq = log.find("shift.counted", number)
    log.data(seq)["places"]["hopper:p1"]["pieces"] += by
    return seq


def _left_behind(log: Insider) -> None:
    returned = log.data(log.find("shift.closed", -1))["returned"]
    returned[0][1] = [[returned[0][1][0][0], returned[0][1][0][0]]]


def _of_root(log: Insider, kind: str, **lies: Any) -> None:
    log.lie(log.find(kind, -1))["act"].update(lies)


def _mixed(log: Insider) -> None:
    _delivery(log, "Z00001", "Z00009", stock_type="OA")
    shift = {"shift": "2026-11-30-3"}
    log.say("shift.opened", shift, *_TWO)
    for serials in ([["Z00001", "Z00001"]], [["K01001", "K01001"]]):
        to = f"shift:{shift['shift']}"
        log.say("blanks.moved", {"serials": serials, "from": "store", "to": to, "why": "issue"}, *_TWO)
        log.say("blanks.moved", {"serials": serials, "from": to, "to": "hopper:p1", "why": "load"}, "siti")


def _destroy(log: Insider, **data: Any) -> None:
    good = log.entries[log.find("blanks.destroyed")]["data"]
    log.say("blanks.destroyed", {**good, "destruction": "d9", **data}, *_TWO)


def _renamed(body: bytes, old: bytes, new: bytes) -> bytes:
    assert body.count(old) == 1
    return body.replace(old, new)


def _form(change: Callable[[bytes], bytes]) -> Spoil:
    """Let the last look at a record's picture have other bytes than an entry has."""

    def spoil(log: Insider) -> None:
        seq = log.say("month.ended", {"month": "2026-01", "kept": 0})
        log.forge(seq, change(log.told().bodies[seq]))

    return spoil


def _without_signatures(log: Insider) -> None:
    seq = log.find("export.begun")
    body = log.told().bodies[seq]
    log.forge(seq, body[: body.index(b',"sig":')] + b',"v":2}')


CASES: Final[tuple[Case, ...]] = (
    inside("elsewhere", "blanks leave the store that are with their holders", "elsewhere",
           _moved([["K00006", "K00007"]], "store", "shift:s", "issue")),
    inside("unknown-blank", "blanks leave the store that no delivery brought", "unknown_blank",
           _moved([["X00001", "X00002"]], "store", "spoiled", "factory_defect")),
    inside("listed-twice", "one movement names a blank twice", "listed_twice",
           _moved([["K01100", "K01102"], ["K01102", "K01103"]], "store", "spoiled", "factory_defect")),
    inside("no-serials", "a movement names no blank", "no_serials",
           _moved([], "store", "spoiled", "factory_defect")),
    inside("route", "blanks go from the store into a printer's hopper", "route",
           _moved([["K01100", "K01100"]], "store", "hopper:p1", "load")),
    inside("two-deliveries-one-serial", "a delivery brings serials that another brought", "in_the_books",
           lambda log: _delivery(log, "K01400", "K01410")),
    inside("delivery-again", "a delivery is announced twice", "delivery_again", lambda log: log.again(
        log.find("delivery.announced", -1))),
    inside("received-again", "a delivery is received twice", "received_again", lambda log: log.again(
        log.find("delivery.received", -1))),
    inside("never-announced", "a delivery is received that nobody announced", "unknown_delivery",
           lambda log: log.data(log.find("delivery.received", -1)).update(delivery="D8")),
    inside("practice-mixed", "real blanks come into a shop to practise in", "practice_mixed",
           lambda log: _delivery(log, "R00001", "R00002", practice=False)),
    inside("carton-closed", "blanks are taken out of a carton that nobody opened", "carton_closed",
           lambda log: (log.remove(log.find("carton.opened", -1)),
                        log.say("blanks.moved", {"serials": [["K01001", "K01001"]], "from": "store", "to": "spoiled",
                                                 "why": "factory_defect"}, *_TWO))),
    inside("carton-again", "a carton is opened twice", "carton_again",
           lambda log: log.again(log.find("carton.opened", -1))),
    inside("no-carton", "a carton is opened that no delivery brought", "unknown_carton",
           lambda log: log.data(log.find("carton.opened", -1)).update(carton="D6-2")),
    inside("hopper-mixed", "two stock types lie in one hopper", "hopper_mixed", _mixed),
    inside("chip-twice", "one chip is in two blanks", "chip_again",
           lambda log: log.say("chip.bound", {"uid": "04A1B2C3D4E5F6", "serial": "K00151"}, "siti")),
    inside("short-unnamed", "a piece of a delivery does not arrive, and no difference names it", "receipt_left",
           lambda log: log.data(log.find("delivery.received", -1)).update(serials=[["K01001", "K01399"]])),
    inside("receipt-count", "a receipt tells another count than the two sheets", "count_told",
           lambda log: log.data(log.find("delivery.received", -1)).update(counted=399)),
    inside("receipt-counts", "two people count a delivery differently, and it is received", "counts_differ",
           lambda log: log.data(log.find("delivery.counted", -1))["sheet"].update(pieces=399)),
    inside("no-difference", "a difference is closed twice", "unknown_difference",
           lambda log: log.again(log.find("discrepancy.closed"))),
    inside("difference-otherwise", "a damaged carton ends as missing", "difference_end",
           lambda log: log.data(log.find("discrepancy.closed")).update(outcome="missing")),
    inside("transfer-again", "a transfer is sent twice under one number", "transfer_again",
           lambda log: log.again(log.find("transfer.sent", -1))),
    inside("transfer-signed-twice", "a transfer is acknowledged twice", "unknown_transfer",
           lambda log: log.again(log.find("transfer.acknowledged"))),
    inside("no-site", "blanks go to a site that there is not", "unknown_site",
           lambda log: log.data(log.find("transfer.sent", -1)).update(to="site:oebobo")),
    inside("site-card-early", "a site gives a card out before it is printed", "site_card",
           lambda log: log.data(log.find("site.printed")).update(handed_over_on="2018-08-31")),
    inside("no-incident", "an incident is noted that nobody opened", "unknown_incident",
           lambda log: log.data(log.find("incident.noted")).update(incident="i9")),
    inside("ribbon-from-nowhere", "a ribbon is opened that never came in", "not_in_stock",
           lambda log: log.say("consumable.opened", {"kind": "ribbon", "label": "R9", "printer": "p1",
                                                     "nominal": 300}, "siti")),
    inside("ribbon-unbooked", "a ribbon that was booked in is said never to have been", "booked_in",
           lambda log: log.data(log.find("consumable.opened")).update(unbooked=True)),
    inside("request-sum", "a request's account of the year does not add up", "request_sum",
           lambda log: log.data(log.find("request.made"))["year"].update(used_good=1000)),
    inside("request-figure", "a request tells fewer blanks than there are", "request_figure",
           lambda log: _year(log, closing=-7, spoiled=7)),
    inside("request-difference", "a request gives no reason for asking for more than was computed",
           "request_difference",
           lambda log: log.data(log.find("request.made"))["facts"].update(ask=1)),
    inside("card-returned-twice", "a card is taken back twice", "card_again",
           lambda log: log.again(log.find("card.returned"))),
    inside("not-spoiled", "blanks are destroyed that are in the store", "elsewhere",
           lambda log: _destroy(log, serials=[["K01100", "K01102"]])),
    inside("card-of-nobody", "a card is destroyed that never came back", "unknown_card",
           lambda log: _destroy(log, serials=[], cards=["c9"])),
    inside("destroyed-of-another-card", "a card is destroyed, and the act names a blank that is not its",
           "cards_serials",
           lambda log: _destroy(log, serials=[], cards=[log.entries[log.find("card.returned")]["data"]["card"]],
                                invalid=[["K00006", "K00006"]])),
    inside("destroyed-before", "a destruction ends before it begins", "destruction_times",
           lambda log: log.data(log.find("blanks.destroyed")).update(begun="2026-11-02T00:00:01Z",
                                                                     ended="2026-11-02T00:00:00Z")),
    inside("destroyed-recounted", "a destruction tells of more pieces than it destroys", "destruction_pieces",
           lambda log: log.data(log.find("blanks.destroyed")).update(recounted=99)),
    inside("destroyed-shredded", "what the circulars order burnt is shredded, and no letter says so",
           "destruction_basis",
           lambda log: log.data(log.find("blanks.destroyed")).update(method="shred", basis=[])),
    inside("forged-total", "a closing tells one good card more, and one blank fewer", "closing_figure",
           _stock(used_good=1, closing=-1)),
    inside("sum", "the figures of a closing do not add up", "closing_sum", _stock(used_good=1)),
    inside("shift-hides", "a closing tells a good card more in the shift's hands, and a blank fewer given back",
           "closing_figure", _act(lambda act: _shift(act, good=1, returned=-1))),
    inside("shift-sum", "what a shift had in hand does not add up", "closing_sum",
           _act(lambda act: _shift(act, good=1))),
    inside("spoiled-others", "a closing names other spoiled blanks than were", "closing_spoiled",
           _act(lambda act: act["spoils"][0].update(serials=[["K01399", "K01399"]]))),
    inside("price-nobody-gave", "a stock count values blanks at a price that no paper gave", "closing_figure",
           lambda log: log.data(log.find("stock.closed"))["act"]["deliveries"][0].update(unit_value=9547, value=9547)),
    inside("stock-left-out", "a stock count leaves out a place that holds blanks", "closing_place",
           lambda log: log.data(log.find("stock.closed"))["act"]["items"].pop()),
    inside("report-told", "a stock count tells another report of a site than it made", "count_told",
           lambda log: log.data(log.find("stock.closed"))["act"]["elsewhere"][0].update(told=777)),
    inside("spoiled-hidden", "a closing keeps a spoiled blank back", "closing_spoiled",
           _act(lambda act: act["spoiled"].clear())),
    inside("outcomes", "a closing tells another number of prints", "closing_outcomes",
           _act(lambda act: act["outcomes"].update(printed=89))),
    inside("book", "a closing tells other books of a hopper than there are", "closing_place",
           lambda log: (_place(log, book=-1, counted=-1), _count(log, -1, -1), _count(log, -2, -1))),
    inside("gap-unnamed", "a blank lacks at the count, and the closing names no gap", "closing_gap",
           lambda log: (_place(log, counted=-1), _count(log, -1, -1), _count(log, -2, -1))),
    inside("count-told", "a closing tells another count than the sheets", "count_told",
           lambda log: _place(log, counted=-1)),
    inside("counts-differ", "two people counted differently, and the shift is closed", "counts_differ",
           lambda log: _count(log, -1, -1)),
    inside("counted-alone", "one person counted, and two close the shift", "not_counted",
           lambda log: log.remove(log.find("shift.counted", -1))),
    inside("left-behind", "blanks stay in a hopper when the shift is closed", "left_behind", _left_behind),
    inside("closed-uncounted", "a shift is closed that nobody began to count", "shift_state",
           lambda log: log.remove(log.find("shift.counting", -1))),
    inside("shift-on-shift", "a shift is opened before the one before is closed", "shift_open",
           lambda log: log.insert(log.find("attempt.started", -1), "shift.opened", {"shift": "s9"}, *_TWO)),
    inside("closed-by-one", "one person closes a shift", "number_of_signers",
           lambda log: log.entry(log.find("shift.closed", -1)).update(by=["siti"])),
    inside("closing-root", "the act of a closing tells another root", "told_root",
           lambda log: _of_root(log, "shift.closed", log_root="1" * 64)),
    inside("closing-later", "the act of a count tells a root of entries that were not there yet", "told_later",
           lambda log: _of_root(log, "stock.closed", log_size=9999)),
    inside("stock-book", "a stock count tells other books of the store than there are", "closing_place",
           lambda log: log.data(log.find("stock.closed"))["act"]["items"][0].update(book=400)),
    inside("stock-sheet", "a stock count tells another count than a sheet", "count_told",
           lambda log: log.data(log.find("stock.closed"))["act"]["items"][0].update(count_2=400)),
    inside("sample-seed", "a sample's seed does not follow from its checkpoint and number", "sample_seed",
           lambda log: log.data(log.find("sample.drawn", -1)).update(seed="0" * 64)),
    inside("sample-chosen", "another blank lies in a sample than was drawn", "sample_chosen",
           lambda log: log.data(log.find("sample.drawn", -1))["drawn"][0].__setitem__(0, "K01001")),
    inside("sample-left", "a sample is drawn and never counted, and the next one is drawn", "sample_left",
           lambda log: log.remove(log.find("sample.counted"))),
    inside("sample-bound", "a sample says that fewer may be missing than follows from it", "sample_bound",
           lambda log: log.data(log.find("sample.counted", -1)).update(bound=3)),
    inside("sample-foreign", "a blank is missing from a sample that was not in it", "sample_foreign",
           lambda log: log.data(log.find("sample.counted", -1)).update(missing=["K01200"])),
    inside("personal", "the number of a person stands in a reason", "personal",
           lambda log: log.data(log.find("shift.opened", -1)).update(reason="for 537199 410190 0001")),
    inside("unknown-kind", "an entry has a kind that there is not", "kind",
           lambda log: log.say("card.sold", {})),
    inside("unknown-field", "an entry has a field that its kind does not have", "data",
           _form(lambda body: _renamed(body, b'"kept":0', b'"kept":0,"left":1'))),
    inside("not-canonical", "an entry is written with a space", "entry_form",
           _form(lambda body: _renamed(body, b'"kept":0', b'"kept": 0'))),
    inside("schema", "an entry is of another schema", "entry_form",
           _form(lambda body: _renamed(body, b'"v":2}', b'"v":1}'))),
    inside("number", "an entry has the number of another", "entry_number",
           _form(lambda body: body[: body.index(b'"seq":')] + b'"seq":7,"v":2}')),
    inside("signature-left-out", "an entry that names somebody is not signed", "entry_form",
           _without_signatures),
)  # fmt: skip
