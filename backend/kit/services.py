"""What a process holds open and hands to endpoints and tasks. Built once, in anpei/wiring.py."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from redis.asyncio import Redis

from backend.kit.clock import Clock
from backend.kit.db import Database
from backend.kit.processes import new_process
from backend.kit.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Services:
    """The kit knows no noun, so the ports of the nouns (senders, rail, bot) are typed where they are used."""

    settings: Settings
    clock: Clock
    db: Database
    redis: Redis
    http: httpx.AsyncClient
    senders: "Mapping[Any, Any]"  # conversations.models.Channel → conversations.ports.Sender
    rail: Any  # payouts.rails.Rail
    bot: Any  # conversations.rasa.Bot
    answers: bool = False  # turns of messages that come in here begin at once; else a worker has them
    process: str = field(default_factory=new_process)
    scanner: Any = None  # photos.scanner.Scanner; only where files are fetched
    # (words, country) → conversations.ports.Safety where they tell of somebody in danger, else None; without the bot.
    safety: "Callable[[str, str | None], Any]" = lambda _words, _country: None
