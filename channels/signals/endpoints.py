"""`POST /webhooks/sim-change`, for the provider that watches SIM cards. Off without ANPEI_SIM_SIGNAL_SECRET.

    {"id": "<the provider's, unique>", "phone": "+12025550101", "changed_at": "2026-11-23T09:00:00Z"}

202 whether or not we know the number, and whether or not it is news: a provider must not learn who our customers are.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Request, status
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from backend.identity import care
from backend.identity.rules import SIGNAL_AGE
from backend.kit.http import ServicesDep
from channels.body import read_body
from channels.signals.verify import SIGNATURE, TIMESTAMP, verify

MAX_BODY_BYTES = 4096
router = APIRouter(prefix="/webhooks", include_in_schema=False)


class SimChange(BaseModel):
    id: Annotated[str, Field(min_length=1, max_length=100)]
    phone: Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")]
    changed_at: AwareDatetime


@router.post("/sim-change", status_code=status.HTTP_202_ACCEPTED)
async def sim_change(request: Request, services: ServicesDep) -> dict[str, str]:
    secret = services.settings.sim_signal_secret.get_secret_value()
    if not secret:
        raise HTTPException(404)
    body = await read_body(request, MAX_BODY_BYTES)
    now = services.clock()
    verify(secret.encode(), request.headers.get(TIMESTAMP, ""), request.headers.get(SIGNATURE, ""), body, now)
    try:
        signal = SimChange.model_validate_json(body)
    except ValidationError as error:
        raise HTTPException(422) from error
    async with services.db.transaction() as session:
        await care.sim_changed(session, signal.id, signal.phone, _not_ahead(signal.changed_at, now), now)
    return {}


def _not_ahead(changed_at: datetime, now: datetime) -> datetime:
    """A provider's clock may be ahead of ours; a change to come would lock the customer out for longer."""
    return min(changed_at, now + SIGNAL_AGE)
