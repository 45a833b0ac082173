"""The kinds of entries and the fields of each: docs/log-blanks.md and docs/log-cards.md, written once more."""

from __future__ import annotations

from typing import Final

from printd_verify.forms import WITHOUT_NIK, Forms

PARTS: Final = {
    "restored": "made_at?:moment size?:whole root?:hash",
    "known": "size:whole root:hash",
    "next_log": "origin:text log_key:text",
    "enrolled": "name:free role:role key:text sealed:hash legal_name:legal_name nip?:nip position?:free rank?:free",
    "configuration": (
        "office:text timezone:text version:text layout:text layout_digest:hash senders:[hash] settings:hash "
        "policy:policy report_hours?:whole"
    ),
    "receipt_sheet": (
        "pieces:whole cartons:[(free,=intact/damaged/seal_broken/wrong_type)] serials:ranges damaged:ranges "
        "wrong_type:ranges seals?:[(free,=whole/broken)]"
    ),
    "letter": "number:free day:day",
    "official": "name:legal_name nip?:nip rank?:free position?:free office?:free assignment?:letter",
    "handover": (
        "place?:free given_on?:day giver?:official collector?:official request?:letter allocation?:letter grant?:letter"
    ),
    "discrepancy": (
        "id:text kind:=short/over/damaged/seal_broken/wrong_stock_type/serial_elsewhere/unnamed pieces:whole "
        "serials:ranges note:free"
    ),
    "place_count": "pieces:whole serials?:ranges",
    "flows": (
        "stock_type:stock_type opening:whole received:signed loaned_in:signed recovered:signed used_good:signed "
        "spoiled:signed loaned_out:signed returned:signed skipped:signed missing:signed closing:whole"
    ),
    "totals": (
        "stock_type:stock_type announced:whole received:whole transit:whole store:whole shift:whole hopper:whole "
        "printer:whole output:whole finished:whole holder:whole invalid:whole spoiled:whole destroyed:whole "
        "transfer:whole site:whole returned:whole skipped:whole missing:whole in_doubt:whole"
    ),
    "place_compared": "place:place book:whole counted:whole serials:text",
    "gap": "place:place counted:whole book:whole",
    "closing_act": (
        "stock:[flows] closing:{stock_type=whole} places:[place_compared] gaps:[gap] spoiled:{cause=whole} "
        "outcomes:{=open/in_doubt/printed/unused/spoiled=whole} note:free work?:[shift_flows] "
        "spoils?:[spoiled_in_hand] voided?:=punched/cut/punched_cut/not_yet kept?:free seal?:free "
        "stored?:free incident?:text log_size:whole log_root:hash"
    ),
    "shift_flows": (
        "stock_type:stock_type carried_in:whole issued:whole found:whole good:signed spoiled:signed returned:whole "
        "skipped:whole missing:whole carried_over:whole"
    ),
    "spoiled_in_hand": "cause:cause serials:ranges",
    "counted_twice": (
        "place:place book:whole count_1:whole count_2:whole difference:signed serials:text/null value:whole/null"
    ),
    "count_act": (
        "count:text items:[counted_twice] witness:free reason:free elsewhere?:[place_told] deliveries?:[valued] "
        "follow_up?:free counters:(text,text) log_size:whole log_root:hash"
    ),
    "place_told": "place:place stock_type:stock_type book:whole told:whole/null day:day/null document:free/null",
    "valued": (
        "delivery:free document:free stock_type:stock_type unit_value:whole/null good:whole value:whole/null "
        "finished:whole spoiled:whole invalid:whole elsewhere:whole transit:whole"
    ),
    "witness": "who:text agency:free position?:free",
    "photo": "digest:hash size:whole",
    "counters": "cards?:whole panels?:whole ribbon_left?:whole ribbon_capacity?:whole until_cleaning?:whole",
    "evidence": (
        "findings:[text] rung?:=nothing/sent/engine_done/left_printer/read_back "
        "position?:=none/print/contact/contactless/flipper/inside/unknown after?:counters raw?:{text}"
    ),
    "calibration": (
        "shift:(signed,signed) offset:(signed,signed) edge:whole grey:whole dither:=none/ordered/diffusion "
        "curves:{=y/m/c/k=[(whole,whole)]} icc:hash_or_empty intent:=perceptual/relative/saturation ribbon:free"
    ),
    "turn": "by:=override/longest_wait/class/order class?:free",
    "policy_class": "name:free reasons:[free] daily_cap:whole/null below_floor:truth",
    "policy": (
        "classes:[policy_class] reserve_floor:whole quota_period:=day/month quotas:{free=whole} oldest_every?:whole "
        "doubts_by_two?:truth"
    ),
    "days_left": "middle:whole low:whole high:whole",
    "today": "used:whole wished:whole",
    "year_so_far": (
        "first:day opening:whole received:signed loaned_in:signed recovered:signed used_good:signed spoiled:signed "
        "loaned_out:signed returned:signed skipped:signed missing:signed closing:whole"
    ),
}

