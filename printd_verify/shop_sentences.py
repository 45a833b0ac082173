"""What `printd audit` finds beside the verifier, with the shop's own tables and keys: in Indonesian and in English."""

from __future__ import annotations

from typing import Final

OF_THE_SHOP: Final = {
    "table": ("tabel {table} lain dari log: {why}", "the table {table} differs from the log: {why}"),
    "sealed": (
        "yang tersegel lain dari yang dikatakan log: {why}",
        "what lies sealed is not what the log says: {why}",
    ),
    "rules": ("aturan basis data diubah: {why}", "the rules of the database were altered: {why}"),
    "balance": (
        "penyerahan {delivery}: jumlah di semua tempat berbeda dari jumlah menurut surat jalan",
        "delivery {delivery}: the sum over all places is not what was announced",
    ),
    "own_verifier": ("pemeriksa kantor sendiri: {why}", "the shop's own verifier: {why}"),
    "fact_replayed": (
        "{entries} entri diputar ulang, {rows} baris tabel dibandingkan",
        "{entries} entries were replayed, and {rows} rows of tables compared",
    ),
}
