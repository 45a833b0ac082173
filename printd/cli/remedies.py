"""What to do, as a command: how each act that an error names is called on the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypedDict, cast

from printd import remedies
from printd.errors import PrintdError
from printd.remedies import Argument, Do, How, Part, PartTold, Remedy, Value

if TYPE_CHECKING:
    from printd.desk.owed import MayOwe

_OUTCOMES = "--{printed|--unused|--spoiled CAUSE}"

_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "accept_loss": "--accept-loss",
        "against": "--against {CHECKPOINT}",
        "attempt": "--attempt {NUMBER}",
        "basis": "--basis {TEXT}",
        "difference": "--difference {TEXT}",
        "database": "--database {postgresql://...}",
        "keys": "--keys {FOLDER}",
        "origin": "--origin {NEW}",
        "outcome": _OUTCOMES,
        "cause": "{CAUSE}",
        "pieces": "--pieces {N}",
        "reason": "--reason {TEXT}",
        "scan": "--scan {SERIAL}",
        "second": "--with {NAME}",
        "shop": "--shop {DIR}",
        "why_unknown": "--reason {TEXT}",
    }
)
"""How an argument of the act at hand is written; in braces, what stands there where the reader fills it in."""

COMMANDS: Mapping[str, tuple[str, Mapping[str, str]]] = MappingProxyType(
    {
        "audit.export": ("audit export", {"folder": "{DIR}"}),
        "audit.go_on": (
            "audit go-on",
            {
                "by": "--by {NAME}",
                "second": "--with {NAME}",
                "against": "--against {NEWEST}",
                "origin": "--origin {NEW}",
            },
        ),
        "audit.replay": ("audit replay", {}),
        "audit.verify": ("audit verify", {}),
        "backup": ("backup", {}),
        "blanks.find": ("blanks find", {"serial": "{SERIAL}"}),
        "blanks.load": (
            "blanks load",
            {"printer": "{PRINTER}", "serials": "--serial {FIRST..LAST}", "pieces": "--pieces {N}"},
        ),
        "blanks.show": ("blanks show", {"serial": "{SERIAL}"}),
        "blanks.spoil": ("blanks spoil", {"serial": "{SERIAL}"}),
        "blanks.unload": ("blanks unload", {"printer": "{PRINTER}", "serials": "--serial {FIRST..LAST}"}),
        "calibration.calibrate": ("printers calibrate", {"name": "{PRINTER}", "icc": "--icc {FILE}"}),
        "configuration.accept": (
            "configuration accept",
            {"entry": "{ENTRY}", "by": "--by {NAME}", "second": "--with {NAME}"},
        ),
        "configuration.show": ("configuration show", {}),
        "consumables.receive": ("consumables receive", {}),
        "counts.close": ("blanks count-close", {}),
        "counts.count": ("blanks count", {}),
        "deliveries.announce": ("deliveries announce", {"content": "{FILE}"}),
        "deliveries.count": ("deliveries count", {"delivery": "{DELIVERY}", "sheet": "--pieces {N}"}),
        "deliveries.list": ("deliveries list", {}),
        "deliveries.open": ("deliveries open", {"delivery": "{DELIVERY}", "carton": "{CARTON}"}),
        "deliveries.receive": ("deliveries receive", {}),
        "deliveries.show": ("deliveries show", {"delivery": "{DELIVERY}"}),
        "destructions.annex": ("destructions annex", {}),
        "destructions.list": ("destructions list", {}),
        "discrepancies.list": ("discrepancies list", {}),
        "forecast.show": ("forecast show", {}),
        "incidents.list": ("incidents list", {}),
        "incidents.miss": ("incidents miss", {}),
        "incidents.open": ("incidents open", {"kind": "{KIND}"}),
        "init": ("init", {"practice": "--practice"}),
        "jobs.cancel": ("jobs cancel", {}),
        "jobs.check": ("jobs check", {"job": "{JOB}", "quality": "--{good|--spoiled CAUSE}", "cause": "{CAUSE}"}),
        "jobs.correct": ("jobs correct", {"job": "{JOB}"}),
        "jobs.hand_over": ("jobs handover", {"job": "{JOB}"}),
        "jobs.list": ("jobs list", {"state": "--state {STATE}"}),
        "jobs.release": ("jobs release", {"job": "{JOB}"}),
        "jobs.reprint": ("jobs reprint", {"job": "{JOB}"}),
        "jobs.resolve": (
            "jobs resolve",
            {"job": "{JOB}", "scan": "--scan {SERIAL}", "outcome": _OUTCOMES, "second": "--with {NAME}"},
        ),
        "jobs.show": ("jobs show", {"job": "{JOB}"}),
        "operators.list": ("operators list", {}),
        "people.login": ("login", {"by": "{NAME}"}),
        "papers.again": ("reports act", {"kind": "{KIND}", "name": "{NAME}"}),
        "printers.discover": ("printers discover", {}),
        "printers.drain": ("printers drain", {"name": "{PRINTER}"}),
        "printers.list": ("printers list", {}),
        "printers.pause": ("printers pause", {"name": "{PRINTER}"}),
        "printers.resume": ("printers resume", {"name": "{PRINTER}"}),
        "records.acknowledge": ("records acknowledge", {"record": "{RECORD}"}),
        "records.purge": ("records purge", {"by": "--by {NAME}"}),
        "reports.report": ("reports", {"name": "{NAME}", "first": "--from {DAY}", "last": "--to {DAY}"}),
        "restore": ("restore", {}),
        "run": ("run", {}),
        "samples.count": ("blanks sample-count", {"sample": "{SAMPLE}"}),
        "samples.draw": ("blanks sample", {"pieces": "--pieces {N}", "number": "--number {TEXT}"}),
        "shifts.close": ("shifts close", {"approved_by": "--approved-by {NAME}", "note": "--reason {TEXT}"}),
        "shifts.count": ("shifts count", {}),
        "shifts.count_begin": ("shifts count-begin", {}),
        "shifts.issue": ("shifts issue", {}),
        "shifts.list": ("shifts list", {}),
        "shifts.open": ("shifts open", {}),
        "shifts.resume": ("shifts resume", {}),
        "sites.list": ("sites list", {}),
        "sites.set": ("sites set", {}),
        "sites.used": ("sites used", {"site": "{SITE}"}),
        "technician.test": ("printers test", {"name": "{PRINTER}"}),
        "test_prints.correct": ("printers correct-test", {"name": "{PRINTER}", "booked": "--booked {SERIAL}"}),
        "test_prints.list": ("printers test-prints", {}),
        "test_prints.settle": ("printers settle-test", {"name": "{PRINTER}"}),
        "transfers.list": ("transfers list", {}),
    }
)
"""The words of each command, and its arguments in the order in which they are written."""

_VALUE = re.compile(r"\{(.*)\}")


def sentence(remedy: Remedy) -> str:
    """Return a remedy as a person at the command line reads it."""
    return "".join(map(_said, remedies.parts(remedy)))


def sentence_of(told: list[PartTold]) -> str:
    """Return a remedy from its plain data as a person at the command line reads it."""
    return sentence(remedies.from_json(told))


def whole(error: PrintdError) -> str:
    """Return all that an error says, with its remedy as a person at the command line reads it."""
    return " ".join(part for part in (error.what, error.why, error.consequence, sentence(error.remedy)) if part)


class OwedShown(TypedDict):
    """Something owed, for people: the remedy as a sentence, and in its parts as ``remedies``."""

    what: str
    why: str
    remedy: str
    remedies: list[PartTold]


class ErrorShown(OwedShown):
    """An error, for people, with the name of its class."""

    error: str
    consequence: str


class _Owing(TypedDict):
    owed: list[OwedShown]


class _Told(TypedDict):
    remedy: list[PartTold]


def error_to_json(error: PrintdError) -> ErrorShown:
    """Return an error for machines: its remedy as the sentence that people read, and in its parts as ``remedies``."""
    told = error.to_json()
    return {**told, "remedy": sentence_of(told["remedy"]), "remedies": told["remedy"]}


def shown(told: Mapping[str, object]) -> dict[str, Any]:
    """Return plain data whose ``remedy`` is in parts with the sentence in its place, and the parts as ``remedies``."""
    asked: _Told = cast("_Told", told)
    return {**told, "remedy": sentence_of(asked["remedy"]), "remedies": asked["remedy"]}


def in_words(result: Any) -> Any:
    """Return an act's answer with what is owed of it as a person at the command line reads it."""
    if isinstance(result, dict) and "owed" in result:
        before: MayOwe = cast("MayOwe", result)
        return {**result, "owed": [shown(one) for one in before["owed"]]}
    return result


