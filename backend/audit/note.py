"""Signed notes (C2SP signed-note, Ed25519), keys as Go's sumdb/note writes them, and checkpoints. Pure.

A key of a log has type 1; a witness signs with type 4, over a time and the note (C2SP tlog-cosignature).
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from backend.audit.errors import BadKey, BadReceipt

LOG, WITNESS = 1, 4  # signature types
PRIVATE = "PRIVATE+KEY+"
KEY_BYTES = 32
TIMESTAMP_BYTES = 8
BIGGEST_NOTE = 100_000  # characters
MOST_SIGNATURES = 64


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadKey("not base64") from error


def _key_id(name: str, kind: int, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def _check_name(name: str) -> None:
    if not name or "+" in name or any(char.isspace() for char in name):
        raise BadKey("a key's name has no spaces and no plus")


@dataclass(frozen=True, slots=True)
class Verifier:
    """Whose signature it is. As text: `<name>+<key id, 8 hex digits>+<base64 of type and public key>`."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """Raises BadKey."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = _decoded(encoded)
        _check_name(name)
        if len(raw) != 1 + KEY_BYTES or raw[0] not in {LOG, WITNESS}:
            raise BadKey("not an Ed25519 key of a log or a witness")
        found = cls(name, raw[0], raw[1:])
        if found.key_id.hex() != key_id:
            raise BadKey("the key's id is not its own")
        return found

    @property
    def key_id(self) -> bytes:
        return _key_id(self.name, self.kind, self.public)

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    def signed(self, text: str, signature: bytes) -> bool:
        """Whether the signature (without its key id) is this key's, of this text."""
        message = text.encode()
        if self.kind == WITNESS:
            stamp, signature = signature[:TIMESTAMP_BYTES], signature[TIMESTAMP_BYTES:]
            message = f"cosignature/v1\ntime {int.from_bytes(stamp)}\n".encode() + message
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A log's private key. As text: `PRIVATE+KEY+<name>+<key id>+<base64 of type and seed>`."""

    name: str
    seed: bytes

    @classmethod
    def parse(cls, text: str) -> "Signer":
        """Raises BadKey."""
        if not text.startswith(PRIVATE):
            raise BadKey("not a private key")
        name, _, rest = text.strip().removeprefix(PRIVATE).partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = _decoded(encoded)
        _check_name(name)
        if len(raw) != 1 + KEY_BYTES or raw[0] != LOG:
            raise BadKey("not an Ed25519 key of a log")
        found = cls(name, raw[1:])
        if found.verifier.key_id.hex() != key_id:
            raise BadKey("the key's id is not its own")
        return found

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, LOG, self._private.public_key().public_bytes_raw())

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def secret_text(self) -> str:
        encoded = base64.b64encode(bytes([LOG]) + self.seed).decode()
        return f"{PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{encoded}"

    def __repr__(self) -> str:
        return f"Signer({self.name})"

    def sign(self, text: str) -> str:
        """The signed note of a text that ends in a newline."""
        signature = self.verifier.key_id + self._private.sign(text.encode())
        return f"{text}\n{signature_line(self.name, signature)}"


def signature_line(name: str, signature: bytes) -> str:
    """`signature` begins with the key's id."""
    return f"— {name} {base64.b64encode(signature).decode()}\n"


def split(note: str) -> tuple[str, str]:
    """(text, signature lines). Raises BadReceipt for what is no note."""
    text, found, signatures = note.rpartition("\n\n")
    lines = signatures.splitlines(keepends=True)
    if (
        not found
        or len(note) > BIGGEST_NOTE
        or not 0 < len(lines) <= MOST_SIGNATURES
        or not all(line.startswith("— ") and line.endswith("\n") for line in lines)
        or any(char < " " and char != "\n" for char in note)
    ):
        raise BadReceipt("not a signed note")
    return text + "\n", signatures


def signers(note: str, known: Sequence[Verifier]) -> list[Verifier]:
    """Which of the keys signed the note. Others' signatures are passed over; a wrong one of a known key is refused.

    Raises BadReceipt.
    """
    text, signatures = split(note)
    found = []
    for line in signatures.splitlines():
        name, _, encoded = line.removeprefix("— ").partition(" ")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadReceipt("a signature is not base64") from error
        for key in known:
            if key.name == name and key.key_id == raw[:4]:
                if not key.signed(text, raw[4:]):
                    raise BadReceipt("a signature is wrong", key=key.name)
                found.append(key)
    return found


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tree of a log at a size."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, note: str) -> "Checkpoint":
        """What a note says, signed or not by whom it should: see `signers`. Raises BadReceipt."""
        lines = split(note)[0].splitlines()
        try:
            origin, size, encoded = lines[:3]
            root = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadReceipt("not a checkpoint") from error
        if not size.isascii() or not size.isdecimal() or str(int(size)) != size or len(root) != sha256().digest_size:
            raise BadReceipt("not a checkpoint")
        return cls(origin, int(size), root)
