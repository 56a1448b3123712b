"""What anybody may ask the log: its key, its newest checkpoint, and proof that it continues an older one. No login.

Nothing here is about anybody: a tree of hashes is all that can be seen.
"""

import base64
from typing import Annotated

from fastapi import APIRouter, Query, Response

from backend.audit import keys, proving, repository
from backend.audit.errors import NoSuchLeaf
from backend.kit.http import ServicesDep, Tx

router = APIRouter(prefix="/log", include_in_schema=False)
TEXT = "text/plain; charset=utf-8"
Size = Annotated[int, Query(ge=1, lt=2**62)]


@router.get("/key")
async def key(services: ServicesDep) -> Response:
    """The public key, as signed-note writes it. Compare it with the one the insurer has published elsewhere."""
    return Response(f"{keys.verifier(services.settings)}\n", media_type=TEXT)


@router.get("/checkpoint")
async def checkpoint(session: Tx) -> Response:
    """The newest signed state of the log, with the cosignatures there are. 404 before the first."""
    newest = await repository.latest_checkpoint(session)
    if newest is None:
        raise NoSuchLeaf(waiting=True)
    seen = await repository.cosignatures(session, newest.size)
    return Response(newest.note + "".join(each.lines for each in seen), media_type=TEXT)


@router.get("/consistency")
async def consistency(session: Tx, old: Size, new: Size) -> Response:
    """Hashes, base64, a line each: RFC 9162, 2.1.4. 422 for sizes the log never had."""
    proof = await proving.consistency(session, old, new)
    return Response("".join(f"{base64.b64encode(step).decode()}\n" for step in proof), media_type=TEXT)
