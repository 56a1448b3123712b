"""`make bench`: the same dialogues through stock Rasa and through Anpei whole, in one run, side by side.

Latency is from posting Twilio's webhook to the reply's arrival at the stand-in for Twilio, for both. What differs
by design is told in the text under the table.
"""

import argparse
import asyncio
import platform
import shutil
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import uvloop

from bench import decisions, drive, payouts, report, stacks, stock_model
from bench.decisions import Decided
from bench.drive import Load
from bench.provider import Provider
from bench.report import Metric
from bench.stacks import Side

HERE = Path(__file__).parent
DOCUMENT = HERE.parent / "docs" / "performance.md"
CROWD = 16
# What a call to a provider across the internet takes. Rasa's Twilio channel makes it in the event loop, one at a time.
FAR_SECONDS = 0.1
# A customer of long standing. Stock Rasa's turns grow with the conversation, and the bench would with them.
STOCK_LONG_ROUNDS, LONG_ROUNDS = 5, 24
NOTES = """
Both sides get the same messages ({turns} turns, half of them Chinese; `bench/dialogues.yml`) from new customers,
signed as Twilio signs them, and send their replies to the same stand-in for Twilio. *Stock* is Rasa 3.6.21 as
`rasa init` configures it (DIET, TED and rules, on the same examples; DIET learnt for {epochs} of its stock 100 epochs,
which doesn't change its speed, and the cost of 100 is reckoned from theirs), with Rasa's own Twilio channel and a small
action server: it checks no signature, keeps trackers in memory, and does not de-duplicate, retry or store. *Anpei* is
all of it, as `anpei up` starts it: it verifies each signature, stores each message before it acknowledges, answers
beside that, takes delivery receipts (two webhooks a reply more), and keeps everything in PostgreSQL. Memory is the proportional
set size of all processes, PostgreSQL and Redis among them. Both are up at once and take each load in turns, slice by slice, so
that how fast the machine is at the time falls on both. Start-up is until the whole side answers, with models
trained and data in place. The stand-in answers at once, but for the third load, where it takes {far} ms as a
provider across the internet does: stock Rasa waits for each answer in its event loop, and with it every other customer.
In the fourth, customers begin by chance and write whether others wait or not, as they do in life, at a rate that stock Rasa
bears (up to {steady} turns a second, {came:.0f} from the first to the last reply; each is read for a second); in the others the next message waits for the reply to the one before.
Training is in CPU seconds, so that other work on the machine doesn't count.
One customer may write for years: stock Rasa's last round of {stock_long} turns took {stock_growth:.1f} times its first
(median), Anpei's last of {anpei_long:,} turns {anpei_growth:.2f} times.
Claims of the fast lane, {at_once} at once (`bench/decisions.py`): {decided}.
Payouts (`bench/payouts.py`): {paid}.
Measured on {machine}.
"""


@dataclass(frozen=True)
class Figures:
    startup_seconds: float
    rasa_startup_seconds: float
    memory_mb: float
    rasa_memory_mb: float
    alone: Load
    crowd: Load
    far: Load
    steady: Load
    long: list[list[float]]
    training_cpu_seconds: float

    @staticmethod
    def of(
        side: Side, took: dict[str, dict[str, Load]], long: list[list[float]], rasa_startup: float, training: float
    ) -> "Figures":
        """Of a side that is up, with what is known of it."""
        rasa_memory_mb = side.rasa().memory_full_info().pss / 1e6
        memory_mb = side.memory_mb()
        loads = took[side.name]
        return Figures(
            side.startup_seconds,
            rasa_startup,
            memory_mb,
            rasa_memory_mb,
            **loads,
            long=long,
            training_cpu_seconds=training,
        )


# Of each slice of a load: customers at once, how often every dialogue is played, what a call to the provider takes.
LOADS = {"alone": (1, 2, 0.0), "crowd": (CROWD, 8, 0.0), "far": (CROWD, 8, FAR_SECONDS)}
# Turns that come in a second while dialogues begin, whoever is still waiting: what stock Rasa bears, with some room.
STEADY, STEADY_ROUNDS = 30.0, 8


