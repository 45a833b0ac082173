"""A page of a Magicard job: one side of a card (protocol sheet 4)."""

from dataclasses import dataclass, field

from hardware_mocks.magicard.raster import Overcoat, Plane


@dataclass
class Page:
    """One side of a job."""

    fields: list[str]
    planes: list[Plane] = field(default_factory=list)
    overcoat: Overcoat | None = None

    @property
    def side(self) -> str:
        """``front`` or ``back``."""
        return "back" if "PAG2" in self.fields else "front"

    @property
    def duplex(self) -> bool:
        """Whether another page belongs to the card."""
        return "DPXON" in self.fields
