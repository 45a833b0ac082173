"""Signatures of people over entries (log reference section 17.7): Ed25519, each key under a person's name.

The bytes alone: what is signed, how a signature and a key are written, which keys are refused. Who must sign what, and
whose key holds at which entry, is not known here.
"""

import base64
import binascii
from functools import lru_cache
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from printd.ledger.notes import NAME, NoteMalformedError, key_id, split_key

LABEL: Final = "printd.example/entry-signature/v1"
"""First line of what is signed, so that no signature over an entry is one over anything else; never changed."""

OTHER: Final = 0xFF
"""Key type of signed-note for what has no number of its own: an identifier follows (here `LABEL`), then the key."""

PUBLIC: Final = 32
"""Bytes of a public key."""

_PREFIX: Final = bytes([OTHER]) + LABEL.encode()
_SIGNATURE: Final = 64

_P: Final = 2**255 - 19
_Y8: Final = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
_SMALL_ORDER_Y: Final = frozenset({0, 1, _P - 1, _Y8, _P - _Y8})
"""The y of every point whose order divides 8, written with either sign of x.

Orders 4 (0), 1 (1), 2 (p-1) and 8 (the other two), as in the lists of libsodium and of "Taming the many EdDSAs"
(Chalkias, Garillot, Nikolaenko 2020, table 1). With y = 1 and y = p-1, x is 0: a sign there is not canonical either.
"""


class SignatureError(ValueError):
    """A signature or a person's key that is not written as it must be, or a key that must not be used."""


class EntrySigner(Protocol):
    """Whatever signs for a person: a key at hand, or one that is asked elsewhere."""

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature over a message."""


class SigningKey:
    """A person's private key. The seed is in no `repr`; `seed` is the only way to get it, for who seals it."""

    __slots__ = ("_key", "public")

    public: bytes
    """The public key, 32 bytes."""

    def __init__(self, seed: bytes) -> None:
        """Take a seed of 32 bytes (RFC 8032 section 5.1.5); raises SignatureError for another length."""
        if len(seed) != 32:
            raise SignatureError("an Ed25519 seed has 32 bytes (RFC 8032 section 5.1.5)")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)  # kept: making it costs more than a signature
        self.public = self._key.public_key().public_bytes_raw()

    @classmethod
    def new(cls) -> "SigningKey":
        """Make a new key from the operating system's randomness."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def seed(self) -> bytes:
        """The 32 bytes the key is made of; whoever reads them can sign."""
        return self._key.private_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature over a message."""
        return self._key.sign(message)


def message(origin: str, body_without_sig: bytes) -> bytes:
    """Return what each signer of an entry signs: the label, the log's origin and the entry without its member `sig`.

    Raises SignatureError for an origin of no or several lines: the lines would no longer say which is which.
    """
    if not origin or "\n" in origin:
        raise SignatureError("the origin of a log is one line")
    return b"%b\n%b\n%b" % (LABEL.encode(), origin.encode(), body_without_sig)


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether a signature over a message is this key's; a key with a `public_key_problem` has no signatures."""
    key = _usable(public)
    if key is None or len(signature) != _SIGNATURE:
        return False
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def public_key_problem(public: bytes) -> str | None:
    """Tell why a public key must not be enrolled or believed; None where nothing is wrong with it.

    Refused are points of small order, for which anybody can make signatures that libraries accept, and spellings that
    are not canonical (RFC 8032 section 5.1.3: y below p), so that a key has one spelling. That somebody holds the
    private key is shown by a signature, never by this.
    """
    if len(public) != PUBLIC:
        return "a public key has 32 bytes"
    y = int.from_bytes(public, "little") & (1 << 255) - 1
    if y >= _P:
        return "not the canonical spelling of a public key"
    if y in _SMALL_ORDER_Y:
        return "a point of small order: anybody can sign for it"
    return None


def write_signature(signature: bytes) -> str:
    """Return the text of a signature as an entry carries it: unpadded base64url, 86 characters."""
    if len(signature) != _SIGNATURE:
        raise SignatureError("an Ed25519 signature has 64 bytes")
    return base64.urlsafe_b64encode(signature)[:86].decode("ascii")


def read_signature(text: str) -> bytes:
    """Read `write_signature`'s text; raises SignatureError for every other spelling (padding, `+/`, stray bits)."""
    try:
        signature = base64.b64decode(f"{text}==".encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise SignatureError("a signature is not base64url") from error
    if len(signature) != _SIGNATURE or write_signature(signature) != text:
        raise SignatureError("a signature is not 64 bytes as an encoder of base64url writes them")
    return signature


def person_key_name(origin: str, name: str) -> str:
    """Return the name of the key of somebody who signs in a log."""
    return f"{origin}/people/{name}"


def vkey(name: str, public: bytes) -> str:
    """Return a person's public key as text: `name+hhhhhhhh+base64(0xff || LABEL || key)`.

    The name is the site's, such as `printd.example/site-a/people/siti`. Raises SignatureError for a name that no key
    may have and for a key with a `public_key_problem`.
    """
    if not NAME.fullmatch(name):
        raise SignatureError("a key name is 1 to 255 printable ASCII characters without space and plus")
    _refuse(public)
    key = _PREFIX + public
    return f"{name}+{key_id(name, key).hex()}+{base64.b64encode(key).decode('ascii')}"


def read_vkey(text: str) -> tuple[str, bytes]:
    """Return name and public key of `vkey`'s text.

    Raises SignatureError for any other text: another key type (a log's or a witness's), another identifier, another
    length, a key ID that does not belong to name and key, and a key with a `public_key_problem`.
    """
    try:
        name, hexid, key = split_key(text, "a person's key")
    except NoteMalformedError as error:
        raise SignatureError(str(error)) from error
    if key[:1] != bytes([OTHER]):
        raise SignatureError("not a person's key: a key of type 0xff is wanted, a log's or a witness's is another")
    if not key.startswith(_PREFIX) or len(key) != len(_PREFIX) + PUBLIC:
        raise SignatureError(f"not a person's key: {LABEL} and 32 bytes are wanted")
    if key_id(name, key).hex() != hexid:
        raise SignatureError("the key ID does not belong to this name and key: mistyped or altered")
    public = key[len(_PREFIX) :]
    _refuse(public)
    return name, public


def _refuse(public: bytes) -> None:
    problem = public_key_problem(public)
    if problem is not None:
        raise SignatureError(problem)


@lru_cache(maxsize=1024)
def _usable(public: bytes) -> Ed25519PublicKey | None:
    """Return the library's key, kept: an office has few people and many entries."""
    if public_key_problem(public) is not None:
        return None
    return Ed25519PublicKey.from_public_bytes(public)
