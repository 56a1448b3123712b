"""`python -m bench.turn`: Anpei alone, without stock Rasa: what a turn costs each of its processes.

    python -m bench.turn --spy web    # and a flame graph of one of them (needs py-spy on PATH)

The same dialogues and stand-in for Twilio as `make bench`, in a data folder of its own that is kept between runs.
"""

import argparse
import contextlib
import shutil
import signal
import statistics
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import uvloop

from bench import drive, stacks, stock_model
from bench.provider import Provider
from bench.stacks import Side
from bench.stock_model import PLACE

CROWD = 16
# A word of the command line, or of its parent's; the first that fits is what a process is called.
NAMES = {
    "anpei.web:app": "web", "anpei.worker": "worker", "-m bot serve": "rasa", "-m actions": "actions", "postgres": "postgres",
    "redis": "redis", "sandbox.bank": "bank",
}  # fmt: skip


def name(process: psutil.Process) -> str:
    words = " ".join(process.cmdline())
    return next((named for word, named in NAMES.items() if word in words), "the rest")


def by_process(side: Side) -> Counter[str]:
    """CPU seconds so far."""
    used: Counter[str] = Counter()
    for process in side.processes():
        with contextlib.suppress(psutil.NoSuchProcess):
            used[name(process)] += sum(process.cpu_times()[:2])
    return used


@contextlib.contextmanager
def spied(side: Side, who: str | None) -> Iterator[None]:
    """py-spy looks at one process meanwhile."""
    if who is None:
        yield
        return
    spy = shutil.which("py-spy")
    if spy is None:
        raise SystemExit("py-spy is not on PATH: pip install py-spy")
    graph = PLACE.parent / f"{who}.txt"
    pid = next(process.pid for process in side.processes() if name(process) == who)
    command = [spy, "record", "--pid", str(pid), "--format", "raw", "--rate", "200", "--output", str(graph), "--gil"]
    watching = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        watching.send_signal(signal.SIGINT)  # it writes what it has
        watching.wait()
        print(f"  the stacks of {who} are in {graph}")


async def measure(customers: int, rounds: int, data: Path, who: str | None) -> None:
    async with Provider(stacks.free_port()) as provider:
        with stacks.anpei(data, provider.base_url) as side:
            await drive.load(side, provider, customers=4, rounds=2)  # warm
            for at_once, times in ((1, rounds), (customers, rounds * 8)):
                before, driver = by_process(side), psutil.Process().cpu_times()
                with spied(side, who if at_once > 1 else None):
                    load = await drive.load(side, provider, at_once, times)
                after, now = by_process(side), psutil.Process().cpu_times()
                tell(at_once, load, after - before, now.user + now.system - driver.user - driver.system)


def tell(at_once: int, load: drive.Load, used: Counter[str], driver: float) -> None:
    milliseconds = {who: seconds / load.turns * 1e3 for who, seconds in used.most_common()}
    print(
        f"{at_once} at once: {load.turns} turns, {load.turns / load.seconds:.1f} a second, median"
        f" {statistics.median(load.latencies) * 1e3:.1f} ms, 95 of 100 within {load.quantile(0.95) * 1e3:.1f} ms,"
        f" {load.unanswered} unanswered"
    )
    parts = ", ".join(f"{who} {took:.2f}" for who, took in milliseconds.items())
    print(f"  CPU a turn {sum(milliseconds.values()):.1f} ms: {parts}; the driver {driver / load.turns * 1e3:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=CROWD)
    parser.add_argument(
        "--rounds", type=int, default=2, help="of all dialogues by one customer; a crowd: eight times that"
    )
    parser.add_argument("--spy", choices=sorted({*NAMES.values()} - {"postgres", "redis"}))
    options = parser.parse_args()
    stock_model.PLACE.mkdir(parents=True, exist_ok=True)
    uvloop.run(measure(options.customers, options.rounds, PLACE.parent / "turn", options.spy))


if __name__ == "__main__":
    main()