async def loads(sides: Sequence[Side], provider: Provider, rounds: int) -> dict[str, dict[str, Load]]:
    """Each load of each side, in slices that the sides take in turns: how fast the machine is at the time falls on both."""
    for side in sides:  # warm: imports put off, pools filled, caches
        await drive.load(side, provider, customers=2, rounds=1)
    found: dict[str, dict[str, Load]] = {side.name: {} for side in sides}
    for name, (customers, played, answer_seconds) in LOADS.items():
        provider.answer_seconds = answer_seconds
        slices: dict[str, list[Load]] = {side.name: [] for side in sides}
        for _ in range(rounds):
            for side in sides:
                slices[side.name].append(await drive.load(side, provider, customers=customers, rounds=played))
        for side in sides:
            found[side.name][name] = _whole(side, slices[side.name])
    provider.answer_seconds = 0.0
    slices = {side.name: [] for side in sides}
    for _ in range(rounds):
        for side in sides:
            slices[side.name].append(await drive.arriving(side, provider, STEADY, STEADY_ROUNDS))
    for side in sides:
        found[side.name]["steady"] = _whole(side, slices[side.name])
    return found


def _whole(side: Side, slices: Sequence[Load]) -> Load:
    """A load of its slices, and said aloud."""
    whole = Load.of(slices)
    median = statistics.median(whole.latencies) * 1000
    rates = ", ".join(f"{each.turns / each.seconds:.0f}" for each in slices)
    print(
        f"{side.name}: {whole.turns} turns, {rates} a second, median {median:.0f} ms, {whole.unanswered} unanswered",
        flush=True,
    )
    return whole


async def long(side: Side, provider: Provider, rounds: int) -> list[list[float]]:
    found = await drive.long(side, provider, rounds)
    medians = ", ".join(f"{statistics.median(latencies) * 1000:.0f}" for latencies in found)
    print(f"{side.name}: one customer, rounds of {len(found[0])} turns, medians: {medians} ms", flush=True)
    return found


async def both(rounds: int, epochs: int) -> tuple[Figures, Figures, list[Decided]]:
    """What both sides took, and what Anpei took to decide claims."""
    stock_model.PLACE.mkdir(parents=True, exist_ok=True)
    stock_model.environment()
    model = stock_model.model(epochs)
    data = stock_model.PLACE.parent / "anpei"
    shutil.rmtree(data, ignore_errors=True)
    training = stacks.train_anpei(data)
    async with Provider(stacks.free_port()) as provider:
        with stacks.anpei(data, provider.base_url):
            pass  # lays the database; the start that counts is of an installation that exists
        rasa_startup = stacks.start_rasa_alone(data)
        with (
            stacks.stock(Path(model.path), provider.base_url) as stock,
            stacks.anpei(data, provider.base_url) as anpei,
        ):
            print(f"up in {stock.startup_seconds:.1f} and {anpei.startup_seconds:.1f} s", flush=True)
            took = await loads((stock, anpei), provider, rounds)
            stock_long = await long(stock, provider, STOCK_LONG_ROUNDS)
            anpei_long = await long(anpei, provider, LONG_ROUNDS)
            one = Figures.of(stock, took, stock_long, stock.startup_seconds, model.stock_cpu_seconds)
            other = Figures.of(anpei, took, anpei_long, rasa_startup, training)
            decided = await decisions.on(anpei, provider, data)
    return one, other, decided


# Of each load: title, unit, the figure, and whether more of it is better.
PER_LOAD: dict[str, tuple[str, str, Callable[[Load], float], bool]] = {
    "latency_p50": ("reply, median", "ms", lambda load: load.quantile(0.5) * 1e3, False),
    "latency_p95": ("reply, 95 of 100", "ms", lambda load: load.quantile(0.95) * 1e3, False),
    "turns_per_second": ("turns a second", "/s", lambda load: load.turns / load.seconds, True),
    "cpu_per_turn": ("CPU a turn", "ms", lambda load: load.cpu_seconds / load.turns * 1e3, False),
    "rasa_cpu_per_turn": ("of it in Rasa", "ms", lambda load: load.rasa_cpu_seconds / load.turns * 1e3, False),
}


