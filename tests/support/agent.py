"""An agent at the desk of a running stack, over HTTP as a browser would."""

import re
from typing import Self

import httpx

from tests.support.live import Live


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found.group(1)


class Agent:
    def __init__(self, live: Live, username: str, password: str) -> None:
        self.live, self.username, self.password = live, username, password
        self._http = httpx.AsyncClient(base_url=live.url, timeout=30)

    async def __aenter__(self) -> Self:
        token = csrf_of((await self._http.get("/desk/login")).text)
        form = {"username": self.username, "password": self.password, "csrf": token}
        answer = await self._http.post("/desk/login", data=form)
        assert answer.headers["location"] == "/desk"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def page(self, number: str) -> str:
        """The page of a claim that waits for a decision."""
        return (await self._http.get(self._path(number))).text

    async def decide(self, number: str, outcome: str, reason: str = "", amount: str = "") -> httpx.Response:
        """`outcome` approve, partly, ask or deny. 303 once it is recorded."""
        form = {"csrf": csrf_of(await self.page(number)), "outcome": outcome, "reason": reason, "amount": amount}
        return await self._http.post(f"{self._path(number)}/decision", data=form)

    async def second(self, number: str, answer: str, why: str = "") -> httpx.Response:
        """`answer` confirm or refuse, to what a colleague proposes."""
        form = {"csrf": csrf_of(await self.page(number)), "answer": answer, "why": why}
        return await self._http.post(f"{self._path(number)}/second", data=form)

    def _path(self, number: str) -> str:
        [(claim_id,)] = self.live.rows("SELECT id FROM claims WHERE number = %s", number)
        return f"/desk/claims/{claim_id}"
