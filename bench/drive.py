"""Plays the dialogues to one side, as many customers at once as asked, and measures."""

import asyncio
import itertools
import random
import time
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from bench.provider import ACCOUNT, FROM, Provider, signed
from bench.stacks import Side
from bench.wire import Posting

ANSWER_SECONDS = 60.0
READ_SECONDS = 1.0  # a reply, before writing again
SEED = 7
# Fresh customers for every dialogue: both sides begin each with an empty history.
_PHONES = (f"+1202556{number:04d}" for number in itertools.count(1))


@dataclass(frozen=True)
class Dialogue:
    name: str
    language: str
    turns: tuple[str, ...]


@dataclass(frozen=True)
class Load:
    """What one load measured; latencies in seconds, from posting the webhook to the reply's arrival at the provider."""

    latencies: list[float]
    seconds: float
    cpu_seconds: float
    rasa_cpu_seconds: float
    unanswered: int

    @staticmethod
    def of(slices: "Sequence[Load]") -> "Load":
        """What several slices of a load come to."""
        return Load(
            [latency for each in slices for latency in each.latencies],
            sum(each.seconds for each in slices),
            sum(each.cpu_seconds for each in slices),
            sum(each.rasa_cpu_seconds for each in slices),
            sum(each.unanswered for each in slices),
        )

    @property
    def turns(self) -> int:
        return len(self.latencies)

    def quantile(self, share: float) -> float:
        return sorted(self.latencies)[min(int(share * self.turns), self.turns - 1)]


def dialogues() -> list[Dialogue]:
    text = (Path(__file__).parent / "dialogues.yml").read_text(encoding="utf-8")
    listed = YAML(typ="safe").load(text)["dialogues"]
    return [Dialogue(entry["name"], entry["language"], tuple(map(str, entry["turns"]))) for entry in listed]


async def load(side: Side, provider: Provider, customers: int, rounds: int) -> Load:
    """Play every dialogue `rounds` times in all, by `customers` at once, each going on as soon as it is answered."""
    waiting = iter(_played(rounds))

    async def customer(talk: Talk) -> None:
        for dialogue in waiting:
            await talk(dialogue, 0.0)

    return await _measured(side, provider, lambda talk: [customer(talk) for _ in range(customers)])


async def arriving(side: Side, provider: Provider, a_second: float, rounds: int) -> Load:
    """Play every dialogue `rounds` times in all, begun by chance so that turns come at that rate, whoever is still waiting.

    A customer reads each reply for a second.
    """
    chance = random.Random(SEED)
    played = _played(rounds)
    each = sum(len(dialogue.turns) for dialogue in played) / len(played)  # turns of a dialogue
    begins = itertools.accumulate(chance.expovariate(a_second / each) for _ in played)

    async def customer(talk: Talk, dialogue: Dialogue, begin: float) -> None:
        await asyncio.sleep(begin)
        await talk(dialogue, READ_SECONDS)

    return await _measured(
        side, provider, lambda talk: [customer(talk, *one) for one in zip(played, begins, strict=True)]
    )


Talk = Callable[[Dialogue, float], Awaitable[None]]


async def _measured(
    side: Side, provider: Provider, customers: Callable[[Talk], Sequence[Coroutine[None, None, None]]]
) -> Load:
    """What it takes when these customers write. Each gets the means to hold a dialogue, with a pause after each reply."""
    latencies: list[float] = []
    unanswered: list[str] = []
    with closing(Posting(ANSWER_SECONDS)) as wire:

        async def talk(dialogue: Dialogue, pause: float) -> None:
            phone = next(_PHONES)
            for turn in dialogue.turns:
                latency = await _turn(side, provider, wire, phone, turn)
                if latency is None:
                    unanswered.append(turn)
                else:
                    latencies.append(latency)
                await asyncio.sleep(pause)

        rasa = side.rasa()
        cpu, rasa_cpu, began = side.cpu_seconds(), sum(rasa.cpu_times()[:2]), time.perf_counter()
        await asyncio.gather(*customers(talk))
        seconds = time.perf_counter() - began
    used, rasa_used = side.cpu_seconds() - cpu, sum(rasa.cpu_times()[:2]) - rasa_cpu
    return Load(latencies, seconds, used, rasa_used, len(unanswered))


def _played(rounds: int) -> list[Dialogue]:
    return [dialogue for _ in range(rounds) for dialogue in dialogues()]


async def long(side: Side, provider: Provider, rounds: int) -> list[list[float]]:
    """One customer plays every dialogue again and again; the latencies in seconds, a list a round.

    Raises TimeoutError where a turn isn't answered.
    """
    phone = next(_PHONES)
    with closing(Posting(ANSWER_SECONDS)) as wire:
        return [[await _answered(side, provider, wire, phone, turn) for turn in one_round()] for _ in range(rounds)]


def one_round() -> list[str]:
    """The turns of all dialogues, one after the other."""
    return [turn for dialogue in dialogues() for turn in dialogue.turns]


async def _answered(side: Side, provider: Provider, wire: Posting, phone: str, turn: str) -> float:
    latency = await _turn(side, provider, wire, phone, turn)
    if latency is None:
        raise TimeoutError(turn)
    return latency


async def _turn(side: Side, provider: Provider, wire: Posting, phone: str, text: str) -> float | None:
    """Post one message and wait for the first reply; None where there was none in time."""
    arrivals = provider.arrivals[phone]
    while not arrivals.empty():
        arrivals.get_nowait()
    form = {
        "MessageSid": "SM" + uuid.uuid4().hex,
        "AccountSid": ACCOUNT,
        "From": phone,
        "To": FROM,
        "Body": text,
        "NumMedia": "0",
    }
    posted = time.perf_counter()
    answer = asyncio.create_task(wire.post(side.webhook, form, signed(side.webhook, form)))
    try:
        arrived, _ = await asyncio.wait_for(arrivals.get(), ANSWER_SECONDS)
        await answer
    except TimeoutError:
        answer.cancel()
        return None
    return arrived - posted
