"""Kills whoever carries payment files, at every point where something is committed, flushed or renamed.

    python -m tests.payouts.file_destruction --url DATABASE --incoming FOLDER --outgoing FOLDER --now ISO

Each round is a process of its own, forked for it: it takes the bank's files and writes ours, as once a minute in the
product, and is killed (SIGKILL) at one point, then at the next, until it lives to its end. After each death the bank
looks into our folder. Prints a JSON: kills, and the digest of each whole file by name; ends with status 1 where a file
that was whole is gone or has other bytes.
"""

import argparse
import asyncio
import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from backend.kit.settings import Settings
from backend.payouts.files import taking, writing
from backend.payouts.files.rail import FileRail
from backend.payouts.iso20022.writing import Debtor
from backend.vault.keys import open_keyring
from tests.payouts.drive import Drive
from tests.payouts.victims import Fate, MortalDatabase

DEBTOR = Debtor("Anpei Insurance", "GB29NWBK60161331926819", None, "USD")
MOST_POINTS = 200


async def carry(database: MortalDatabase, incoming: Path, outgoing: Path, now: datetime) -> None:
    drive = Drive(database, FileRail(database, DEBTOR, lambda: now), now)
    await taking.take_files(drive.services, incoming)
    await writing.send_files(drive.services, DEBTOR, outgoing)


def mortal[Answer](call: Callable[..., Answer], fate: Fate) -> Callable[..., Answer]:
    """A call to the file system that has a point before it and one after it."""

    def around(*arguments: Any, **named: Any) -> Answer:
        fate.point()
        done = call(*arguments, **named)
        fate.point()
        return done

    return around


def child(database: MortalDatabase, carried: Callable[[], Any], kill_at: int) -> int:
    """A round in a forked process; its exit status, negative for the signal it was killed by."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    status = 1
    try:
        database.fate = fate = Fate(kill_at)
        os.fsync, Path.rename = mortal(os.fsync, fate), mortal(Path.rename, fate)  # type: ignore[method-assign] # in a child, to die there
        asyncio.run(carried())
        status = 0
    finally:
        os._exit(status)  # never back into the parent's code


def whole(outgoing: Path) -> dict[str, str]:
    """What the bank would fetch: a name that begins with a dot is still being written."""
    files = [path for path in outgoing.iterdir() if not path.name.startswith(".")]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True)
    parser.add_argument("--incoming", type=Path, required=True)
    parser.add_argument("--outgoing", type=Path, required=True)
    parser.add_argument("--now", type=datetime.fromisoformat, required=True)
    options = parser.parse_args()
    open_keyring(options.url, Settings().master_secret)
    database = MortalDatabase(options.url)
    seen = whole(options.outgoing)
    for kill_at in range(1, MOST_POINTS):
        status = child(database, lambda: carry(database, options.incoming, options.outgoing, options.now), kill_at)
        now_there = whole(options.outgoing)
        if any(now_there.get(name) != digest for name, digest in seen.items()):
            sys.exit(f"a file changed after a death at point {kill_at}")
        seen = now_there
        if status == 0:
            sys.stdout.write(json.dumps({"kills": kill_at - 1, "files": seen}) + "\n")
            return
        if status != -signal.SIGKILL:
            sys.exit(f"a round failed with {status} at point {kill_at}")
    sys.exit("the rounds never end")


if __name__ == "__main__":
    main()
