"""Services for the log's own tests: a real database, a key and a folder of the test's own."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from backend.audit import service as audit
from backend.audit import tasks
from backend.audit.keys import new_key
from backend.audit.note import Signer
from backend.kit.db import Database
from backend.kit.ids import new_id
from backend.kit.services import Services
from backend.kit.settings import Settings

ORIGIN = "insurer.example/claims-log"


@dataclass
class Log:
    db: Database
    folder: Path
    now: datetime
    http: httpx.AsyncClient = field(default_factory=httpx.AsyncClient)
    signer: Signer = field(default_factory=lambda: new_key(ORIGIN))
    more: dict[str, object] = field(default_factory=dict)  # settings

    @property
    def services(self) -> Services:
        settings = Settings().prepared()
        update = {"log_key": SecretStr(self.signer.secret_text()), "data_dir": self.folder, **self.more}
        # Nobody listens to wake-ups here: no server is needed.
        nowhere = Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
        return Services(
            settings=settings.model_copy(update=update), clock=lambda: self.now, db=self.db, redis=nowhere,
            http=self.http, senders={}, rail=None, bot=None,
        )  # fmt: skip

    def event(self, what: str = "claim.submitted", **data: object) -> audit.Event:
        return audit.Event(audit.Kind.CLAIM, what, "customer", new_id(), self.now, data, "things", new_id())

    async def record(self, count: int = 1) -> list[audit.Event]:
        events = [self.event(nr=nr) for nr in range(count)]
        async with self.db.transaction() as session:
            for each in events:
                audit.record(session, each)
        return events

    async def sequence(self) -> int:
        self.now += timedelta(seconds=10)
        return await tasks.sequence(self.services)
