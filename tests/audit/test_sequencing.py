"""From entries to a signed tree on a real database: gap-free, once, in order, and proved by what outsiders hold."""

import asyncio
import base64
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.audit import merkle, proofs, proving, publishing, repository, sequencing
from backend.audit import service as audit
from backend.audit.errors import BadReceipt, LogBroken, NoSuchLeaf
from backend.audit.note import Checkpoint
from tests.audit.served import Log


async def column(log: Log, query: str) -> list[object]:
    async with log.db.transaction() as session:
        return list(await session.scalars(text(query)))


async def receipt_of(log: Log, event: object, earlier: list[object] | None = None) -> proofs.Receipt:
    async with log.db.transaction() as session:
        return await proving.receipt(session, "things", event.source_id, [each.source_id for each in earlier or []])


async def test_every_entry_gets_one_place(log: Log) -> None:
    """Batches of different sizes: indexes without a gap, and a signed checkpoint for each state."""
    for count in (1, 5, 2, 13):
        await log.record(count)
        assert await log.sequence() == count
    assert await column(log, "SELECT leaf_index FROM audit_entries ORDER BY leaf_index") == list(range(21))
    assert await column(log, "SELECT size FROM audit_checkpoints ORDER BY size") == [1, 6, 8, 21]
    assert await log.sequence() == 0


async def test_the_order_is_the_order_of_arrival(log: Log) -> None:
    await log.record(4)
    await log.sequence()
    assert await column(log, "SELECT leaf_index FROM audit_entries ORDER BY position") == [0, 1, 2, 3]


async def test_every_receipt_proves_its_event(log: Log) -> None:
    events = []
    for count in (3, 4, 9):
        events += await log.record(count)
        await log.sequence()
    for event in events:
        text_of_it = proofs.write(await receipt_of(log, event))
        found = proofs.verify(proofs.read(text_of_it), log.signer.verifier)
        assert found.event["data"] == dict(event.data)
        assert found.event["subject"] == str(event.subject)


async def test_any_receipt_continues_an_older_one(log: Log) -> None:
    first = (await log.record(3))[0]
    await log.sequence()
    older = await receipt_of(log, first)
    second = (await log.record(6))[0]
    await log.sequence()
    newer = proofs.read(proofs.write(await receipt_of(log, second, [first])))
    proofs.verify_continues(newer, older)
    with pytest.raises(BadReceipt):
        proofs.verify_continues(older, newer)
    stranger = await receipt_of(log, second)
    with pytest.raises(BadReceipt, match="no proof"):
        proofs.verify_continues(stranger, older)
    async with log.db.transaction() as session:
        asked = await proving.consistency(session, 3, 9)
    proofs.verify_continues(stranger, older, asked)


async def test_before_it_is_signed_there_is_no_receipt(log: Log) -> None:
    [event] = await log.record()
    with pytest.raises(NoSuchLeaf) as caught:
        await receipt_of(log, event)
    assert caught.value.params["waiting"]


@pytest.mark.parametrize("part", ["payload", "salt", "index", "path", "note", "origin"])
async def test_a_tampered_receipt_fails(log: Log, part: str) -> None:
    events = await log.record(6)
    await log.sequence()
    real = await receipt_of(log, events[2])
    wrong = {
        "payload": real.payload.replace('"nr":2', '"nr":3'),
        "salt": bytes(32),
        "index": 3,
        "path": (*real.path[1:], real.path[0]),
        "note": real.note.replace("\n6\n", "\n7\n"),
        "origin": real.note.replace("insurer", "another"),
    }
    forged = replace(real, **({"note": wrong[part]} if part == "origin" else {part: wrong[part]}))
    with pytest.raises(BadReceipt):
        proofs.verify(proofs.read(proofs.write(forged)), log.signer.verifier)


async def test_two_workers_at_once_sequence_once(log: Log) -> None:
    await log.record(50)
    results = await asyncio.gather(*(log.sequence() for _ in range(4)))
    assert sum(results) == 50
    assert await column(log, "SELECT leaf_index FROM audit_entries ORDER BY leaf_index") == list(range(50))


