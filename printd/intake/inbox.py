"""The inbox: a record comes in whole, is accepted as a job or refused with reasons; nothing in between."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from printd.books import seals
from printd.books.booking import Booking
from printd.errors import AlteredError
from printd.events.records import RecordAccepted, RecordQuarantined
from printd.events.sealing import of_quarantine
from printd.events.signatures import NOT_VOUCHED
from printd.intake.face import misplaced, poor, unfit
from printd.intake.findings import Finding, RecordRefused, warning
from printd.intake.picture_rules import ImageLimits, ImageRefusedError
from printd.intake.pictures import PICTURES, Pictures
from printd.intake.record import PrintReadyRecord, parse_record
from printd.shop.holders import Holder, Holders
from printd.shop.opening import open_quarantine
from printd.shop.shop import Shop
from printd.shop.vault import delivered, opening, seal
from printd.store import jobs, records
from printd.store.rows import Connection
from printd.store.tables.records import QuarantineRow, RecordSecretRow
from printd.words.moments import stamp


@dataclass(frozen=True)
class Parcel:
    """What a source delivers for one record: the JSON document and the pictures that lay beside it."""

    document: bytes
    photo: bytes | None = None
    signature: bytes | None = None


@dataclass(frozen=True)
class Accepted:
    """A record that entered."""

    record: str
    job: str
    warnings: tuple[str, ...]


class Inbox:
    """Takes parcels into the books."""

    def __init__(self, shop: Shop, pictures: Pictures = PICTURES) -> None:
        self._shop = shop
        self._pictures = pictures
        config = shop.config
        self._limits = ImageLimits(
            photo_bytes=config.intake.max_photo_bytes, signature_bytes=config.intake.max_signature_bytes
        )

    def accept(self, parcel: Parcel, source: str) -> Accepted:
        """Check a parcel and enter it as a record with a job.

        :param source: keyword of the source, for the log.
        :raises RecordRefused: with every reason that was found.
        """
        record, photo, signature, warnings = self._check(parcel)
        number, job = str(uuid.uuid4()), str(uuid.uuid4())
        fields = record.to_json()
        holders, month = self._shop.holders, self._shop.month()
        with self._shop.books.booking() as booking:
            connection = booking.connection
            holder = _holder(holders, connection, record.nik)
            digest = self._shop.vault.content(fields, photo, signature, holder.salt)
            _refuse_second(booking, digest, holder.name)
            if holders.unknown(connection):
                warnings.append(warning("holder_unknown", ""))
            sealing = holders.sealing(month, number, record.nik, holder)
            secret: RecordSecretRow = {
                "record_id": number,
                "wrapped_key": sealing.wrapped,
                "fields": seal(sealing.key, fields, f"fields:{number}"),
                "photo": seal(sealing.key, photo, f"photo:{number}"),
                "signature": None if signature is None else seal(sealing.key, signature, f"signature:{number}"),
                "salt": sealing.salt,
                "tag": sealing.tag,
            }
            records.add_record_secret(connection, secret)
            accepted = RecordAccepted(
                record=number,
                job=job,
                holder=holder.name,
                digest=digest,
                source=source,
                remote_status=record.remote_status,
                reason=record.reason,
                stock_type=record.stock_type,
                nik_area=f"{record.nik[:2]}.{record.nik[2:4]}",
                area=_area(record),
                generation=record.generation or None,
                delivered=delivered(opening(sealing.key, number), parcel.document, parcel.photo, parcel.signature),
                warnings=tuple(sorted({one.code for one in warnings})),
                sealed=seals.of_record(secret),
            )
            booking.enter(accepted)
        return Accepted(number, job, accepted.warnings)

    def quarantine(self, files: Mapping[str, bytes], findings: Sequence[Finding]) -> str:
        """Keep a refused parcel, sealed, with its reasons; return the name it can be asked for by."""
        number = str(uuid.uuid4())
        key, wrapped = self._shop.vault.new_key(number, self._shop.months.current(self._shop.month()))
        bundle = json.dumps({name: data.hex() for name, data in files.items()}).encode()
        codes = sorted({one.code for one in findings})
        row: QuarantineRow = {
            "id": number,
            "received_at": stamp(self._shop.books.clock()),
            "codes": " ".join(codes),
            "message": " ".join(one.message for one in findings),
            "wrapped_key": wrapped,
            "files": seal(key, bundle, of_quarantine(number)),
        }
        with self._shop.books.booking() as booking:
            records.add_quarantine(booking.connection, row)
            booking.enter(
                RecordQuarantined(quarantine=number, codes=tuple(codes), sealed=seals.of_quarantine(row)),
            )
        return number

    def restore(self, quarantine: str) -> dict[str, bytes]:
        """Return the files of a refused parcel, for repair.

        :raises Refused: there is none of that name.
        :raises AlteredError: it is not what was refused.
        """
        with self._shop.books.store.reading() as connection:
            bundle = json.loads(open_quarantine(self._shop, connection, quarantine))
        return {name: bytes.fromhex(data) for name, data in bundle.items()}

    def _check(self, parcel: Parcel) -> tuple[PrintReadyRecord, bytes, bytes | None, list[Finding]]:
        today = self._shop.today()
        parsed = parse_record(parcel.document, areas=self._shop.areas, today=today)
        errors: list[Finding] = []
        warnings = list(parsed.findings)
        if not self._shop.practice:
            warnings.append(warning(NOT_VOUCHED, ""))
        record = parsed.record
        errors += self._not_printable(record)
        photo = parsed.photo or parcel.photo
        signature = parsed.signature or parcel.signature
        if photo is None:
            errors.append(
                Finding("error", "photo_missing", "foto", "The record has no photo; put NAME.jpg beside NAME.json.")
            )
        else:
            try:
                seen = self._pictures.check_photo(photo, self._limits, record.tgl_lahir.year)
                errors += misplaced(seen, self._shop.config)
                warnings += poor(seen, self._shop.config)
            except ImageRefusedError as bad:
                errors.append(Finding("error", bad.code, "foto", str(bad)))
        if signature is not None:
            try:
                self._pictures.check_signature(signature, self._limits)
            except ImageRefusedError as bad:
                errors.append(Finding("error", bad.code, "ttd", str(bad)))
        errors += unfit(record, self._shop.config, today)
        if errors:
            raise RecordRefused(tuple(errors))
        assert photo is not None
        return record, photo, signature, warnings

    def _not_printable(self, record: PrintReadyRecord) -> list[Finding]:
        allowed = self._shop.config.intake.printable.get(record.reason)
        if allowed is None:
            return [
                Finding(
                    "error", "reason_not_printable", "reason", "This office does not print for the record's reason."
                )
            ]
        if record.local_status not in allowed:
            return [
                Finding(
                    "error",
                    "status_not_printable",
                    "EKTP_STATUS",
                    f"The record's status may not be printed for the reason {record.reason}; "
                    f"allowed: {', '.join(allowed)}.",
                )
            ]
        return []


def _holder(holders: Holders, connection: Connection, nik: str) -> Holder:
    try:
        return holders.of(connection, nik)
    except AlteredError as altered:
        if not altered.seal:  # it is not this person's: the key of a month is no key
            raise
        why = f"What is kept of this person, {altered.seal}, was altered. Call the auditor."
        raise RecordRefused((Finding("error", "holder_altered", "NIK", why),)) from altered


def _area(record: PrintReadyRecord) -> str | None:
    """Return the code of a record's sub-district; ``None``: it does not say it whole."""
    codes = (record.no_prop, record.no_kab, record.no_kec)
    return ".".join(codes) if all(codes) else None


def _refuse_second(booking: Booking, digest: str, holder: str) -> None:
    known = records.record_by_digest(booking.connection, digest)
    if known is not None:
        raise RecordRefused(
            (
                Finding(
                    "error", "record_known", "", f"The same record came before, as {known[:8]}; it cannot enter twice."
                ),
            )
        )
    live = jobs.live_job_of(booking.connection, holder)
    if live is not None:
        raise RecordRefused(
            (
                Finding(
                    "error",
                    "nik_has_live_job",
                    "NIK",
                    f"Job {live['id'][:8]} of the same NIK is {live['state']}; finish or cancel it before another "
                    "is taken in.",
                ),
            )
        )
