"""Several Rasa servers: a conversation keeps to its own, and moves on only where nothing can have been heard."""

from contextlib import AbstractContextManager

import aiohttp
import pytest

from anpei.supervisor import free_ports
from backend.conversations.errors import BotUnreachable
from backend.conversations.rasa import Bot
from tests.support.rasa import standing

SENDERS = [f"conversation-{number}.1" for number in range(20)]


def server(name: str, status: int = 200) -> AbstractContextManager[str]:
    """One that answers with its name; gives its address."""
    return standing(lambda _: [{"text": name}], status)


async def answers(urls: str) -> dict[str, str]:
    async with aiohttp.ClientSession() as http:
        bot = Bot(http, urls, "token")
        return {sender: (await bot.turn(sender, "hello", {})).text for sender in SENDERS}


async def test_each_conversation_keeps_to_its_server() -> None:
    with server("one") as one, server("two") as two:
        first = await answers(f"{one}, {two}/")
        assert set(first.values()) == {"one", "two"}
        assert await answers(f"{one}, {two}/") == first


async def test_another_server_takes_over_from_one_that_is_gone() -> None:
    gone = f"http://127.0.0.1:{free_ports(1)[0]}"
    with server("one") as one:
        assert set((await answers(f"{gone},{one}")).values()) == {"one"}
        assert set((await answers(f"{one},{gone}")).values()) == {"one"}


async def test_a_server_that_has_heard_the_turn_is_not_passed_over() -> None:
    """It may have saved it: whoever called finds out from the tracker, and no other server answers a second time."""
    with server("one", status=500) as one, server("two", status=500) as two:
        async with aiohttp.ClientSession() as http:
            with pytest.raises(BotUnreachable, match="ClientResponseError"):
                await Bot(http, f"{one},{two}", "token").turn(SENDERS[0], "hello", {})


async def test_none_to_be_reached_is_said() -> None:
    gone = ",".join(f"http://127.0.0.1:{port}" for port in free_ports(2))
    with pytest.raises(BotUnreachable, match="ClientConnectorError"):
        await answers(gone)