async def test_recording_waits_for_nobody(log: Log) -> None:
    """Neither an open transaction that has recorded nor a sequencing under way holds up another transaction."""
    await log.record(2)
    async with log.db.transaction() as sequencing_one, log.db.transaction() as recording:
        assert await sequencing.sequence(sequencing_one, log.signer, log.now) == 2
        await recording.execute(text("SET LOCAL lock_timeout = '500ms'"))
        audit.record(recording, log.event())
        await recording.flush()
        await asyncio.wait_for(log.record(3), 2)
    assert await log.sequence() == 4


async def test_a_late_commit_is_not_passed_over(log: Log) -> None:
    """An entry that arrived first and committed last gets the next place: nothing depends on the order of ids."""
    async with log.db.transaction() as slow:
        audit.record(slow, log.event())
        await slow.flush()
        await log.record(2)
        assert await log.sequence() == 2
    assert await log.sequence() == 1
    assert await column(log, "SELECT leaf_index FROM audit_entries ORDER BY position") == [2, 0, 1]


async def test_a_tree_that_was_touched_is_not_signed(log: Log) -> None:
    """Somebody with all privileges alters a stored node: the log stops rather than sign it."""
    await log.record(3)
    await log.sequence()
    async with log.db.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text("UPDATE audit_nodes SET hash = sha256('x') WHERE level = 1 AND index = 0"))
    await log.record(1)
    with pytest.raises(LogBroken):
        await log.sequence()
    assert await column(log, "SELECT size FROM audit_checkpoints") == [3]


async def test_nodes_are_never_changed(log: Log) -> None:
    await log.record(2)
    await log.sequence()
    for table, column_name in (("audit_nodes", "hash"), ("audit_checkpoints", "root")):
        for change in (f"UPDATE {table} SET {column_name} = sha256('')", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError):
                async with log.db.transaction() as session:
                    await session.execute(text(change))


async def test_the_file_of_checkpoints_only_grows(log: Log) -> None:
    path = publishing.checkpoint_file(log.services.settings)
    before = ""
    for count in (2, 3, 4):
        await log.record(count)
        await log.sequence()
        after = path.read_text()
        assert after.startswith(before)
        before = after
    sizes = [Checkpoint.parse(note).size for note in publishing.notes_in(before)]
    assert sizes == [2, 5, 9]
    path.write_text(before + before[:30])  # a crash in the middle of writing
    await log.record(1)
    await log.sequence()
    assert [Checkpoint.parse(note).size for note in publishing.notes_in(path.read_text())][-1] == 10


async def test_another_file_is_not_written_over(log: Log) -> None:
    path = publishing.checkpoint_file(log.services.settings)
    path.parent.mkdir()
    path.write_text("something else\n")
    await log.record(1)
    with pytest.raises(BadReceipt):
        await log.sequence()
    assert path.read_text() == "something else\n"


async def test_erasing_keeps_every_proof(log: Log) -> None:
    """Salt and payload are gone; receipts given out before, and those of others after, are as valid as ever."""
    gone, stays = await log.record(2)
    await log.sequence()
    kept = await receipt_of(log, gone)
    async with log.db.transaction() as session:
        assert await repository.erase(session, [gone.subject]) == 1
    await log.record(5)
    await log.sequence()
    assert proofs.verify(kept, log.signer.verifier).event["data"] == {"nr": 0}
    later = await receipt_of(log, stays)
    proofs.verify(later, log.signer.verifier)
    async with log.db.transaction() as session:
        path = await proving.inclusion(session, 0, 7)
        row = (await session.execute(text("SELECT * FROM audit_entries WHERE leaf_index = 0"))).one()
        newest = await repository.latest_checkpoint(session)
    assert row.salt is None
    assert row.payload is None
    merkle.check_inclusion(0, 7, merkle.leaf_hash(row.commitment), path, newest.root)
    with pytest.raises(NoSuchLeaf):
        await receipt_of(log, gone)


async def test_what_a_receipt_looks_like(log: Log) -> None:
    """Line by line as C2SP tlog-proof has it."""
    events = await log.record(4)
    await log.sequence()
    lines = proofs.write(await receipt_of(log, events[1])).split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra ")
    assert lines[2] == "index 1"
    assert [len(base64.b64decode(line)) for line in lines[3:5]] == [32, 32]
    assert lines[5:8] == ["", log.signer.name, "4"]
    assert lines[9] == ""
    assert lines[10].startswith(f"— {log.signer.name} ")
    assert lines[11:] == [""]