def metrics(stock: Figures, anpei: Figures) -> dict[str, Metric]:
    found: dict[str, Metric] = {}
    loads = {
        "alone": "One customer at a time",
        "crowd": f"{CROWD} customers at once",
        "far": f"{CROWD} at once, Twilio answering in {FAR_SECONDS * 1000:.0f} ms",
    }
    for name, title in loads.items():
        for metric, (what, unit, figure, more) in PER_LOAD.items():
            sides = (figure(getattr(stock, name)), figure(getattr(anpei, name)))
            found[f"{metric}_{name}"] = Metric(f"{title}: {what}", unit, *sides, more)
    for metric in ("latency_p50", "latency_p95"):
        what, unit, figure, more = PER_LOAD[metric]
        sides = (figure(stock.steady), figure(anpei.steady))
        found[f"{metric}_steady"] = Metric(f"Customers who don't wait for each other: {what}", unit, *sides, more)
    turns, last = len(stock.long[0]), STOCK_LONG_ROUNDS - 1
    title = f"One customer's turns {last * turns + 1} to {(last + 1) * turns}: reply, median"
    found["latency_p50_long"] = Metric(
        title, "ms", *(statistics.median(side.long[last]) * 1e3 for side in (stock, anpei))
    )
    found["startup"] = Metric("Start-up", "s", stock.startup_seconds, anpei.startup_seconds)
    found["rasa_startup"] = Metric("of it Rasa", "s", stock.rasa_startup_seconds, anpei.rasa_startup_seconds)
    found["memory"] = Metric("Memory", "MB", stock.memory_mb, anpei.memory_mb)
    found["rasa_memory"] = Metric("of it Rasa", "MB", stock.rasa_memory_mb, anpei.rasa_memory_mb)
    found["training_cpu"] = Metric("Training, CPU time", "s", stock.training_cpu_seconds, anpei.training_cpu_seconds)
    return found


def machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return f"{psutil.cpu_count()} {platform.machine()} cores and {memory:.0f} GB, everything on that one machine"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2, help="slices of each load that the sides take in turns")
    epochs_help = "how many of its stock 100 epochs DIET learns; the cost of 100 is reckoned from them"
    parser.add_argument("--epochs", type=int, default=stock_model.DEFAULT_EPOCHS, help=epochs_help)
    options = parser.parse_args()
    stock, anpei, decided = uvloop.run(both(options.rounds, options.epochs))
    found = metrics(stock, anpei)
    text = report.table(found)
    print("\n" + text)
    unanswered = {
        side: f.alone.unanswered + f.crowd.unanswered + f.far.unanswered + f.steady.unanswered
        for side, f in (("stock", stock), ("anpei", anpei))
    }
    print(decisions.words(decided))
    paid = asyncio.run(payouts.run())
    print(payouts.words(paid))
    print(f"unanswered turns: {unanswered}")
    report.save(found, HERE / "results.json")
    long = {}
    for name, figures in (("stock", stock), ("anpei", anpei)):
        first, *_, last = figures.long
        long[f"{name}_long"] = sum(map(len, figures.long))
        long[f"{name}_growth"] = statistics.median(last) / statistics.median(first)
    turns = anpei.alone.turns + anpei.crowd.turns + anpei.far.turns + anpei.steady.turns
    report.write_section(
        DOCUMENT,
        text
        + "\n"
        + NOTES.format(
            turns=turns,
            epochs=options.epochs,
            far=round(FAR_SECONDS * 1000),
            steady=round(STEADY),
            came=anpei.steady.turns / anpei.steady.seconds,
            **long,
            machine=machine(),
            decided=decisions.words(decided),
            at_once=decisions.AT_ONCE,
            paid=payouts.words(paid),
        ).rstrip(),
    )


if __name__ == "__main__":
    main()
