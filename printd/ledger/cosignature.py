"""What a cosignature of a checkpoint is made over (c2sp.org/tlog-cosignature), and whether one is good.

A cosignature says: at this time, this was the largest consistent tree of this log that its signer had seen. Ed25519 is
made over a label, the time and the whole checkpoint text; ML-DSA-44 over size and root alone, under the signer's name.
Rules as in the log reference sections 9 and 17.3.
"""

import base64
import binascii
from functools import cache
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

TIME: Final = 8
"""Bytes of the time, in POSIX seconds, that stands before the signature."""

ED25519_SIGNATURE: Final = 64
ML_DSA_SIGNATURE: Final = 2420
ML_DSA_PUBLIC: Final = 1312

_LAST_TIME: Final = 2**63 - 1


def ed25519_message(time: int, text: bytes) -> bytes:
    """Return what an Ed25519 cosigner signs at a time over a checkpoint's text."""
    return b"cosignature/v1\ntime %d\n" % time + text


def ml_dsa_message(name: bytes, time: int, text: bytes) -> bytes:
    """Return what an ML-DSA-44 cosigner of this name signs at a time over a checkpoint's text.

    Extension lines are not a part of it. Raises ValueError where the text is not a checkpoint's.
    """
    origin, size, root = text.split(b"\n")[:3]
    numbers = (time, 0, int(size))
    if len(origin) > 255 or len(name) > 255 or not size.isdigit() or max(numbers) > _LAST_TIME:
        raise ValueError("not a checkpoint that can be cosigned")
    when, start, end = (number.to_bytes(8, "big") for number in numbers)
    label = b"subtree/v1\n\x00"
    return b"".join((label, _sized(name), when, _sized(origin), start, end, _hash(root)))


def time_of(signature: bytes) -> int:
    """Return the time that a cosignature tells, in POSIX seconds."""
    return int.from_bytes(signature[:TIME], "big")


def good_ed25519(public: bytes, text: bytes, signature: bytes) -> bool:
    """Tell whether a cosignature (time first) over a checkpoint's text is this Ed25519 key's."""
    if len(signature) != TIME + ED25519_SIGNATURE or time_of(signature) > _LAST_TIME:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(public)
        key.verify(signature[TIME:], ed25519_message(time_of(signature), text))
    except InvalidSignature:
        return False
    return True


def good_ml_dsa(name: bytes, public: bytes, text: bytes, signature: bytes) -> bool:
    """Tell whether a cosignature (time first) over a checkpoint's text is this ML-DSA-44 key's."""
    if len(signature) != TIME + ML_DSA_SIGNATURE or time_of(signature) > _LAST_TIME:
        return False
    try:
        message = ml_dsa_message(name, time_of(signature), text)
        MLDSA44PublicKey.from_public_bytes(public).verify(signature[TIME:], message)
    except (InvalidSignature, ValueError):
        return False
    return True


@cache
def knows_ml_dsa() -> bool:
    """Tell whether the library that is installed here can check ML-DSA-44 (one with an older OpenSSL cannot)."""
    try:
        MLDSA44PublicKey.from_public_bytes(bytes(ML_DSA_PUBLIC))
    except UnsupportedAlgorithm:
        return False
    except ValueError:
        return True
    return True


def _sized(name: bytes) -> bytes:
    return bytes([len(name)]) + name


def _hash(root: bytes) -> bytes:
    try:
        raw = base64.b64decode(root, validate=True)
    except binascii.Error as error:
        raise ValueError("the root is not base64") from error
    if len(raw) != 32:
        raise ValueError("a root has 32 bytes")
    return raw
