"""`anpei verify`: what a receipt proves, offline, with the log's public key and nothing else."""

import base64
import binascii
from collections.abc import Callable
from pathlib import Path

from backend.audit import proofs
from backend.audit.errors import BadKey, BadReceipt
from backend.audit.note import Verifier
from backend.audit.proofs import Receipt
from backend.kit.money import Money

Say = Callable[[str], None]


def verify(
    receipt: Path, older: Path | None, key: str, witnesses: list[str], consistency: Path | None, say: Say
) -> bool:
    """Print what holds and what does not; True where everything that was asked for does."""
    try:
        log = Verifier.parse(key)
        others = [Verifier.parse(witness) for witness in witnesses]
        newer = _checked(receipt, log, others, say)
        if older is not None:
            before = _checked(older, log, others, say)
            proofs.verify_continues(newer, before, _steps(consistency) if consistency else None)
            sizes = f"{before.checkpoint.size} of {newer.checkpoint.size} entries"
            say(f"OK    the log of {receipt.name} begins with the whole log of {older.name} ({sizes})")
    except (BadReceipt, BadKey) as error:
        say(f"FAIL  {error} {_details(error)}".rstrip())
        return False
    except (OSError, UnicodeDecodeError) as error:
        say(f"FAIL  can't read: {error}")
        return False
    return True


def _checked(path: Path, log: Verifier, witnesses: list[Verifier], say: Say) -> Receipt:
    receipt = proofs.read(path.read_text(encoding="utf-8"))
    found = proofs.verify(receipt, log, witnesses)
    data = found.event["data"]
    say(f"OK    {path.name}: entry {found.index + 1} of {found.checkpoint.size} in the log {found.checkpoint.origin}")
    if {"claim", "amount_minor", "currency", "account", "paid_at"} <= data.keys():
        amount = Money(data["currency"], data["amount_minor"]).words("en")
        say(f"      {amount} for claim {data['claim']} to account {data['account']}, paid {data['paid_at']}")
    else:
        say(f"      {found.event['what']} at {found.event['at']}")
    if witnesses:
        if not found.witnesses:
            raise BadReceipt("no witness named has seen it")
        say(f"      seen by {', '.join(found.witnesses)}")
    return receipt


def _steps(path: Path) -> list[bytes]:
    try:
        return [base64.b64decode(line, validate=True) for line in path.read_text().splitlines()]
    except binascii.Error as error:
        raise BadReceipt("the proof of consistency is not base64") from error


def _details(error: BadReceipt | BadKey) -> str:
    if error.params.get("size") and str(error) == "no proof of consistency":
        return (
            f"in the newer receipt: ask the log for it, GET /log/consistency?old={error.params['size']}&new=…,"
            " and give the answer with --consistency"
        )
    return ""
