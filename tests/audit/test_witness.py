"""The outside witness: shown each newest checkpoint, with proof that it continues the one it saw before."""

import pytest
from sqlalchemy import text

from backend.audit import proofs, proving, publishing, tasks
from tests.audit.served import Log
from tests.audit.witness import Witness


@pytest.fixture
def witness(log: Log) -> Witness:
    found = Witness(log.signer.verifier)
    log.http = found.client()
    log.more = {"witness_url": "https://witness.example/", "witness_key": str(found.verifier)}
    return found


async def shown(log: Log) -> bool:
    return await tasks.have_witnessed(log.services, wait=0)


async def test_each_newest_checkpoint_is_cosigned(log: Log, witness: Witness) -> None:
    for count in (3, 5):
        await log.record(count)
        await log.sequence()
        assert await shown(log)
    assert witness.seen is not None
    assert witness.seen.size == 8
    assert witness.asked[1].startswith("old 3\n")
    assert await shown(log)
    assert len(witness.asked) == 2  # nothing new, nothing asked


async def test_a_receipt_carries_the_cosignature(log: Log, witness: Witness) -> None:
    [event] = await log.record()
    await log.sequence()
    assert await shown(log)
    async with log.db.transaction() as session:
        receipt = proofs.write(await proving.receipt(session, "things", event.source_id, []))
    found = proofs.verify(proofs.read(receipt), log.signer.verifier, [witness.verifier])
    assert found.witnesses == (witness.name,)
    assert proofs.verify(proofs.read(receipt), log.signer.verifier).witnesses == ()


async def test_a_witness_that_remembers_more_is_met_there(log: Log, witness: Witness) -> None:
    """Its answer was lost, so it has seen more than we know of: 409 with its size."""
    await log.record(2)
    await log.sequence()
    assert await shown(log)
    witness.log = log.signer.verifier
    await log.record(2)
    await log.sequence()
    async with log.db.transaction() as session:  # seen by the witness, not noted by us
        await publishing.cosign(session, log.http, "https://witness.example", witness.verifier, log.now)
        await session.rollback()
    await log.record(2)
    await log.sequence()
    assert await shown(log)
    assert [body.split("\n")[0] for body in witness.asked] == ["old 0", "old 2", "old 2", "old 4"]


async def test_a_witness_that_is_away_is_tried_thrice(log: Log, witness: Witness) -> None:
    await log.record()
    await log.sequence()
    witness.away = 3
    assert not await shown(log)
    assert len(witness.asked) == 3
    witness.away = 2
    assert await shown(log)


async def test_a_cosignature_by_another_key_does_not_count(log: Log, witness: Witness) -> None:
    witness.wrong_key = True
    await log.record()
    await log.sequence()
    assert not await shown(log)


async def test_a_witness_refuses_a_rewritten_log(log: Log, witness: Witness) -> None:
    """It saw eight leaves; a log rebuilt without one of them has nothing to show it."""
    await log.record(8)
    await log.sequence()
    assert await shown(log)
    await rewrite(log)
    assert not await shown(log)


async def rewrite(log: Log) -> None:
    async with log.db.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text("DELETE FROM audit_entries WHERE leaf_index = 3"))
        await session.execute(text("UPDATE audit_entries SET leaf_index = NULL"))
        await session.execute(text("TRUNCATE audit_nodes, audit_checkpoints"))
        await session.execute(text("SET LOCAL session_replication_role = DEFAULT"))
    await log.record(4)
    await log.sequence()
