"""Signed checkpoints leave the house: to a file that only grows, and to a witness outside.

The file is notes, each followed by an empty line, oldest first. A copy of any one of them in an auditor's hands is
enough to show that history was rewritten after it.
"""

import base64
import os
import re
from datetime import datetime
from pathlib import Path

import httpx

from backend.audit import proving, repository
from backend.audit.errors import BadReceipt
from backend.audit.models import AuditCheckpoint, AuditCosignature
from backend.audit.note import Checkpoint, Verifier, signers, split
from backend.kit.db import Session
from backend.kit.settings import Settings

AT_MOST = 1000  # checkpoints a run
TAIL = 8192  # bytes; a checkpoint has about 250
WITNESS_SECONDS = 10.0
NOTE = re.compile(r"^([^\n—][^\n]*\n\d+\n[A-Za-z0-9+/]{43}=\n\n(?:— [^\n]+\n)+)\n", re.MULTILINE)


def checkpoint_file(settings: Settings) -> Path:
    return settings.checkpoint_file or settings.data_dir / "audit" / "checkpoints"


def notes_in(text: str) -> list[str]:
    """The whole notes of a published file, oldest first. What a crash left half-written is passed over."""
    return NOTE.findall(text)


def last_size(path: Path) -> int:
    """Of the last checkpoint in the file; 0 where there is none. Raises BadReceipt for a file of something else."""
    if not path.exists() or not path.stat().st_size:
        return 0
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        notes = notes_in(file.read().decode(errors="replace"))
    if not notes:
        raise BadReceipt("not a file of checkpoints", path=str(path))
    return Checkpoint.parse(notes[-1]).size


def append(path: Path, checkpoints: list[AuditCheckpoint]) -> None:
    """They are on the disk when it returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{checkpoint.note}\n" for checkpoint in checkpoints)
        file.flush()
        os.fsync(file.fileno())


async def publish(session: Session, path: Path) -> int:
    """Append to the file what it has not got yet; how many. Raises BadReceipt, OSError."""
    new = await repository.checkpoints(session, last_size(path), AT_MOST)
    if new:
        append(path, new)
    return len(new)


async def cosign(
    session: Session, http: httpx.AsyncClient, url: str, witness: Verifier, now: datetime
) -> AuditCheckpoint | None:
    """Have a witness see the newest checkpoint (C2SP tlog-witness); None where it has, or there is none.

    Where it remembers another size than we do, it is asked once more from there. Raises httpx.HTTPError, BadReceipt.
    """
    newest = await repository.latest_checkpoint(session)
    old = await repository.seen_by(session, str(witness))
    if newest is None or newest.size == old:
        return None
    answer = await _add_checkpoint(session, http, url, old, newest)
    if answer.status_code == httpx.codes.CONFLICT and answer.text.strip().isdecimal():
        old = int(answer.text)
        if old > newest.size:
            raise BadReceipt("the witness has seen a larger tree than ours", size=old)
        answer = await _add_checkpoint(session, http, url, old, newest)
    answer.raise_for_status()
    text = split(newest.note)[0]
    lines = "".join(
        f"{line}\n" for line in answer.text.splitlines() if witness in signers(f"{text}\n{line}\n", [witness])
    )
    if not lines:
        raise BadReceipt("the witness did not sign")
    session.add(AuditCosignature(witness=str(witness), size=newest.size, lines=lines, at=now))
    return newest


async def _add_checkpoint(
    session: Session, http: httpx.AsyncClient, url: str, old: int, newest: AuditCheckpoint
) -> httpx.Response:
    proof = await proving.consistency(session, old, newest.size) if old else []
    steps = "".join(f"{base64.b64encode(step).decode()}\n" for step in proof)
    body = f"old {old}\n{steps}\n{newest.note}"
    return await http.post(f"{url.rstrip('/')}/add-checkpoint", content=body.encode(), timeout=WITNESS_SECONDS)
