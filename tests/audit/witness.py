"""A witness as C2SP tlog-witness describes it, behind httpx's transport: it remembers, checks and cosigns."""

import base64
from dataclasses import dataclass, field

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.audit import merkle
from backend.audit.merkle import BadProof
from backend.audit.note import WITNESS, Checkpoint, Verifier, signature_line, signers, split


@dataclass
class Witness:
    log: Verifier
    name: str = "witness.example/w1"
    time: int = 1_795_428_000
    seen: Checkpoint | None = None
    asked: list[str] = field(default_factory=list)
    away: int = 0  # answers 503 so many times
    wrong_key: bool = False
    _key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, WITNESS, self._key.public_key().public_bytes_raw())

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self.answer))

    def answer(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/add-checkpoint"
        body = request.content.decode()
        self.asked.append(body)
        if self.away:
            self.away -= 1
            return httpx.Response(503)
        head, _, note = body.partition("\n\n")
        first, *steps = head.split("\n")
        old = int(first.removeprefix("old "))
        checkpoint = Checkpoint.parse(note)
        if self.log not in signers(note, [self.log]):
            return httpx.Response(403)
        have = self.seen.size if self.seen else 0
        if old != have:
            return httpx.Response(409, text=f"{have}\n", headers={"content-type": "text/x.tlog.size"})
        if self.seen:
            try:
                proof = [base64.b64decode(step) for step in steps]
                merkle.check_consistency(old, checkpoint.size, self.seen.root, checkpoint.root, proof)
            except BadProof:
                return httpx.Response(422)
        self.seen = checkpoint
        return httpx.Response(200, text=self._cosignature(split(note)[0]))

    def _cosignature(self, text: str) -> str:
        key = Ed25519PrivateKey.generate() if self.wrong_key else self._key
        signature = key.sign(f"cosignature/v1\ntime {self.time}\n{text}".encode())
        return signature_line(self.name, self.verifier.key_id + self.time.to_bytes(8) + signature)
