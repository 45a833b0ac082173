"""R11, the letter that asks for blanks (*usulan penambahan blangko*): from the office through the province."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from printd.reports.document import Chart, Column, Document, Fact, Line, Signature, Table, Value


def letter(request: Mapping[str, Any], size: int, root: str) -> Document:
    """Return the letter of one request, from its entry alone.

    :param request: data of the entry ``request.made`` with ``at``, ``by`` and the office's ``day``.
    """
    facts = request["facts"]
    left, today = facts["days_left"] or {}, facts.get("today") or {}
    recent: list[tuple[str, int]] = [(day, count) for day, count in facts["recent"]]
    weeks = [recent[start : start + 7] for start in range(0, len(recent), 7)]
    rows: list[Mapping[str, Value]] = [
        {"first": days[0][0], "last": days[-1][0], "used": sum(count for _, count in days)} for days in weeks
    ]
    return Document(
        name=request["request"],
        title="Usulan Penambahan Blangko KTP-el",
        english="Request for more card blanks",
        number=request["request"],
        facts=[
            Fact("date", "Tanggal", "Date", request["day"]),
            Fact("to", "Kepada", "To", "Ditjen Dukcapil Kemendagri melalui Dinas Dukcapil Provinsi"),
            Fact("stock_type", "Jenis blangko", "Stock type", request["stock_type"]),
            Fact("asked", "Jumlah diminta", "Pieces asked for", request["asked"], "int"),
            Fact("prr", "PRR menunggu cetak", "PRR waiting", facts["prr"], "int"),
            Fact("sfe", "SFE (dalam pengiriman)", "SFE", facts["sfe"], "int"),
            Fact("suket", "Suket beredar", "Temporary certificates outstanding", facts["suket"], "int"),
            Fact("stock", "Sisa blangko", "Stock", facts["stock"], "int"),
            Fact("floor", "Batas pengajuan", "Asked for at or below", facts["floor"], "int"),
            Fact("coming", "Pengiriman di perjalanan", "Deliveries on the way", facts["coming"], "int"),
            Fact("average_use", "Rata-rata pemakaian per hari kerja", "Average use a day", facts["average_use"], "int"),
            Fact("wished", "Permohonan per hari kerja", "Wished for a day", facts["wished_per_day"], "int"),
            Fact("printers", "Mesin cetak berfungsi", "Printers working", facts["printers"], "int"),
            Fact("days_left", "Sisa hari (perkiraan)", "Days left, estimate", left.get("middle"), "int"),
            Fact("days_low", "Paling cepat habis (hari)", "Days left, at least", left.get("low"), "int"),
            Fact("days_high", "Paling lambat habis (hari)", "Days left, at most", left.get("high"), "int"),
            Fact("used_today", "Terpakai hari ini (belum selesai)", "Used today so far", today.get("used"), "int"),
            Fact("beside", "Di samping usulan", "Beside the request", facts.get("beside")),
            Fact("reason", "Alasan", "Reason", facts.get("reason")),
        ],
        tables=[
            Table(
                "Pemakaian per minggu",
                "Use of the last weeks",
                [
                    Column("first", "Dari", "From", "code", 2),
                    Column("last", "Sampai", "To", "code", 2),
                    Column("used", "Terpakai", "Used", "int"),
                ],
                rows,
            )
        ],
        charts=[
            Chart(
                "Pemakaian per hari",
                "Blanks used a day",
                [day[5:] for day, _ in recent],
                [Line("Terpakai / used", [float(count) for _, count in recent], "bars")],
            )
        ],
        signatures=[
            Signature("Petugas", "Prepared by", request["by"]),
            Signature("Petugas pengambil", "Collector"),
            Signature("Kepala Dinas", "Head of office"),
        ],
        size=size,
        root=root,
        data={"recent": [list(one) for one in recent]},
    )
