"""What a driver offers: one printer language with its models; a driver's file has one, named ``DRIVER``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from drivers.deadline import Deadline
from drivers.printer import Artwork, CardPrinter, EncodedCard
from drivers.transports.base import Transport

PRINTER_CLASS = 7
"""USB interface class of printers."""
STORAGE_CLASS = 8
"""USB interface class of mass storage, which some card printers speak (SCSI commands over Bulk-Only Transport)."""


@dataclass(frozen=True)
class Family:
    """One printer language.

    :param models: models by name; what a model is, is the family's own business.
    :param encode: artwork, model and the family's options (``None`` for its defaults) to bytes; pure.
    :param connect: makes a printer of an open transport and a model.
    :param open_uri: for families that are reached by no transport of ours: makes a printer of an address and a model.
    :param usb_vendors: USB vendor ids of its printers.
    :param usb_class: USB interface class they speak.
    :param manufacturers: values of ``MFG`` in their IEEE-1284 device ids, in capitals, stripped.
    """

    name: str
    models: Mapping[str, Any]
    encode: Callable[[Artwork, Any, Any], EncodedCard]
    connect: Callable[[Transport, Any], CardPrinter]
    open_uri: Callable[[str, Any, Deadline], CardPrinter] | None = None
    usb_vendors: tuple[int, ...] = ()
    usb_class: int = PRINTER_CLASS
    manufacturers: tuple[str, ...] = ()
