"""The shop's configuration: one TOML file, every key known, every value within bounds."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from printd.errors import ConfigError
from printd.remedies import ASKED, Do
from printd.shop import folder
from printd.shop.papers import Papers

CONFIG_NAME = folder.CONFIG_NAME

TEMPLATE = """\
# The configuration of one print shop. An unknown key stops the start and is named.

[office]
name = "{name}"
origin = "{origin}"              # name of the log; never reuse it with an empty database
timezone = "{timezone}"
place_of_issue = "{place}"       # printed above the signature where a record does not bring its own
"""

ORIGIN_EXAMPLE = "kupang.example/53/5371/blanks/1"

_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})+", re.ASCII)
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
_NTH = ("first", "second", "third", "fourth", "last")

_REPLACEMENT = ["PRINT_READY_RECORD", "SENT_FOR_CARD_PRINTING", "CARD_PRINTED", "CARD_SHIPPED", "CARD_ISSUED"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Office(_Section):
    """Who runs the shop."""

    name: str = "Dinas Kependudukan dan Pencatatan Sipil"
    origin: Annotated[str, Field(pattern=r"^[!-*,-~]{1,255}$")]
    timezone: str = folder.DEFAULT_ZONE
    place_of_issue: str = "KOTA KUPANG"

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:  # OSError: a folder of zones
            raise ValueError("is not a time zone name such as Asia/Makassar") from unknown
        return value


class Database(_Section):
    """Where the books are kept; empty means SQLite in the shop's folder."""

    url: str = ""


class Intake(_Section):
    """Which records may enter, and how fresh they must be.

    ``printable`` maps a reason for printing to the remote statuses under which it may be printed (domain reference
    section 1.1: PRR for a first card; later statuses also for a replacement).
    """

    spool: str = "spool"
    areas: str = ""
    max_photo_bytes: Annotated[int, Field(ge=10_000, le=20_000_000)] = 2_000_000
    max_signature_bytes: Annotated[int, Field(ge=1_000, le=5_000_000)] = 512_000
    fresh_hours: Annotated[int, Field(ge=1, le=24 * 365)] = 24 * 30
    printable: dict[str, list[str]] = Field(
        default_factory=lambda: {
            "baru": ["PRINT_READY_RECORD"],
            "pindah_datang": _REPLACEMENT,
            "ubah_data": _REPLACEMENT,
            "hilang": _REPLACEMENT,
            "rusak": _REPLACEMENT,
            "tukar_suket": _REPLACEMENT,
            "luar_domisili": _REPLACEMENT,
            "perpanjangan_oa": _REPLACEMENT,
        }
    )


class Printing(_Section):
    """How cards are printed."""

    layout: str = "ktp_el"
    fonts: str = ""
    generations: dict[str, list[str]] = {}  # by printer: blanks it can print; a printer not named here takes any
    colour_levels: Literal[32, 64, 128] | None = None  # of each dye; None: the most that each printer can
    card_seconds: Annotated[int, Field(ge=1, le=600)] = 120
    command_seconds: Annotated[float, Field(ge=0.5, le=60)] = 4.0
    poll_seconds: Annotated[float, Field(ge=0.05, le=60)] = 1.0


class Retention(_Section):
    """After how many days what is sealed of people is erased: cards handed over, and records that were refused.

    The first counts from the hand-over: registers with names are owed by the month (domain reference section 7: R14,
    R15), so the rest of its month and the one in which they are written. The second is how long a record is fresh: one
    that was not repaired until then is brought anew from the registry.
    """

    handed_over_days: Annotated[int, Field(ge=1, le=3650)] = 62
    refused_days: Annotated[int, Field(ge=1, le=365)] = 30


class Duty(_Section):
    """What one printer may do: heat builds up over a day (domain reference section 2.6); 0 means without limit."""

    cards_per_day: Annotated[int, Field(ge=0, le=100_000)] = 100
    cards_in_a_row: Annotated[int, Field(ge=0, le=100_000)] = 0
    cool_down_minutes: Annotated[int, Field(ge=0, le=24 * 60)] = 15