def owed_of(result: Any) -> list[OwedShown]:
    """Return what is owed of an act, from its answer :func:`in_words`."""
    told: _Owing = result
    return told["owed"] if isinstance(result, dict) and "owed" in result else []


def _said(part: Part) -> str:
    match part:
        case Do(act=remedies.SAME):
            return _arguments(_FIELDS, part.arguments)
        case Do():
            words, known = COMMANDS[part.act]
            root = {name: value for name, value in part.arguments.items() if name == "shop"}
            own = {name: value for name, value in part.arguments.items() if name != "shop"}
            return " ".join(one for one in ("printd", _arguments(_FIELDS, root), words, _arguments(known, own)) if one)
        case Argument():
            return _FIELDS[part.name].split(" ")[0]
        case How(act=remedies.SAME):
            return "--help"
        case How():
            return f"printd {COMMANDS[part.act][0]} --help"
        case str():
            return part


def _arguments(known: Mapping[str, str], given: Mapping[str, Value]) -> str:
    """Return what an act is given, in the order of its command.

    :raises KeyError: the command is not known to take one of them.
    """
    written = {name: _argument(known[name], value) for name, value in given.items()}
    return " ".join(written[name] for name in known if name in written)


def _argument(form: str, value: Value) -> str:
    if value is None:
        return _VALUE.sub(r"\1", form)
    return _VALUE.sub(lambda _: value if isinstance(value, str) else _span(*value), form)


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first}..{last}"
