"""A bank that drops, delays, duplicates, reorders and lies; it keeps one promise: a key books once.

`python -m tests.payouts.lying_bank SEED` serves the sandbox bank's API on a free port, which it prints. Unlike the
sandbox it takes one payment under two keys, so that an order sent twice is money moved twice, and shows.
"""

import json
import random
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

# Of a hundred requests, how many are treated so; the others are taken and answered.
DROPPED, UNHEARD, LATE, TWICE, FAILING = 10, 10, 10, 5, 5
FORGOTTEN, OUTDATED = 10, 10  # and of a hundred questions
REJECTED, RETURNED, HIDDEN = 10, 10, 90  # and of a hundred payments
HIDDEN_FOR = 10  # questions at most: the desk that is asked is the last to hear, and meanwhile no order is answered


class Fate(StrEnum):
    """How a payment ends."""

    SETTLED = "settled"
    REJECTED = "rejected"
    RETURNED = "returned"


@dataclass
class Booking:
    key: str
    order: dict[str, Any]
    fate: Fate
    hidden: int  # for how many questions more it is denied
    asked: int = 0  # it goes on as it is asked about

    @property
    def status(self) -> str:
        if self.asked < 2:
            return "accepted"
        return "settled" if self.fate is Fate.RETURNED and self.asked < 4 else self.fate.value

    def view(self, status: str | None = None) -> dict[str, Any]:
        told = {name: self.order[name] for name in ("end_to_end_id", "amount_minor", "currency")}
        return {"id": f"pay_{self.key}", "status": status or self.status, "reason": None, **told}


@dataclass
class LyingBank:
    """`pay` and `find` answer (status, JSON); None: the connection breaks."""

    chance: random.Random
    books: list[Booking] = field(default_factory=list)
    by_key: dict[str, Booking] = field(default_factory=dict)
    by_id: dict[str, Booking] = field(default_factory=dict)  # the first under each end-to-end id
    late: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    honest: bool = False
    submissions: int = 0
    moved: Counter[str] = field(default_factory=Counter)  # how often money moved under an end-to-end id
    doubles: int = 0  # of them, more than once

    def pay(self, key: str, order: dict[str, Any]) -> tuple[int, Any] | None:
        self.submissions += 1
        self._catch_up()
        dice = self.chance.randrange(100) if not self.honest else 99
        if dice < UNHEARD:
            return None
        if dice < UNHEARD + LATE:
            self.late.append((key, order))
            return None
        booking = self._book(key, order)
        if dice < UNHEARD + LATE + DROPPED or (booking.hidden and not self.honest):
            return None
        if dice < UNHEARD + LATE + DROPPED + FAILING:
            return 500, {"reason": "internal_error"}
        if dice < UNHEARD + LATE + DROPPED + FAILING + TWICE:
            self._book(key, order)  # the network delivers it again
        return 201, booking.view()

    def find(self, end_to_end_id: str) -> tuple[int, Any] | None:
        self._catch_up()
        found = self.by_id.get(end_to_end_id)
        dice = self.chance.randrange(100) if not self.honest else 99
        if found is None or dice < FORGOTTEN:
            return 200, {"payouts": []}
        if found.hidden and not self.honest:
            found.hidden -= 1
            return 200, {"payouts": []}
        found.asked += 1
        stale = "accepted" if dice < FORGOTTEN + OUTDATED else None
        return 200, {"payouts": [found.view(stale)]}

    def arrive(self) -> None:
        """Everything that is still on its way arrives."""
        while self.late:
            self._book(*self.late.pop())

    def statement(self, since: int = 0) -> dict[str, Any]:
        """What was booked, from the so manieth on, and what has come so far."""
        lines = [{**booking.view(booking.fate.value), "key": booking.key} for booking in self.books[since:]]
        return {"books": lines, "submissions": self.submissions, "doubles": self.doubles}

    def _catch_up(self) -> None:
        """Something that was on its way arrives, in any order."""
        if self.late and self.chance.random() < 0.3:
            self._book(*self.late.pop(self.chance.randrange(len(self.late))))

    def _book(self, key: str, order: dict[str, Any]) -> Booking:
        known = self.by_key.get(key)
        if known is not None:
            assert known.order == order, "a retry sends the very same bytes"
            return known
        dice = self.chance.randrange(100)
        fate = Fate.REJECTED if dice < REJECTED else Fate.RETURNED if dice < REJECTED + RETURNED else Fate.SETTLED
        hidden = 1 + self.chance.randrange(HIDDEN_FOR) if self.chance.randrange(100) < HIDDEN else 0
        booking = Booking(key, order, fate, hidden)
        self.books.append(booking)
        self.by_key[key] = booking
        self.by_id.setdefault(order["end_to_end_id"], booking)
        if fate is not Fate.REJECTED:
            self.moved[order["end_to_end_id"]] += 1
            self.doubles += self.moved[order["end_to_end_id"]] == 2
        return booking


def serve(bank: LyingBank) -> ThreadingHTTPServer:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # an answer in one packet: in two, the second waits for the client's word about the first

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                if self.path == "/honest":
                    bank.honest = True
                    self.answer((200, {}))
                elif self.path == "/arrived":
                    bank.arrive()
                    self.answer((200, {}))
                else:
                    self.answer(bank.pay(self.headers["Idempotency-Key"], body))

        def do_GET(self) -> None:
            with lock:
                asked = {name: said for name, [said] in parse_qs(urlsplit(self.path).query).items()}
                if self.path.startswith("/statement"):
                    self.answer((200, bank.statement(int(asked["since"]))))
                else:
                    self.answer(bank.find(asked["end_to_end_id"]))

        def answer(self, said: tuple[int, Any] | None) -> None:
            self.close_connection = said is None
            if said is not None:
                body = json.dumps(said[1]).encode()
                self.send_response(said[0])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Whoever was asking has died."""

    return Server(("127.0.0.1", 0), Handler)


def main() -> None:
    server = serve(LyingBank(random.Random(int(sys.argv[1]))))
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
