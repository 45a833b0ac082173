"""Keys and signatures of people: what is signed verifies, every other spelling is refused, and so is a weak key."""

import base64

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from printd.ledger import notes
from printd.ledger.signatures import (
    LABEL,
    EntrySigner,
    SignatureError,
    SigningKey,
    message,
    public_key_problem,
    read_signature,
    read_vkey,
    verify,
    vkey,
    write_signature,
)
from support.deliberate import line, notices

ORIGIN = "printd.example/site-a/blanks"
NAME = "printd.example/site-a/people/siti"
KEY = SigningKey(bytes(range(32)))
BODY = b'{"by":["SITI"],"v":2}'

# Every spelling of the eight points of small order that a decoder takes which reduces y modulo p and lets x = 0 have a
# sign: the list of libsodium (ge25519_has_small_order) with both signs, and table 1 of "Taming the many EdDSAs".
SMALL_ORDER = (
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
)

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def test_a_key_signs_and_comes_back_from_its_seed() -> None:
    signer: EntrySigner = SigningKey(KEY.seed)
    said = message(ORIGIN, BODY)
    assert signer.public == KEY.public
    assert verify(KEY.public, signer.sign(said), said)
    assert not verify(KEY.public, signer.sign(said), message(f"{ORIGIN}x", BODY))
    assert not verify(SigningKey.new().public, signer.sign(said), said)
    assert SigningKey.new().public != SigningKey.new().public


def test_the_first_vector_of_rfc_8032() -> None:
    key = SigningKey(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    assert key.public.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert key.sign(b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )


def test_the_seed_is_not_shown() -> None:
    assert KEY.seed.hex() not in repr(KEY)
    assert repr(KEY.seed)[2:-1] not in repr(KEY)
    assert "seed" not in repr(KEY)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_seeds_of_another_length(length: int) -> None:
    with pytest.raises(SignatureError, match="32 bytes"):
        SigningKey(bytes(length))


@pytest.mark.parametrize("origin", ["", "a\nb", "a\n"])
def test_an_origin_is_one_line(origin: str) -> None:
    with pytest.raises(SignatureError, match="one line"):
        message(origin, BODY)


def test_the_message_is_no_text_of_a_note() -> None:
    said = message(ORIGIN, BODY)
    assert said == f"{LABEL}\n{ORIGIN}\n".encode() + BODY
    with pytest.raises(notes.NoteMalformedError):
        notes.Signer(ORIGIN, KEY.seed).sign(said.decode())


@notices(
    {
        "stray bits of the last character pass": line(
            read_signature, "or write_signature(signature) != text", "or not text"
        )
    }
)
def test_a_signature_has_one_spelling() -> None:
    signature = KEY.sign(BODY)
    text = write_signature(signature)
    assert len(text) == 86
    assert read_signature(text) == signature
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for last in alphabet:
        if last != text[-1] and read_or_none(text[:-1] + last) is not None:
            assert read_signature(text[:-1] + last) != signature
    assert sum(read_or_none(text[:-1] + last) is not None for last in alphabet) == 4


@given(st.binary(min_size=64, max_size=64), st.data())
def test_every_other_text_of_a_signature_is_refused(signature: bytes, data: st.DataObject) -> None:
    text = write_signature(signature)
    assert read_signature(text) == signature
    changed = data.draw(
        st.sampled_from([f"{text}==", f"{text}=", f"{text}\n", f" {text}", text[:-1], f"{text}A", text[:40], ""])
        | st.sampled_from(["+", "/", "=", " ", "\n", "é", "\ud800", "\x00"]).flatmap(
            lambda odd: st.integers(0, 85).map(lambda place: text[:place] + odd + text[place + 1 :])
        )
    )
    assert read_or_none(changed) is None


def test_a_signature_of_another_length_has_no_text() -> None:
    with pytest.raises(SignatureError, match="64 bytes"):
        write_signature(bytes(63))
    assert not verify(KEY.public, KEY.sign(BODY) + b"\0", BODY)
    assert not verify(KEY.public, KEY.sign(BODY)[:-1], BODY)
    assert not verify(KEY.public[:-1], KEY.sign(BODY), BODY)


def test_a_signature_is_not_taken_with_another_scalar() -> None:
    order = 2**252 + 27742317777372353535851937790883648493
    signature = KEY.sign(BODY)
    again = signature[:32] + (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    assert not verify(KEY.public, again, BODY)


@notices(
    {
        "points of order 8 pass": line(public_key_problem, "if y in _SMALL_ORDER_Y:", "if y in (0, 1, _P - 1):"),
        "other spellings pass": line(public_key_problem, "if y >= _P:", "if y >= 2 * _P:"),
    }
)
def test_keys_that_everybody_can_sign_for_are_refused_although_the_library_takes_them() -> None:
    nobody = b"\x01" + bytes(63)
    for spelled in SMALL_ORDER:
        public = bytes.fromhex(spelled)
        forged = [text for text in (b"%d" % number for number in range(200)) if library_takes(public, nobody, text)]
        assert forged, spelled
        assert public_key_problem(public) is not None
        assert not any(verify(public, nobody, text) for text in forged)
        with pytest.raises(SignatureError):
            vkey(NAME, public)


def test_the_list_of_small_orders_is_whole() -> None:
    found = set()
    for x, y in torsion():
        for spelled in {y, y + P}:
            signs = {0, 1} if x == 0 else {x & 1}  # a decoder may take x = 0 with either sign
            found |= {(spelled | sign << 255).to_bytes(32, "little").hex() for sign in signs if spelled < 2**255}
    assert found == set(SMALL_ORDER)


def test_every_spelling_beyond_p_is_refused() -> None:
    for y in range(P, 2**255):
        for sign in (0, 1):
            assert public_key_problem((y | sign << 255).to_bytes(32, "little")) is not None
    assert public_key_problem((P - 2).to_bytes(32, "little")) is None
    assert public_key_problem((2).to_bytes(32, "little")) is None


@given(st.binary(min_size=32, max_size=32))
def test_nothing_is_wrong_with_keys_that_are_made(seed: bytes) -> None:
    assert public_key_problem(SigningKey(seed).public) is None


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_public_key_has_32_bytes(length: int) -> None:
    assert public_key_problem(KEY.public[:length] + bytes(max(0, length - 32))) == "a public key has 32 bytes"


def test_the_key_of_a_person_comes_back_from_its_text() -> None:
    assert read_vkey(vkey(NAME, KEY.public)) == (NAME, KEY.public)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "x" * 256, "caf\u00e9", "a\n"])
