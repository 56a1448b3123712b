"""`anpei verify`, as a customer or an auditor runs it: files and a key, no server."""

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from backend.audit import keys, proofs, proving
from tests.audit.served import Log

ROOT = Path(__file__).parent.parent.parent
NOWHERE = {"PATH": os.environ["PATH"], "ANPEI_DATABASE_URL": "postgresql://nowhere.invalid/none"}


def verify(log: Log, *arguments: object, key: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "anpei.cli", "verify", *map(str, arguments)]
    command += ["--key", key or str(log.signer.verifier)]
    return subprocess.run(command, cwd=ROOT, env=NOWHERE, capture_output=True, text=True, check=False)


async def keep(log: Log, name: str, earlier: tuple[object, ...] = ()) -> tuple[Path, object]:
    """Two events; the first one's receipt in a file."""
    event = (await log.record(2))[0]
    await log.sequence()
    async with log.db.transaction() as session:
        receipt = await proving.receipt(session, "things", event.source_id, [each.source_id for each in earlier])
    path = log.folder / name
    path.write_text(proofs.write(receipt))
    return path, event


async def test_a_receipt_and_an_older_one(log: Log) -> None:
    old, first = await keep(log, "old.tlog-proof")
    new, _ = await keep(log, "new.tlog-proof", (first,))
    found = verify(log, new, "--older", old)
    assert found.returncode == 0, found.stdout + found.stderr
    assert found.stdout.count("OK") == 3
    assert "2 of 4 entries" in found.stdout


async def test_with_the_logs_answer(log: Log) -> None:
    """Receipts of two people: the newer carries no proof of the older, the log gives it to anybody."""
    old, _ = await keep(log, "old.tlog-proof")
    new, _ = await keep(log, "new.tlog-proof")
    assert "/log/consistency?old=2" in verify(log, new, "--older", old).stdout
    async with log.db.transaction() as session:
        steps = await proving.consistency(session, 2, 4)
    answer = log.folder / "answer"
    answer.write_text("".join(f"{base64.b64encode(step).decode()}\n" for step in steps))
    assert verify(log, new, "--older", old, "--consistency", answer).returncode == 0
    answer.write_text(base64.b64encode(bytes(32)).decode())
    assert verify(log, new, "--older", old, "--consistency", answer).returncode == 1


@pytest.mark.parametrize(
    ("old", "new"), [("index 0", "index 1"), ("extra ", "extra A"), ("@v1", "@v2"), ("\n2\n", "\n3\n")]
)
async def test_one_character_is_enough(log: Log, old: str, new: str) -> None:
    path, _ = await keep(log, "receipt.tlog-proof")
    path.write_text(path.read_text().replace(old, new, 1))
    found = verify(log, path)
    assert found.returncode == 1
    assert "FAIL" in found.stdout


async def test_another_logs_key(log: Log) -> None:
    path, _ = await keep(log, "receipt.tlog-proof")
    assert verify(log, path, key=str(keys.new_key(log.signer.name).verifier)).returncode == 1
    assert "FAIL" in verify(log, path, key="nonsense").stdout


async def test_a_witness_that_has_not_seen_it(log: Log) -> None:
    path, _ = await keep(log, "receipt.tlog-proof")
    stranger = str(keys.new_key("witness.example").verifier)
    assert verify(log, path, "--witness", stranger).returncode == 1


def test_no_file() -> None:
    command = [
        sys.executable,
        "-m",
        "anpei.cli",
        "verify",
        "no-such-file",
        "--key",
        str(keys.new_key("a.example").verifier),
    ]
    found = subprocess.run(command, cwd=ROOT, env=NOWHERE, capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert "Traceback" not in found.stderr


async def test_the_program_in_the_guide(log: Log) -> None:
    """What docs/audit.md gives an auditor to type works as it stands, with nothing but the standard library."""
    path, event = await keep(log, "receipt.tlog-proof")
    [program] = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "audit.md").read_text(), re.DOTALL)
    found = run(program, path)
    assert found.returncode == 0, found.stderr
    assert str(event.subject) in found.stdout
    path.write_text(path.read_text().replace("index 0", "index 1"))
    assert run(program, path).returncode == 1


def run(program: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-I", "-c", program, path], capture_output=True, text=True, check=False)