class Encoder(_Section):
    """What is done to the chip before a card is printed.

    ``uid`` reads it at the station and binds the blank to it or verifies it; ``command`` runs a program that writes it,
    after that where the station is contactless. ``readers`` names the card reader inside each printer.
    """

    mode: Literal["none", "uid", "command"] = "none"
    station: Literal["contactless", "contact"] = "contactless"
    readers: dict[str, Annotated[str, Field(min_length=1, max_length=128)]] = {}
    chip_seconds: Annotated[float, Field(ge=0.5, le=60)] = 5.0
    command: list[str] = []
    command_seconds: Annotated[float, Field(ge=0.5, le=600)] = 30.0
    command_tries: Annotated[int, Field(ge=1, le=10)] = 3

    @model_validator(mode="after")
    def _whole(self) -> Encoder:
        if self.mode == "uid" and self.station == "contact":
            raise ValueError("mode uid needs the contactless station: a contact chip tells no UID")
        if (self.mode == "command") != bool(self.command):
            raise ValueError("mode command and a command need each other")
        return self


class PriorityClass(_Section):
    """A class of jobs, by their reasons for printing (domain reference section 1.3)."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
    reasons: Annotated[list[str], Field(min_length=1)]
    daily_cap: Annotated[int, Field(ge=0)] | None = None
    below_floor: bool = False


class Policy(_Section):
    """Who gets scarce blanks first. Classes in order; a reason that none names prints last, and not below the floor.

    So that nobody waits for ever, the first card of a day, and from there on one in ``oldest_every``, goes to whoever
    waits longest, whatever its class; caps, quotas and the reserve hold for it too. 0: the order of classes is strict.

    ``doubts_by_two``: whatever became of a card in doubt, two people sign it, and not for another blank alone.

    ``reserve_floor`` counts unprinted blanks of one stock type in store, shift and hoppers; at or below it only classes
    with ``below_floor`` print. ``quotas`` are cards by sub-district code, in each day or month.
    """

    classes: list[PriorityClass] = []
    oldest_every: Annotated[int, Field(ge=0, le=1_000)] = 10
    reserve_floor: Annotated[int, Field(ge=0)] = 0
    quota_period: Literal["day", "month"] = "day"
    quotas: dict[str, Annotated[int, Field(ge=0)]] = {}
    doubts_by_two: bool = True


class Stock(_Section):
    """When to ask for blanks, and what is late."""

    lead_days: Annotated[int, Field(ge=0, le=365)] = 7
    cover_days: Annotated[int, Field(ge=1, le=365)] = 30
    ask_below: Annotated[int, Field(ge=0)] = 1000
    late_days: Annotated[int, Field(ge=0, le=365)] = 3


class Incidents(_Section):
    """Within so many hours an incident is reported to the head of the office, the province and the ministry.

    Domain reference section 5.2 rule 10 asks for a limit and names none; a day is what offices write into their acts.
    """

    report_hours: Annotated[int, Field(ge=1, le=31 * 24)] = 24


class Custody(_Section):
    """Whose signature a manifest needs, and under which conditions blanks go to sites.

    ``sender_keys``: verifier keys of the province and of lending offices; none: no signature. ``transfer_conditions``
    stand on the act of a transfer in place of those that it has by itself.
    """

    sender_keys: list[str] = []
    transfer_conditions: Annotated[list[Annotated[str, Field(min_length=1, max_length=300)]], Field(max_length=20)] = []


class Destruction(_Section):
    """On what spoiled blanks and invalid cards are destroyed, as acts cite it: titles of rules and circulars.

    The defaults are those that offices cite (domain reference section 2.4); the circulars order burning. A letter for
    one destruction alone, such as the mayor's approval, is named with that act.
    """

    basis: list[Annotated[str, Field(min_length=1, max_length=300)]] = [
        "Peraturan Menteri Dalam Negeri Nomor 104 Tahun 2019 tentang Pendokumentasian Administrasi Kependudukan",
        "Surat Edaran Menteri Dalam Negeri Nomor 470.13/11176/SJ tentang Penatausahaan KTP-el Rusak atau Invalid",
        "Surat Direktur Jenderal Kependudukan dan Pencatatan Sipil Nomor 400.8.1.2/202241/Dukcapil",
    ]

    @field_validator("basis")
    @classmethod
    def _readable(cls, value: list[str]) -> list[str]:
        if not all(one.isprintable() and one == " ".join(one.split()) for one in value):
            raise ValueError("must be titles of one line each")
        return value


class Log(_Section):
    """When a checkpoint is signed: after so many entries, or so many seconds after the last growth."""

    checkpoint_entries: Annotated[int, Field(ge=1, le=100_000)] = 256
    checkpoint_seconds: Annotated[float, Field(ge=0.1, le=3600)] = 10.0


class Witnesses(_Section):
    """Who cosigns this log's checkpoints, and how many of them are enough (c2sp.org/tlog-policy); empty: nobody does.

    Lines ``witness NAME KEY [ADDRESS]``, ``group NAME N NAME...`` and ``quorum NAME``. The log's own line is left out:
    its key is the shop's. A witness without an address is reached by a stick.
    """

    policy: str = ""


class Health(_Section):
    """Room on the disk below which the daemon begins no card; 0: it asks for none."""

    free_mb: Annotated[int, Field(ge=0, le=1_000_000)] = 256


class People(_Section):
    """After so many minutes without an act a session at a terminal ends."""

    idle_minutes: Annotated[int, Field(ge=1, le=12 * 60)] = 10


class Usb(_Section):
    """An own pyusb backend as ``module:function`` and its argument; empty means libusb."""

    backend: str = ""
    argument: str = ""


class Config(_Section):
    """The whole file."""

    office: Office
    database: Database = Database()
    intake: Intake = Intake()
    printing: Printing = Printing()
    retention: Retention = Retention()
    encoder: Encoder = Encoder()
    duty: Duty = Duty()
    policy: Policy = Policy()
    stock: Stock = Stock()
    incidents: Incidents = Incidents()
    custody: Custody = Custody()
    destruction: Destruction = Destruction()
    log: Log = Log()
    witnesses: Witnesses = Witnesses()
    health: Health = Health()
    people: People = People()
    papers: Papers = Papers()
    usb: Usb = Usb()


def load(path: Path) -> Config:
    """Read and check a configuration file.

    :raises ConfigError: naming the key and what is allowed there.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise ConfigError(
            f"{path} does not exist.",
            why="This folder is not a shop yet.",
            remedy=("Make one with: ", Do("init", shop=ASKED)),
        ) from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as broken:
        raise ConfigError(
            f"{path} cannot be read as TOML: {broken}.", remedy="Correct the line and start again."
        ) from (broken)
    try:
        return Config.model_validate(raw)
    except ValidationError as wrong:
        problems = "; ".join(_sentence(error["loc"], error["type"], error["msg"]) for error in wrong.errors())
        raise ConfigError(f"{path}: {problems}.", remedy="Correct the file and start again.") from wrong