def test_names_that_a_key_may_not_have(name: str) -> None:
    with pytest.raises(SignatureError):
        vkey(name, KEY.public)


def spelled_with(key: bytes, name: str = NAME) -> str:
    return f"{name}+{notes.key_id(name, key).hex()}+{base64.b64encode(key).decode()}"


def other_vkeys() -> dict[str, str]:
    text = vkey(NAME, KEY.public)
    name, key_id, encoded = text.split("+", 2)
    whole = base64.b64decode(encoded)
    return {
        "a log's key": notes.Signer(NAME, KEY.seed).vkey,
        "a witness's key": spelled_with(b"\x04" + KEY.public),
        "type 1 and our identifier": spelled_with(b"\x01" + whole[1:]),
        "another identifier": spelled_with(whole.replace(b"/v1", b"/v2")),
        "an identifier alone": spelled_with(whole[:-32]),
        "no identifier": spelled_with(b"\xff" + KEY.public),
        "a byte short": spelled_with(whole[:-1]),
        "a byte long": spelled_with(whole + b"\0"),
        "nothing": spelled_with(b""),
        "a weak key": spelled_with(whole[:-32] + bytes.fromhex(SMALL_ORDER[2])),
        "another name": f"{name}x+{key_id}+{encoded}",
        "another key ID": f"{name}+00000000+{encoded}",
        "a key ID in capitals": f"{name}+{key_id.upper()}+{encoded}",
        "a line feed": f"{text}\n",
        "padding": f"{text}=",
        "base64url": f"{name}+{key_id}+{encoded.replace('/', '_')}",
        "no key": f"{name}+{key_id}",
        "no text": "",
        "a private key": notes.Signer(NAME, KEY.seed).to_text(),
    }


@pytest.mark.parametrize("what", other_vkeys())
def test_every_other_text_of_such_a_key_is_refused(what: str) -> None:
    with pytest.raises(SignatureError) as refused:
        read_vkey(other_vkeys()[what])
    assert base64.b64encode(KEY.public).decode()[:20] not in str(refused.value)


def test_such_a_key_is_never_taken_where_a_log_s_is_wanted() -> None:
    with pytest.raises(notes.NoteMalformedError):
        notes.Verifier.from_vkey(vkey(NAME, KEY.public))
    with pytest.raises(notes.NoteMalformedError):
        notes.Verifier.from_vkey(spelled_with(b"\xff" + KEY.public))


def read_or_none(text: str) -> bytes | None:
    try:
        return read_signature(text)
    except SignatureError:
        return None


def library_takes(public: bytes, signature: bytes, text: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except InvalidSignature:
        return False
    return True


def torsion() -> set[tuple[int, int]]:
    """The eight points of small order, from the curve's own equation (RFC 8032 section 5.1): L times some points."""
    order = 2**252 + 27742317777372353535851937790883648493
    found: set[tuple[int, int]] = set()
    y = 2
    while len(found) < 8:
        x = x_of(y)
        if x is not None:
            found |= {times(number * order, (x, y)) for number in range(8)}
        y += 1
    return found


def x_of(y: int) -> int | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    for root in (x, x * pow(2, (P - 1) // 4, P) % P):
        if (root * root - square) % P == 0:
            return root
    return None


def times(number: int, point: tuple[int, int]) -> tuple[int, int]:
    total = (0, 1)
    while number:
        if number & 1:
            total = plus(total, point)
        point, number = plus(point, point), number >> 1
    return total


def plus(first: tuple[int, int], second: tuple[int, int]) -> tuple[int, int]:
    (a, b), (c, d) = first, second
    both = D * a * c * b * d
    return (a * d + c * b) * pow(1 + both, -1, P) % P, (b * d + a * c) * pow(1 - both, -1, P) % P