_REQUEST: Final = (
    "stock:whole level:=ok/low/empty floor:whole queue:whole coming:whole used_per_day:whole/null "
    "wished_per_day:whole/null days_left:days_left/null ask_on:day/null ask:whole/null surging:[text] prr:whole "
    "sfe:whole/null suket:whole average_use:whole/null printers:whole recent:[(day,whole)] reason?:free beside?:free"
)
PARTS["early_request"] = _REQUEST
PARTS["request"] = f"{_REQUEST} since:day/null open_days:whole history_days:whole today:today"

_ENDED: Final = "attempt:text fed?:serial evidence?:evidence"

KINDS: Final = {
    "shop.opened": (
        "origin:text log_key:text key_check:text people:(enrolled,enrolled) practice?:truth "
        "configuration?:configuration documents_key?:text"
    ),
    "shop.restored": "backup:restored known:known missing:whole",
    "log.rolled_back": ("backup:restored known:known missing:whole note:text origin:text log_key:text next:next_log"),
    "backup.begun": "backup:text size:whole root:hash",
    "export.begun": "size:whole root:hash first?:whole end?:whole",
    "records.purged": (
        "erased:[whole] counts:{=record/card/suket/site_card/quarantine=whole} aside:whole handed_over_days:whole "
        "refused_days:whole"
    ),
    "records.erased": "erased:[whole] counts:{=record/card/suket/site_card/quarantine=whole} aside:whole",
    "month.ended": "month:text kept:whole",
    "clock.went_back": "from:moment to:moment",
    "operator.enrolled": "person:enrolled",
    "operator.role_set": "name:free role:role",
    "operator.retired": "name:free",
    "operator.key_renewed": "name:free key:text sealed:hash",
    "operator.resealed": "name:free sealed:hash",
    "shop.configured": "configuration:configuration",
    "configuration.accepted": "entry:whole",
    "login.failed": "names:{whole} unknown:whole",
    "delivery.announced": (
        "delivery:free bast_number:free bast_date:day stock_type:stock_type generation:free "
        "identified_by:=serial/count cartons:[(free,serial,serial)] serials:ranges sender?:free due_back?:day "
        "unit_value?:whole seals?:[free] signed_by?:text practice?:truth"
    ),
    "delivery.counted": "delivery:free sheet:receipt_sheet",
    "delivery.received": "delivery:free serials:ranges counted?:whole discrepancies?:[discrepancy] handover?:handover",
    "carton.opened": "delivery:free carton:free",
    "discrepancy.closed": (
        "discrepancy:text outcome:=store/spoiled/missing/returned/nothing document:free serials:ranges"
    ),
    "blanks.moved": (
        "serials:ranges from:place to:place why:why_moved reason?:free document?:free cause?:cause "
        "step?:=receipt/store/encode/print/qc"
    ),
    "chip.bound": "uid:uid serial:serial",
    "shift.opened": "shift:text reason?:free",
    "shift.counting": "shift:text",
    "shift.resumed": "shift:text",
    "shift.counted": "shift:text places:{place=place_count}",
    "shift.closed": "shift:text returned:[(place,ranges)] act:closing_act day:day totals:[totals]",
    "day.closed": "day:day totals:[totals] log_size:whole log_root:hash",
    "stock.counted": "count:text places:{place=place_count}",
    "stock.closed": "count:text act:count_act",
    "sample.drawn": (
        "sample:text size:whole root:hash number:number seed:hash population:whole drawn:[(serial,place)]"
    ),
    "sample.counted": "sample:text missing:[serial] bound:whole",
    "site.set": "site:free kind:=office/subdistrict/mobile title:free area:free key:free",
    "site.reported": ("site:free day:day stock_type:stock_type pieces:whole book:whole ribbon?:percent film?:percent"),
    "site.printed": (
        "sealed:hash card:text site:free document:free serial:serial job:free holder:text nik_area:text reason?:reason "
        "printer:free operator:free checker:free printed_on:day handed_over_on:day receiver:=holder/proxy/unknown "
        "old_card:=taken/none/unknown"
    ),
    "site.differed": "site:free document:free discrepancies:[discrepancy]",
    "transfer.sent": (
        "sealed:hash transfer:text from:place to:place serials:ranges document:free carrier:text seals:[free] "
        "due_back?:day purpose?:free givers?:[official] conditions?:[free]"
    ),
    "transfer.acknowledged": (
        "transfer:text serials:ranges acknowledgement:text discrepancies:[discrepancy] receivers?:[official] "
        "received_on?:day seals?:[(free,=whole/broken)]"
    ),
    "incident.opened": (
        "incident:text kind:=missing/extra/seal_broken/unknown_uid/uid_elsewhere/altered/other serials:ranges "
        "pieces:whole note:free last_event:text"
    ),
    "incident.noted": "incident:text text:free police_report?:free reported_to?:[=head/province/ministry]",
    "incident.closed": "incident:text outcome:free",
    "blanks.destroyed": (
        "sealed:hash destruction:text ba_number:free serials:ranges invalid:ranges cards:[text] "
        "method:=burn/punch_burn/shred/cut_burn place:free witnesses:[witness] begun?:moment ended?:moment "
        "voided?:=punched/cut/punched_cut/not_yet recounted?:whole basis?:[free] orders?:[free] photos?:[photo] "
        "left_blanks?:whole "
        "left_cards?:whole"
    ),
    "register.read": "what:text rows:whole",
    "paper.made": (
        "paper:=delivery/correction/shift/transfer/destruction/destruction-list/stock-count/request/handover name:text "
        "entry:whole size:whole root:hash digest:hash number?:free year?:whole running?:whole copy?:truth pages?:whole"
    ),
    "record.accepted": (
        "sealed:hash record:text job:text holder:text digest:text source:text remote_status:free reason:reason "
        "stock_type:stock_type warnings:[text] nik_area?:text area?:text generation?:free delivered?:hash"
    ),
    "record.acknowledged": "record:text warnings:[text]",
    "record.quarantined": "sealed:hash quarantine:text codes:[text]",
    "record.dismissed": "quarantine:text",
    "record.restored": "quarantine:text",
    "job.held": "job:text why:=warnings/operator/artwork/stale/restored/altered/spoiled message?:free",
    "job.released": "job:text act:=release/reprint looked_up?:truth",
    "job.cancelled": "job:text",
    "job.overridden": "job:text why:free",
    "printer.added": "printer:free uri:free family:text model:text serial_number:text firmware:text",
    "printer.paused": "printer:free why:free",
    "printer.resumed": "printer:free",
    "printer.retired": "printer:free",
    "printer.calibrated": "printer:free settings:calibration",
    "attempt.started": (
        "attempt:text job:text number:whole printer:text resumed:whole serial:serial counters:counters artwork:text "
        "turn?:turn"
    ),
    "attempt.printed": f"{_ENDED} to:place",
    "attempt.unused": f"{_ENDED} to:place scanned?:serial",
    "attempt.spoiled": f"{_ENDED} to:place cause:cause",
    "attempt.in_doubt": _ENDED,
    "attempt.evidence": "attempt:text evidence:evidence",
    "attempt.corrected": "attempt:text booked:serial actual:serial from?:place to?:place",
    "test_print.started": (
        "test:text purpose:=calibration/test printer:text serial_number:text serial:serial counters:counters "
        "artwork:text"
    ),
    "test_print.ended": "test:text outcome:=in_doubt/spoiled/unused/lost evidence:evidence to?:place",
    "test_print.evidence": "test:text evidence:evidence",
    "test_print.corrected": "test:text booked:serial actual:serial from:place to:place",
    "card.checked": "attempt:text quality:=good/spoiled cause?:cause",
    "card.missed": "attempt:text note:free",
    "card.handed_over": (
        "attempt:text receiver?:=holder/proxy/unknown old_card?:=taken/none/unknown basis?:free why_unknown?:free"
    ),
    "card.tried": "attempt:text how:=phone/visit/message reached?:truth",
    "card.returned": (
        "sealed:hash card:text holder:text cause:=encode_fail/damaged/print_fail/data_change/moved/deceased "
        "from_site:free serial?:serial"
    ),
    "consumable.received": "kind:=ribbon/film/cleaning label:free pieces:whole nominal:whole document?:free",
    "consumable.opened": (
        "kind:=ribbon/film/cleaning label:free printer:free nominal:whole document?:free unbooked?:truth"
    ),
    "suket.issued": (
        "sealed:hash suket:text holder:text issued_on:day expires_on:day status:=PRR/SFE/Pro/DUP/Efac/CP/CS/SFCP/CRL/CL"
    ),
    "request.made": (
        "request:text stock_type:stock_type asked:whole facts:request/early_request difference?:free "
        "collector?:official year?:year_so_far addressee?:[free] through?:[free]"
    ),
}


FORMS: Final = Forms(KINDS, PARTS)
"""What the data of each kind may be."""

IMPERSONAL: Final = Forms(KINDS, PARTS, WITHOUT_NIK)
"""The same, where no text that people write may be somebody's number."""