def check_origin(origin: str) -> None:
    """Make sure, before it is for ever, that a new log's name has the form that auditors expect.

    The form is ``<domain>/<province>/<site>/blanks/<generation>`` (log reference section 14). The name of a log that
    is there already is only held against the alphabet of log names, since it cannot be changed any more.

    :raises ConfigError: it has not; the message says which part is wrong, and shows a name.
    """
    wrong = _wrong_in(origin)
    if wrong:
        raise ConfigError(
            f"{origin[:100]!r} cannot name the log of a shop: {wrong}.",
            why="The name is <domain>/<province>/<site>/blanks/<generation>; auditors know the log by it, and it stays "
            "for ever.",
            consequence="Nothing was made or changed.",
            remedy=f"Name it like {ORIGIN_EXAMPLE}: the office's domain, the codes of its province and its town, the "
            "word blanks, and 1 for its first log.",
        )


def _wrong_in(origin: str) -> str:
    """Return what is wrong in the name of a new log, or an empty string."""
    parts = origin.split("/")
    if len(parts) != len(_NTH):
        return f"it has {len(parts)} part{'s' if len(parts) > 1 else ''} between slashes instead of {len(_NTH)}"
    if not _DOMAIN.fullmatch(parts[0]):
        return f"its first part, {parts[0]!r}, is no domain in small letters with a dot in it"
    for nth, part in zip(_NTH[1:], parts[1:], strict=True):
        if not _PART.fullmatch(part):
            return f"its {nth} part, {part!r}, is not made of letters, digits, dots and hyphens"
    return "" if parts[3] == "blanks" else f"its fourth part is {parts[3]!r} instead of the word blanks"


def _sentence(location: tuple[int | str, ...], kind: str, message: str) -> str:
    key = ".".join(str(part) for part in location)
    if kind == "extra_forbidden":
        section: type[BaseModel] = Config
        for part in location[:-1]:
            annotation = section.model_fields[str(part)].annotation
            if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
                break
            section = annotation
        return f"unknown key {key!r}; known here: {', '.join(sorted(section.model_fields))}"
    return f"{key}: {message}"
