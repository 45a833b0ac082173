"""One log for each thing that can be wrong with what entries say: the verifier finds that, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from printd.ledger.signatures import SigningKey, person_key_name, vkey
from printd_verify.database import Database
from printd_verify.findings import Case
from printd_verify.notes import read_key
from printd_verify.sentences import LANGUAGES, SENTENCES, say
from printd_verify.verification import Trust, verify
from support.people import key_of
from support.spoils import (
    MACHINE,
    Spoil,
    at_alak,
    came_back,
    configured,
    destroyed,
    differed,
    doubt,
    enrol,
    in_the_count,
    later,
    moved,
    over,
    printed_twice,
    sample,
    say_,
    sent,
    site_card,
    spoiled,
    started,
    two_records_of_one,
    weak,
)
from support.told import (
    ADI,
    BUDI,
    HASH,
    MADE,
    ORIGIN,
    RATNA,
    SARI,
    SITI,
    TONO,
    Told,
    blanks,
    enrolled,
)


@pytest.fixture
def told() -> Told:
    """A shop in which a shift is open and a card went to its holder."""
    log = Told()
    log.begin()
    log.stock()
    log.shift()
    log.good_card(1)
    return log


def found(log: Told, folder: Path) -> list[Case]:
    """Return what is found in a log whose hashes and checkpoints are all right."""
    report = verify(Database(log.write_database(folder / "log.sqlite")), Trust((read_key(log.vkey),)), jobs=0)
    for case in report.cases:
        for place in case.places:
            assert all(say(case.code, place.what, language) for language in LANGUAGES)
    assert report.origin == ORIGIN
    return report.cases


def test_nothing_is_found_in_a_good_log(told: Told, tmp_path: Path) -> None:
    told.record(2)
    told.start(2)
    told.say("attempt.in_doubt", {"attempt": "a2", "evidence": {"findings": ["no reply"]}})
    told.printed(2, SITI, BUDI)
    told.check(2, BUDI, SITI, quality="spoiled", cause="scorch")
    told.say("job.released", {"job": "j2", "act": "reprint"}, SITI, BUDI)
    told.start(2, 3, attempt="b2", number=2, counters={"cards": 3})
    told.say("attempt.unused", {"attempt": "b2", "to": "hopper:p1"})
    told.say("operator.retired", {"name": ADI}, RATNA, SARI)
    assert found(told, tmp_path) == []


def test_nothing_is_found_in_a_closing_that_adds_up(told: Told, tmp_path: Path) -> None:
    told.close()
    assert found(told, tmp_path) == []


SPOILT: Mapping[str, tuple[Spoil, set[str]]] = {
    # people
    "a stranger signs": (say_("login.failed", {"names": {}, "unknown": 1}, "mara"), {"stranger", "number_of_signers"}),
    "a stranger loads": (moved(2, 2, "hopper:p1", "shift:s1", "unload", "mara", SITI), {"stranger"}),
    "somebody who left signs": (
        lambda log: (
            log.say("operator.retired", {"name": BUDI}, RATNA, SARI),
            log.say("register.read", {"what": "specimen:j", "rows": 0}, BUDI),
        ),
        {"stranger"},
    ),
    "an auditor issues": (moved(11, 12, "store", "shift:s1", "issue", ADI, SITI), {"role"}),
    "a storekeeper hands over": (
        lambda log: (
            log.record(2), log.start(2), log.printed(2), log.check(2, BUDI),
            log.say("card.handed_over", {"attempt": "a2"}, TONO),
        ),
        {"role"},
    ),
    "one signs an issue": (moved(11, 12, "store", "shift:s1", "issue", SITI), {"number_of_signers"}),
    "no supervisor sets a site": (
        say_("site.set", {"site": "alak", "kind": "office", "title": "t", "area": "", "key": ""}, SITI),
        {"supervisor"},
    ),
    "no supervisor retires": (say_("operator.retired", {"name": ADI}, SITI, TONO), {"supervisor"}),
    "somebody retires themselves": (say_("operator.retired", {"name": SARI}, SARI, RATNA), {"about_self"}),
    "another enrols himself": (
        say_("operator.enrolled", {"person": enrolled("mara", "operator")}, RATNA, "mara", SARI),
        {"owner"},
    ),
    "a signature of another key": (
        say_("register.read", {"what": "specimen:j", "rows": 0}, SITI, keys={SITI: SigningKey(b"x" * 32)}),
        {"signature"},
    ),
    "an enrolment with a signature of another key": (
        lambda log: (
            log.say(
                "operator.enrolled", {"person": enrolled("mara", "operator")}, RATNA, SARI, "mara",
                keys={SARI: SigningKey(b"x" * 32)},
            ),
            log.say("register.read", {"what": "specimen:j", "rows": 0}, "mara"),
        ),
        {"signature", "stranger"},
    ),
    "a name is used again": (
        enrol(SITI, key=vkey(person_key_name(ORIGIN, SITI), key_of("x").public)), {"name_taken", "signature"},
    ),
    "a name is no name": (enrol("Mara"), {"name_form"}),
    "a weak key": (weak, {"key_weak", "stranger"}),
    "a key that is none": (enrol(key="mara"), {"key_form", "stranger"}),
    "a key of another log": (enrol(key=vkey("other.example/people/mara", key_of("mara").public)), {"key_name"}),
    "somebody else's key": (
        say_(
            "operator.enrolled",
            {"person": enrolled("mara", "operator", key=vkey(person_key_name(ORIGIN, "mara"), key_of(SITI).public))},
            RATNA, SARI, "mara", keys={"mara": key_of(SITI)},
        ),
        {"key_taken"},
    ),
    "the log begins again": (
        lambda log: log.say("shop.opened", {
            "origin": ORIGIN, "log_key": "k", "key_check": "c",
            "people": [enrolled(RATNA, "supervisor"), enrolled(SARI, "supervisor")],
        }, RATNA, SARI),
        {"log_begins"},
    ),
    "the clock goes back": (later("2026-11-02T07:59:57Z"), {"time_back"}),
    "a time that has not come": (later("2099-01-01T00:00:00Z"), {"time_ahead"}),
    # blanks
    "blanks are elsewhere": (moved(50, 60, "shift:s1", "store", "return", SITI, TONO), {"elsewhere"}),
    "blanks of no delivery": (moved(900, 901, "store", "shift:s1", "issue", SITI, TONO), {"unknown_blank"}),
    "a serial twice": (
        say_("blanks.moved", {
            "serials": [*blanks(20, 22), *blanks(22, 23)], "from": "store", "to": "shift:s1", "why": "issue",
        }, SITI, TONO),
        {"listed_twice"},
    ),
    "a way that there is not": (moved(20, 20, "store", "hopper:p1", "load", SITI), {"route"}),
    "a delivery of blanks that are here": (
        lambda log: log.stock("D2", 50, 150), {"in_the_books", "unknown_delivery", "elsewhere"},
    ),
    "a delivery once more": (lambda log: log.stock("D1", 200, 300), {"delivery_again", "received_again"}),
    "real blanks in a practice shop": (lambda log: log.stock("D2", 200, 300, practice=False), {"practice_mixed"}),
    "a closed carton": (
        lambda log: (
            log.stock("D2", 200, 299, cartons=[["C1", "K00200", "K00299"]]),
            log.move(200, 210, "store", "shift:s1", "issue", SITI, TONO),
        ),
        {"carton_closed"},
    ),
    "two types in a hopper": (
        lambda log: (
            log.stock("D2", 200, 299, stock_type="OA"),
            log.move(200, 210, "store", "shift:s1", "issue", SITI, TONO),
            log.move(200, 210, "shift:s1", "hopper:p1", "load", SITI),
        ),
        {"hopper_mixed"},
    ),
    "a spoiled blank is found whole": (
        lambda log: (
            log.move(20, 20, "store", "spoiled", "scorch", SITI, TONO),
            log.move(20, 20, "spoiled", "missing", "missing", SITI, TONO),
            log.move(20, 20, "missing", "store", "found", SITI, TONO),
        ),
        {"found_whole"},
    ),
    "a destroyed blank comes back": (
        lambda log: (
            log.move(20, 20, "store", "spoiled", "scorch", SITI, TONO),
            log.say("blanks.destroyed", {
                "sealed": HASH, "destruction": "b", "ba_number": "1", "serials": blanks(20, 20), "invalid": [],
                "cards": [], "method": "burn", "place": "p", "witnesses": [],
            }, SITI, TONO),
            log.move(20, 20, "spoiled", "missing", "missing", SITI, TONO),
        ),
        {"elsewhere"},
    ),
    "another shift's blanks": (moved(20, 20, "store", "shift:s9", "issue", SITI, TONO), {"other_shift"}),
    "a chip in two blanks": (
        lambda log: [
            log.say("chip.bound", {"uid": "04A1B2C3D4E5F6", "serial": serial}, SITI) for serial in ("K00020", "K00021")
        ],
        {"chip_again"},
    ),
    "a transfer to nowhere": (
        say_("transfer.sent", {
            "sealed": HASH, "transfer": "t", "from": "store", "to": "site:alak", "serials": blanks(20, 20),
            "document": "1", "carrier": "c", "seals": [],
        }, SITI, TONO),
        {"unknown_site"},
    ),
    "one job of a site has two cards": (
        lambda log: (at_alak(log), site_card(log, 20), site_card(log, 21)), {"site_card"},
    ),
    "a site's card that is not there": (lambda log: (at_alak(log), site_card(log, 30)), {"elsewhere"}),
    "a site's difference that names other blanks": (
        lambda log: (at_alak(log), differed(log, 20, kind="short")), {"difference_serials"},
    ),
    "a site's difference of what is not there": (lambda log: (at_alak(log), differed(log, 30)), {"elsewhere"}),
    "a site's difference that ends by nothing": (
        lambda log: (at_alak(log), differed(log, 20), log.say("discrepancy.closed", {
            "discrepancy": "alak-1", "outcome": "nothing", "document": "1", "serials": [],
        }, SITI, TONO)),
        {"difference_end"},
    ),
    "a transfer that never left": (
        say_("transfer.acknowledged", {
            "transfer": "t", "serials": [], "acknowledgement": "1", "discrepancies": [],
        }, SITI, TONO),
        {"unknown_transfer"},
    ),
    "a difference that there is not": (
        say_("discrepancy.closed", {
            "discrepancy": "d", "outcome": "nothing", "document": "1", "serials": [],
        }, SITI, TONO),
        {"unknown_difference"},
    ),
    "an incident that there is not": (
        say_("incident.closed", {"incident": "i", "outcome": "o"}, SITI, TONO), {"unknown_incident"},
    ),
    "a sample that somebody chose": (lambda log: sample(log, drawn=[["K00012", "store"]]), {"sample_chosen"}),
    "a sample of another seed": (lambda log: sample(log, seed="1" * 64), {"sample_seed", "sample_chosen"}),
    "a sample that was left": (
        lambda log: (sample(log), sample(log, sample="y")), {"sample_left", "sample_chosen"},
    ),
    "a delivery over once more": (
        lambda log: log.say("discrepancy.closed", {
            "discrepancy": over(log), "outcome": "spoiled", "document": "1", "serials": [],
        }, SITI, TONO),
        {"difference_end"},
    ),
    "more came over than was told": (
        lambda log: log.say("discrepancy.closed", {
            "discrepancy": over(log), "outcome": "store", "document": "1", "serials": blanks(300, 302),
        }, SITI, TONO),
        {"difference_serials"},
    ),
    "a carton twice": (
        lambda log: (
            log.stock("D2", 200, 299, cartons=[["C1", "K00200", "K00299"]]),
            [log.say("carton.opened", {"delivery": "D2", "carton": "C1"}, SITI, TONO) for _ in range(2)],
        ),
        {"carton_again"},
    ),
    "a carton that there is not": (
        say_("carton.opened", {"delivery": "D1", "carton": "C9"}, SITI, TONO), {"unknown_carton"},
    ),
    "blanks move in a count": (
        lambda log: (
            log.say("shift.counting", {"shift": "s1"}, SITI),
            log.move(2, 3, "hopper:p1", "shift:s1", "unload", SITI, TONO),
        ),
        {"moved_in_count"},
    ),
    "nothing is destroyed": (lambda log: destroyed(log, [], []), {"no_serials"}),
    "a card that never came back is destroyed": (lambda log: destroyed(log, ["c9"], []), {"unknown_card"}),
    "another blank than the card's is destroyed": (
        lambda log: (came_back(log), destroyed(log, ["c"], blanks(2, 2))), {"cards_serials", "elsewhere"},
    ),
    "a destruction that does not fit itself": (
        lambda log: (came_back(log), destroyed(log, ["c"], blanks(1, 1), begun="2999-10-19T08:00:00Z", recounted=2,
                                               left_cards=1, basis=["SE"], method="shred")),
        {"destruction_times", "destruction_pieces", "destruction_basis"},
    ),
    "a card comes back twice": (lambda log: (came_back(log), came_back(log)), {"card_again"}),
    "a transfer of the same name": (
        lambda log: (
            log.say("site.set", {"site": "alak", "kind": "office", "title": "t", "area": "", "key": ""}, RATNA),
            [sent(log, number) for number in (20, 21)],
        ),
        {"transfer_again"},
    ),
    "a sample that nobody drew": (
        say_("sample.counted", {"sample": "x", "missing": [], "bound": 0}, SITI, TONO), {"unknown_sample"},
    ),
    "what was not drawn is missing": (
        lambda log: (
            sample(log, drawn=[["K00012", "store"]]),
            log.say("sample.counted", {"sample": "x", "missing": ["K00050"], "bound": 9}, SITI, TONO),
        ),
        {"sample_foreign", "sample_chosen"},
    ),
    # cards
    "a job twice": (lambda log: (log.record(2), log.record(2, holder="h3")), {"job_again"}),
    "an attempt twice": (lambda log: (log.record(2), log.start(2), log.start(2)), {"attempt_again"}),
    "no warnings wait": (
        lambda log: (log.record(2), log.say("record.acknowledged", {"record": "r2", "warnings": []}, SITI)),
        {"no_warnings"},
    ),
    "another card is corrected": (
        lambda log: (
            log.record(2), log.start(2), log.printed(2),
            log.say("attempt.corrected", {
                "attempt": "a2", "booked": "K00003", "actual": "K00004", "from": "output", "to": "hopper:p1",
            }, SITI, BUDI),
        ),
        {"corrected_other"},
    ),
    "a retired printer works": (
        lambda log: (
            log.move(2, 10, "hopper:p1", "shift:s1", "unload", SITI, TONO),
            log.say("printer.paused", {"printer": "p1", "why": "w"}),
            log.say("printer.retired", {"printer": "p1"}, RATNA, MADE),
            log.say("printer.resumed", {"printer": "p1"}, SITI),
        ),
        {"retired_printer"},
    ),
    "a job of nobody": (lambda log: log.start(2), {"unknown_job"}),
    "a second card": (printed_twice, {"second_card"}),
    "two live jobs of one holder": (two_records_of_one, {"two_jobs"}),
    "handed over and not checked": (
        lambda log: (log.record(2), log.start(2), log.printed(2), log.say("card.handed_over", {"attempt": "a2"}, BUDI)),
        {"job_state"},
    ),
    "handed over twice": (say_("card.handed_over", {"attempt": "a1"}, BUDI), {"unknown_attempt"}),
    "an outcome twice": (
        lambda log: (log.record(2), log.start(2), log.printed(2), log.printed(2)),
        {"attempt_state"},
    ),
    "released for another reason": (
        lambda log: (log.record(2, warnings=["w"]), log.say("job.released", {"job": "j2", "act": "release"}, SITI)),
        {"released_otherwise"},
    ),
    "warnings that are others": (
        lambda log: (
            log.record(2, warnings=["w"]), log.say("record.acknowledged", {"record": "r2", "warnings": ["x"]}, SITI),
        ),
        {"other_warnings"},
    ),
    "another blank than the job needs": (
        lambda log: (log.record(2, stock_type="OA"), log.start(2)),
        {"wrong_blank"},
    ),
    "not its first attempt": (started(number=2), {"attempt_number"}),
    "let work by another entry": (started(resumed=3), {"resumed"}),
    "a paused printer": (
        lambda log: (log.say("printer.paused", {"printer": "p1", "why": "w"}), log.record(2), log.start(2)),
        {"resumed"},
    ),
    "let work by somebody who left": (
        lambda log: (log.say("operator.retired", {"name": SITI}, RATNA, SARI), log.record(2), log.start(2)),
        {"resumed"},
    ),
    "a blank that is not in the hopper": (started(serial=50), {"elsewhere"}),
    "two cards at once": (
        lambda log: (log.record(2), log.start(2), log.record(3), log.start(3, counters={})),
        {"printer_busy"},
    ),
    "a card that nobody booked": (started(counters={"cards": 9}), {"counter_gap"}),
    "a counter goes back": (started(counters={"cards": 1}), {"counter_back"}),
    "a printer that there is not": (say_("printer.paused", {"printer": "p7", "why": "w"}), {"unknown_printer"}),
    "a printer twice": (
        say_("printer.added", {**MACHINE, "printer": "p1", "serial_number": "S2"}, RATNA, MADE),
        {"printer_again"},
    ),
    "a machine twice": (
        say_("printer.added", {**MACHINE, "printer": "p2", "serial_number": "S1"}, RATNA, MADE),
        {"machine_again"},
    ),
    "retired at work": (say_("printer.retired", {"printer": "p1"}, RATNA, MADE), {"retired_at_work"}),
    "a test print while it works": (
        say_("test_print.started", {
            "test": "t", "purpose": "test", "printer": "p1", "serial_number": "S1", "serial": "K00002",
            "counters": {"cards": 2}, "artwork": "w",
        }, SITI),
        {"not_paused"},
    ),
    "nobody answers for what was found": (configured, {"unanswered"}),
    "an answer to nothing": (say_("configuration.accepted", {"entry": 3}, RATNA, SARI), {"answers_nothing"}),
    "a doubt that nobody settles": (lambda log: doubt(log, scanned="K00002"), {"doubt_unsigned"}),
    "unused against the evidence": (lambda log: doubt(log, BUDI), {"against_evidence"}),
    "another blank was read": (
        lambda log: doubt(log, BUDI, SITI, scanned="K00003"), {"against_evidence", "scanned_other"},
    ),
    "his own card is spoiled": (lambda log: spoiled(log, SITI), {"own_card"}),
    "one pair of hands": (
        lambda log: (
            log.move(2, 2, "hopper:p1", "shift:s1", "unload", SITI, TONO),
            log.move(2, 2, "shift:s1", "hopper:p1", "load", SITI),
            log.record(2), log.start(2), log.printed(2), log.check(2, SITI),
        ),
        {"one_pair_of_hands"},
    ),
    "a printed card is in the store": (
        lambda log: (log.record(2), log.start(2), log.printed(2, to="store")),
        {"ends_there"},
    ),
    "a card of an incident": (
        lambda log: (
            log.say("incident.opened", {
                "incident": "i", "kind": "unknown_uid", "serials": blanks(2, 2), "pieces": 1, "note": "",
                "last_event": "",
            }),
            log.record(2), log.start(2),
        ),
        {"stopped_blank"},
    ),
    # closings
    "a card in a count": (in_the_count, {"printed_in_count"}),
    "a closing tells more good cards": (
        lambda log: log.close(stock={"used_good": 2, "closing": 98}), {"closing_figure"},
    ),
    "a closing does not add up": (lambda log: log.close(stock={"used_good": 2}), {"closing_figure", "closing_sum"}),
    "a closing hides a spoiled card": (
        lambda log: (
            log.move(20, 20, "store", "spoiled", "scorch", SITI, TONO),
            log.close(stock={"spoiled": 1, "closing": 98}, closing={"WNI": 98}, totals={"store": 98, "spoiled": 1}),
        ),
        {"closing_spoiled"},
    ),
    "a closing tells other outcomes": (lambda log: log.close(outcomes={"printed": 2}), {"closing_outcomes"}),
    "a closing tells another book": (
        lambda log: log.close(places=[{"place": "hopper:p1", "book": 8, "counted": 8, "serials": ""}]),
        {"closing_place", "count_told"},
    ),
    "a closing names no gap": (
        lambda log: log.close(
            of_siti={"hopper:p1": {"pieces": 8}}, of_tono={"hopper:p1": {"pieces": 8}},
            places=[{"place": "hopper:p1", "book": 9, "counted": 8, "serials": ""}],
        ),
        {"closing_gap"},
    ),
    "two counted otherwise": (lambda log: log.close(of_siti={"hopper:p1": {"pieces": 8}}), {"counts_differ"}),
    "blanks are left behind": (
        lambda log: log.close(returned=[["hopper:p1", blanks(2, 9)]], totals={"store": 98, "hopper": 1}),
        {"left_behind"},
    ),
    "totals hide a missing blank": (lambda log: log.close(totals={"store": 100, "holder": 0}), {"totals"}),
    "totals do not add up": (lambda log: log.close(totals={"store": 98}), {"totals", "totals_sum"}),
    "totals tell more that came": (
        lambda log: log.close(totals={"announced": 101, "store": 100}),
        {"totals", "totals_sum"},
    ),
    "totals hide a doubt": (
        lambda log: (
            log.record(2), log.start(2),
            log.say("attempt.in_doubt", {"attempt": "a2", "evidence": {"findings": ["no reply"]}}),
            log.close_day("2026-11-01", totals={"hopper": 8, "printer": 1, "store": 90}),
        ),
        {"totals"},
    ),
    "a closing tells another root": (lambda log: log.close(log_root="1" * 64), {"told_root"}),
    "a closing tells more entries": (lambda log: log.close(log_size=9999), {"told_later"}),
    "closed while a card is under way": (
        lambda log: (
            log.record(2), log.start(2),
            log.close(
                outcomes={"open": 1, "printed": 1}, returned=[["hopper:p1", blanks(3, 10)]],
                totals={"store": 98, "printer": 1},
                places=[{"place": "hopper:p1", "book": 8, "counted": 8, "serials": ""}],
                of_siti={"hopper:p1": {"pieces": 8}}, of_tono={"hopper:p1": {"pieces": 8}},
            ),
        ),
        {"closed_in_doubt"},
    ),
    "a shift on a shift": (say_("shift.opened", {"shift": "s2"}, SITI, TONO), {"shift_open"}),
    "a shift that is not counted is closed": (
        lambda log: log.say("shift.resumed", {"shift": "s1"}, SITI), {"shift_state"},
    ),
    # forms
    "a number of somebody": (
        say_("blanks.moved", {
            "serials": blanks(11, 12), "from": "store", "to": "shift:s1", "why": "issue",
            "reason": "NIK 5371994101900001",
        }, SITI, TONO),
        {"personal"},
    ),
    "a kind that there is not": (lambda log: log.say("card.sold", {}), {"kind"}),
    "a field too many": (lambda log: log.say("shift.counting", {"shift": "s1", "x": 1}, SITI), {"data"}),
    "a place that there is not": (moved(2, 2, "hopper:p1", "attic", "unload", SITI, TONO), {"data"}),
    "a field of another type": (lambda log: log.say("shift.counting", {"shift": 1}, SITI), {"data"}),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "codes"), SPOILT.values(), ids=SPOILT)
def test_what_is_wrong_is_found(told: Told, tmp_path: Path, spoil: Spoil, codes: set[str]) -> None:
    spoil(told)
    assert {case.code for case in found(told, tmp_path)} == codes


def test_every_sentence_is_there_in_both_languages() -> None:
    for code, said in SENTENCES.items():
        assert len(said) == len(LANGUAGES), code
        names = [sorted({part.partition("}")[0] for part in one.split("{")[1:]}) for one in said]
        assert names[0] == names[1], code
