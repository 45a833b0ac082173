"""The KTP-el: its layout profiles and the texts of its lines."""

from functools import cache
from pathlib import Path

from layouts.errors import ProfileError
from layouts.ktp_el.face import face
from layouts.model import Layout, read_layout

__all__ = ["PROFILES", "face", "profile"]

PROFILES = ("ktp_el", "ktp_el_preprinted")
"""Names of the shipped profiles: labels printed by the office, or already on the blank."""


@cache
def profile(name: str = "ktp_el") -> Layout:
    """A shipped profile by name, read once.

    :raises ProfileError: no profile of that name.
    """
    if name not in PROFILES:
        raise ProfileError(f"There is no layout profile of that name; the shipped ones are: {', '.join(PROFILES)}.")
    return read_layout(Path(__file__).with_name(f"{name}.toml"))
